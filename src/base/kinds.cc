#include "thalweg/kinds.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/strings.h"

namespace thalweg {
namespace {

[[noreturn]] void AbortOnType(std::string_view name, const char* expected) {
  std::fprintf(stderr, "thalweg: parameter %s is not %s: the spec was not checked\n", Quote(name).c_str(), expected);
  std::abort();
}

const ParamValue* Find(const Params& params, std::string_view name) {
  const auto it = params.find(name);
  return it == params.end() ? nullptr : &it->second;
}

bool IsList(const ParamValue& value) { return value.index() >= 4; }

// An empty list says nothing of its type, so it is a list of every type.
bool IsEmptyList(const ParamValue& value) {
  return std::visit(
      [](const auto& v) {
        if constexpr (requires { v.begin(); } && !std::is_same_v<std::decay_t<decltype(v)>, std::string>) {
          return v.empty();
        }
        return false;
      },
      value);
}

template <class T>
T Get(const Params& params, std::string_view name, T fallback, const char* expected) {
  const ParamValue* value = Find(params, name);
  if (value == nullptr) return fallback;
  if (const T* typed = std::get_if<T>(value)) return *typed;
  AbortOnType(name, expected);
}

template <class T>
std::vector<T> GetList(const Params& params, std::string_view name, const char* expected) {
  const ParamValue* value = Find(params, name);
  if (value == nullptr || IsEmptyList(*value)) return {};
  if (const auto* typed = std::get_if<std::vector<T>>(value)) return *typed;
  AbortOnType(name, expected);
}

const char* ExpectedText(ParamType type) {
  switch (type) {
    case ParamType::kBool:
      return "true or false";
    case ParamType::kInteger:
      return "an integer";
    case ParamType::kNumber:
      return "a number";
    case ParamType::kText:
      return "a text";
    case ParamType::kIntegers:
      return "a list of integers";
    case ParamType::kNumbers:
      return "a list of numbers";
    case ParamType::kTexts:
      return "a list of texts";
    case ParamType::kInput:
      return "the name of a field or column";
    case ParamType::kInputs:
      return "a list of names of fields or columns";
  }
  return "";
}

std::string Found(bool value) { return value ? "true" : "false"; }
std::string Found(std::int64_t value) { return FormatInteger(value); }
std::string Found(double value) {
  const std::string text = FormatNumber(value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}
std::string Found(const std::string& value) { return Quote(value); }
template <class T>
std::string Found(const std::vector<T>& list) {
  std::string out = "[";
  for (std::size_t i = 0; i < list.size() && i < 5; ++i) out += (i > 0 ? ", " : "") + Found(list[i]);
  return out + (list.size() > 5 ? ", …]" : "]");
}
std::string FoundValue(const ParamValue& value) {
  return std::visit([](const auto& v) { return Found(v); }, value);
}

// Gives `value` the type that `type` asks for where that loses nothing; false when it is of another type.
bool Convert(ParamType type, ParamValue* value) {
  if (IsList(*value) && IsEmptyList(*value)) {
    // One form for all empty lists, so that equal specs compare equal.
    *value = std::vector<double>{};
    return type == ParamType::kIntegers || type == ParamType::kNumbers || type == ParamType::kTexts ||
           type == ParamType::kInputs;
  }
  switch (type) {
    case ParamType::kBool:
      return std::holds_alternative<bool>(*value);
    case ParamType::kInteger:
      return std::holds_alternative<std::int64_t>(*value);
    case ParamType::kNumber:
      if (const auto* integer = std::get_if<std::int64_t>(value)) *value = static_cast<double>(*integer);
      return std::holds_alternative<double>(*value);
    case ParamType::kText:
    case ParamType::kInput:
      return std::holds_alternative<std::string>(*value);
    case ParamType::kIntegers:
      return std::holds_alternative<std::vector<std::int64_t>>(*value);
    case ParamType::kNumbers:
      if (const auto* integers = std::get_if<std::vector<std::int64_t>>(value)) {
        std::vector<double> numbers(integers->begin(), integers->end());
        *value = std::move(numbers);
      }
      return std::holds_alternative<std::vector<double>>(*value);
    case ParamType::kTexts:
    case ParamType::kInputs:
      return std::holds_alternative<std::vector<std::string>>(*value);
  }
  return false;
}

bool InRange(const ParamInfo& info, double x) {
  if (!std::isfinite(x)) return false;
  return (info.min_open ? x > info.min : x >= info.min) && (info.max_open ? x < info.max : x <= info.max);
}

// The message of the first thing wrong with a value of the right type; "" when all is well.
struct RangeCheck {
  const ParamInfo& info;

  std::string operator()(bool) const { return ""; }
  std::string operator()(std::int64_t x) const { return (*this)(static_cast<double>(x), Found(x)); }
  std::string operator()(double x) const { return (*this)(x, Found(x)); }
  std::string operator()(double x, const std::string& found) const {
    if (InRange(info, x)) return "";
    const std::string range = info.range == nullptr || *info.range == '\0' || !std::isfinite(x) ? "" : info.range;
    return "found " + found + ", expected " + (range.empty() ? "a finite number" : range);
  }
  std::string operator()(const std::string& text) const {
    if (info.choices == nullptr) {
      const bool is_name = info.type == ParamType::kInput || info.type == ParamType::kInputs;
      return is_name && text.empty() ? "found an empty name, expected a field or column" : "";
    }
    const std::vector<std::string> choices = Split(info.choices, ' ');
    for (const std::string& choice : choices) {
      if (choice == text) return "";
    }
    return UnknownName(text, "choice", choices);
  }
  template <class T>
  std::string operator()(const std::vector<T>& list) const {
    for (const T& element : list) {
      if (std::string wrong = (*this)(element); !wrong.empty()) return wrong;
    }
    return "";
  }
};

}  // namespace

bool GetBool(const Params& params, std::string_view name, bool fallback) {
  return Get<bool>(params, name, fallback, "true or false");
}
std::int64_t GetInteger(const Params& params, std::string_view name, std::int64_t fallback) {
  return Get<std::int64_t>(params, name, fallback, "an integer");
}
double GetNumber(const Params& params, std::string_view name, double fallback) {
  const ParamValue* value = Find(params, name);
  if (value != nullptr && std::holds_alternative<std::int64_t>(*value)) {
    return static_cast<double>(std::get<std::int64_t>(*value));
  }
  return Get<double>(params, name, fallback, "a number");
}
std::string GetText(const Params& params, std::string_view name, std::string_view fallback) {
  return Get<std::string>(params, name, std::string(fallback), "a text");
}
std::vector<std::int64_t> GetIntegers(const Params& params, std::string_view name) {
  return GetList<std::int64_t>(params, name, "a list of integers");
}
std::vector<double> GetNumbers(const Params& params, std::string_view name) {
  const ParamValue* value = Find(params, name);
  if (value != nullptr) {
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(value))
      return {integers->begin(), integers->end()};
  }
  return GetList<double>(params, name, "a list of numbers");
}
std::vector<std::string> GetTexts(const Params& params, std::string_view name) {
  return GetList<std::string>(params, name, "a list of texts");
}

Status CheckParams(const KindInfo& info, std::string_view where, Params* params) {
  const std::string prefix = std::string(where) + ".";
  for (auto& [name, value] : *params) {
    const ParamInfo* known = nullptr;
    for (const ParamInfo& candidate : info.params) {
      if (name == candidate.name) known = &candidate;
    }
    if (known == nullptr) {
      std::vector<std::string> names;
      for (const ParamInfo& candidate : info.params) names.emplace_back(candidate.name);
      return Status::BadConfig(prefix + name + ": " +
                               UnknownName(name, "parameter of " + std::string(info.name), names));
    }
    const std::string found = FoundValue(value);
    if (!Convert(known->type, &value)) {
      return Status::BadConfig(prefix + name + ": found " + found + ", expected " + ExpectedText(known->type));
    }
    if (const std::string wrong = std::visit(RangeCheck{*known}, value); !wrong.empty()) {
      return Status::BadConfig(prefix + name + ": " + wrong);
    }
  }
  for (const ParamInfo& required : info.params) {
    if (required.default_text == nullptr && params->find(required.name) == params->end()) {
      return Status::BadConfig(std::string(where) + ": " + info.name + " needs " + Quote(required.name) + ", " +
                               ExpectedText(required.type) + ": " + required.help);
    }
  }
  return Status::Ok();
}

}  // namespace thalweg

// thalweg kinds [FAMILY]: every part there is, from the parts' own descriptions.
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "families.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

const char* TypeName(ParamType type) {
  switch (type) {
    case ParamType::kBool: return "true or false";
    case ParamType::kInteger: return "integer";
    case ParamType::kNumber: return "number";
    case ParamType::kText: return "text";
    case ParamType::kIntegers: return "integers";
    case ParamType::kNumbers: return "numbers";
    case ParamType::kTexts: return "texts";
    case ParamType::kInput: return "field or column";
    case ParamType::kInputs: return "fields or columns";
  }
  return "";
}

std::string DefaultOf(const ParamInfo& param) {
  if (param.default_text == nullptr) return "must be given";
  return *param.default_text == '\0' ? "none" : param.default_text;
}

void PrintText(const std::vector<FamilyInfo>& families) {
  std::string out;
  for (const FamilyInfo& family : families) {
    out += fmt::format("{}: {}\n", family.name, family.help);
    for (const KindInfo& kind : family.kinds) {
      out += fmt::format("  {}  {}{}\n", kind.name, kind.help, *kind.source ? fmt::format(" [{}]", kind.source) : "");
      for (const ParamInfo& param : kind.params) {
        out += fmt::format("      {} ({}{}{}; default: {})  {}\n", param.name, TypeName(param.type),
                           *param.range ? ", " : "", param.range, DefaultOf(param), param.help);
      }
    }
    out += '\n';
  }
  std::fputs(out.c_str(), stdout);
}

void PrintJson(const std::vector<FamilyInfo>& families) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const FamilyInfo& family : families) {
    auto& kinds = out[family.name] = nlohmann::ordered_json::array();
    for (const KindInfo& kind : family.kinds) {
      nlohmann::ordered_json params = nlohmann::ordered_json::array();
      for (const ParamInfo& param : kind.params) {
        nlohmann::ordered_json entry = {{"name", param.name}, {"type", TypeName(param.type)}, {"range", param.range},
                                        {"required", param.default_text == nullptr}, {"help", param.help}};
        if (param.default_text != nullptr) entry["default"] = param.default_text;
        params.push_back(std::move(entry));
      }
      kinds.push_back({{"name", kind.name}, {"help", kind.help}, {"source", kind.source}, {"params", std::move(params)}});
    }
  }
  std::puts(out.dump(1).c_str());
}

struct Options {
  std::string family;
  bool json = false;
};

Status Run(const Options& options) {
  std::vector<FamilyInfo> families = AllFamilies();
  if (!options.family.empty()) {
    std::vector<std::string> names;
    std::vector<FamilyInfo> wanted;
    for (FamilyInfo& family : families) {
      names.emplace_back(family.name);
      if (options.family == family.name) wanted.push_back(std::move(family));
    }
    if (wanted.empty()) return Status::Usage(UnknownName(options.family, "family", names));
    families = std::move(wanted);
  }
  options.json ? PrintJson(families) : PrintText(families);
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("FAMILY", options->family, "columns, layers, optimizers, learning_rates, heads, metrics or readers; all without it")->type_name("");
  app.add_flag("--json", options->json, "Print JSON");
  return [options](const Talk&) { return Run(*options); };
}

}  // namespace

const Verb kKindsVerb = {"kinds", "List the parts a model is made of, with their parameters, ranges and defaults",
                         "  thalweg kinds\n  thalweg kinds columns\n  thalweg kinds optimizers --json\n", &Declare};

}  // namespace thalweg::cli

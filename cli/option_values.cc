#include "option_values.h"

#include <cmath>

#include <fmt/format.h>

#include "base/strings.h"

namespace thalweg::cli {

CLI::Option* OneOf(CLI::Option* option, std::vector<std::string> names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : "|") + name;
  const auto check = [names = std::move(names)](const std::string& text) -> std::string {
    for (const std::string& name : names) {
      if (text == name) return "";
    }
    return fmt::format("found {}, expected {}", Quote(text), Join(names, " or "));
  };
  return option->type_name(all)->check(CLI::Validator(check, ""));
}

CLI::Option* Whole(CLI::Option* option, std::int64_t low, std::int64_t high) {
  const auto check = [low, high](const std::string& text) -> std::string {
    const std::optional<std::int64_t> number = ParseInteger(text);
    if (number && *number >= low && *number <= high) return "";
    return high == INT64_MAX ? fmt::format("found {}, expected a whole number, {} or more", Quote(text), low)
                             : fmt::format("found {}, expected a whole number from {} to {}", Quote(text), low, high);
  };
  return option->type_name("N")->check(CLI::Validator(check, ""));
}

CLI::Option* Number(CLI::Option* option, double low, bool open) {
  const auto check = [low, open](const std::string& text) -> std::string {
    const std::optional<double> number = ParseNumber(text);
    if (number && std::isfinite(*number) && (open ? *number > low : *number >= low)) return "";
    return fmt::format("found {}, expected a number {}", Quote(text),
                       open ? fmt::format("above {}", low) : fmt::format("of {} or more", low));
  };
  return option->type_name("X")->check(CLI::Validator(check, ""));
}

}  // namespace thalweg::cli

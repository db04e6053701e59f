// What values options take, refused in plain words.
#ifndef THALWEG_CLI_OPTION_VALUES_H_
#define THALWEG_CLI_OPTION_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace thalweg::cli {

// One of `names`.
CLI::Option* OneOf(CLI::Option* option, std::vector<std::string> names);
// A whole number from `low` to `high`.
CLI::Option* Whole(CLI::Option* option, std::int64_t low, std::int64_t high);
// A finite number from `low`, or above it where `open`.
CLI::Option* Number(CLI::Option* option, double low, bool open);

}  // namespace thalweg::cli

#endif  // THALWEG_CLI_OPTION_VALUES_H_

// Text: numbers that read back equal, quoting for messages, nearest names.
#ifndef THALWEG_BASE_STRINGS_H_
#define THALWEG_BASE_STRINGS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thalweg {

// The shortest decimal text that reads back equal; a whole number has no point ("42"); "nan", "inf", "-inf".
std::string FormatNumber(double value);
std::string FormatNumber(float value);
std::string FormatInteger(std::int64_t value);
// The whole of `text` as a number: decimal or scientific, sign, no blanks, no hex; "inf" and "nan" are not numbers.
std::optional<double> ParseNumber(std::string_view text);
std::optional<std::int64_t> ParseInteger(std::string_view text);
bool IsValidUtf8(std::string_view text);
// In double quotes, control bytes escaped, broken UTF-8 as \xNN, cut after `max` bytes with "…": safe for a terminal.
std::string Quote(std::string_view text, std::size_t max = 60);
// The same without the quotes around it: what another library says in words, made safe.
std::string Printable(std::string_view text, std::size_t max = 300);
std::string Join(std::span<const std::string> parts, std::string_view separator);
std::vector<std::string> Split(std::string_view text, char separator);
// The known name nearest to `name` when it is near enough to be a typing error, else "".
std::string Nearest(std::string_view name, std::span<const std::string> known);
// `"ocupation" is not a field. Did you mean "occupation"? Fields: age, education, …` (at most 20 listed)
std::string UnknownName(std::string_view name, std::string_view what, std::span<const std::string> known);

}  // namespace thalweg

#endif  // THALWEG_BASE_STRINGS_H_

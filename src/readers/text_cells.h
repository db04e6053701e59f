// Values as text of JSON and CSV.
#ifndef THALWEG_READERS_TEXT_CELLS_H_
#define THALWEG_READERS_TEXT_CELLS_H_

#include <string>
#include <string_view>

namespace thalweg {

void AppendJsonText(std::string_view text, std::string* out);
// In quotes where it needs them: separators, quotes, ends of lines, blanks at either end.
void AppendCsvText(std::string_view text, char separator, std::string* out);

}  // namespace thalweg

#endif  // THALWEG_READERS_TEXT_CELLS_H_

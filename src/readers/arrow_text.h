// Arrow values that are read as text: strings of all kinds, dates, times, decimals.
#ifndef THALWEG_READERS_ARROW_TEXT_H_
#define THALWEG_READERS_ARROW_TEXT_H_

#include <arrow/array.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "thalweg/status.h"

namespace thalweg {

// Strings and binaries: any width of offsets, views, fixed sizes.
bool IsStringLike(arrow::Type::type type);
// Dates, times, timestamps, decimals.
bool IsPrintedAsText(arrow::Type::type type);

// The bytes of value `i` of a string-like array, which is not null. False where its offsets point out of its buffers.
bool StringAt(const arrow::Array& array, std::int64_t i, std::string_view* out);

// Appends the text of value `i`, which is not null: a date as 2024-02-29, a time as 13:05:09 (a fraction of the second
// where there is one), a timestamp as 2024-02-29T13:05:09 (in UTC and with Z where the type has a zone), a decimal
// without zeros at its end.
void AppendPrinted(const arrow::Array& array, std::int64_t i, std::string* out);

}  // namespace thalweg

#endif  // THALWEG_READERS_ARROW_TEXT_H_

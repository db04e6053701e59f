#include "readers/arrow_text.h"

#include <arrow/type.h>
#include <arrow/util/binary_view_util.h>
#include <fmt/format.h>

#include <iterator>

namespace thalweg {
namespace {

// Text of offsets[i], offsets[i + 1] into the data buffer. The offsets themselves are within their buffer: Validate()
// saw.
template <class ArrayType>
bool StringByOffsets(const arrow::Array& base, std::int64_t i, std::string_view* out) {
  const auto& array = static_cast<const ArrayType&>(base);
  const std::int64_t begin = array.value_offset(i), end = array.value_offset(i + 1);
  const auto& data = array.value_data();
  if (begin < 0 || begin > end || end > (data == nullptr ? 0 : data->size())) return false;
  *out = data == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(data->data()) + begin,
                                            static_cast<std::size_t>(end - begin));
  return true;
}

bool StringByView(const arrow::Array& base, std::int64_t i, std::string_view* out) {
  const auto& array = static_cast<const arrow::BinaryViewArray&>(base);
  const arrow::BinaryViewType::c_type& view = array.raw_values()[i];
  if (view.size() < 0) return false;
  if (!view.is_inline()) {
    // The first two buffers are validity and views; text lies in those after them.
    const std::int64_t index = view.ref.buffer_index, offset = view.ref.offset;
    const auto& buffers = array.data()->buffers;
    if (index < 0 || index + 2 >= static_cast<std::int64_t>(buffers.size())) return false;
    const auto& buffer = buffers[static_cast<std::size_t>(index + 2)];
    if (buffer == nullptr || offset < 0 || offset + view.size() > buffer->size()) return false;
  }
  *out = array.GetView(i);
  return true;
}

void AppendDate(std::int64_t days, std::string* out) {
  // Days since 1970-01-01 as year, month, day of the Gregorian calendar, in eras of 400 years that begin in March, so
  // that the leap day is the last of its year.
  const std::int64_t shifted = days + 719468;  // since 0000-03-01
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const std::int64_t day_of_era = shifted - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t march_month = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * march_month + 2) / 5 + 1;
  const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  fmt::format_to(std::back_inserter(*out), "{:04}-{:02}-{:02}", year, month, day);
}

std::int64_t TicksPerSecond(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1'000;
    case arrow::TimeUnit::MICRO:
      return 1'000'000;
    case arrow::TimeUnit::NANO:
      break;
  }
  return 1'000'000'000;
}

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

void AppendTime(std::int64_t ticks, std::int64_t per_second, std::string* out) {
  const std::int64_t seconds = ticks / per_second;
  std::int64_t fraction = ticks % per_second;
  fmt::format_to(std::back_inserter(*out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (fraction == 0) return;
  out->push_back('.');
  for (std::int64_t place = per_second / 10; fraction > 0; place /= 10) {
    out->push_back(static_cast<char>('0' + fraction / place));
    fraction %= place;
  }
}

void AppendTimestamp(std::int64_t ticks, const arrow::TimestampType& type, std::string* out) {
  const std::int64_t per_second = TicksPerSecond(type.unit());
  const std::int64_t seconds = FloorDivide(ticks, per_second);
  const std::int64_t days = FloorDivide(seconds, 86400);
  AppendDate(days, out);
  out->push_back('T');
  AppendTime((seconds - days * 86400) * per_second + (ticks - seconds * per_second), per_second, out);
  if (!type.timezone().empty()) out->push_back('Z');
}

// A time of day: what is out of the day (which no writer should make) wraps around.
std::int64_t WithinDay(std::int64_t ticks, std::int64_t per_second) {
  const std::int64_t day = 86400 * per_second;
  return (ticks % day + day) % day;
}

void AppendDecimal(std::string text, std::string* out) {
  if (text.find('.') != text.npos && text.find('E') == text.npos) {
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    if (text == "-0") text = "0";
  }
  out->append(text);
}

}  // namespace

bool IsStringLike(arrow::Type::type type) {
  switch (type) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY:
      return true;
    default:
      return false;
  }
}

bool IsPrintedAsText(arrow::Type::type type) {
  switch (type) {
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256:
      return true;
    default:
      return false;
  }
}

bool StringAt(const arrow::Array& array, std::int64_t i, std::string_view* out) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return StringByOffsets<arrow::BinaryArray>(array, i, out);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return StringByOffsets<arrow::LargeBinaryArray>(array, i, out);
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      return StringByView(array, i, out);
    case arrow::Type::FIXED_SIZE_BINARY:
      *out = static_cast<const arrow::FixedSizeBinaryArray&>(array).GetView(i);
      return true;
    default:
      return false;
  }
}

void AppendPrinted(const arrow::Array& array, std::int64_t i, std::string* out) {
  switch (array.type_id()) {
    case arrow::Type::DATE32:
      AppendDate(static_cast<const arrow::Date32Array&>(array).Value(i), out);
      break;
    case arrow::Type::DATE64:
      AppendDate(FloorDivide(static_cast<const arrow::Date64Array&>(array).Value(i), 86'400'000), out);
      break;
    case arrow::Type::TIME32: {
      const std::int64_t unit = TicksPerSecond(static_cast<const arrow::Time32Type&>(*array.type()).unit());
      AppendTime(WithinDay(static_cast<const arrow::Time32Array&>(array).Value(i), unit), unit, out);
      break;
    }
    case arrow::Type::TIME64: {
      const std::int64_t unit = TicksPerSecond(static_cast<const arrow::Time64Type&>(*array.type()).unit());
      AppendTime(WithinDay(static_cast<const arrow::Time64Array&>(array).Value(i), unit), unit, out);
      break;
    }
    case arrow::Type::TIMESTAMP:
      AppendTimestamp(static_cast<const arrow::TimestampArray&>(array).Value(i),
                      static_cast<const arrow::TimestampType&>(*array.type()), out);
      break;
    case arrow::Type::DECIMAL32:
      AppendDecimal(static_cast<const arrow::Decimal32Array&>(array).FormatValue(i), out);
      break;
    case arrow::Type::DECIMAL64:
      AppendDecimal(static_cast<const arrow::Decimal64Array&>(array).FormatValue(i), out);
      break;
    case arrow::Type::DECIMAL128:
      AppendDecimal(static_cast<const arrow::Decimal128Array&>(array).FormatValue(i), out);
      break;
    case arrow::Type::DECIMAL256:
      AppendDecimal(static_cast<const arrow::Decimal256Array&>(array).FormatValue(i), out);
      break;
    default:
      break;
  }
}

}  // namespace thalweg

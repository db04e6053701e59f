#include "readers/arrow_columns.h"

#include <arrow/array.h>
#include <arrow/util/float16.h>

#include <limits>
#include <vector>

#include "base/strings.h"
#include "readers/arrow_text.h"

namespace thalweg {
namespace {

using arrow::Type;

// What a column points into: the array, and what had to be made from it.
struct Made {
  std::shared_ptr<arrow::Array> array;
  std::vector<std::int32_t> list_offsets;
  std::vector<std::uint8_t> bools;
  std::vector<std::int64_t> int64s;
  std::vector<std::uint64_t> uint64s;
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<std::uint32_t> text_offsets;
  std::string text;
};

bool IsScalar(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::NA:
    case Type::BOOL:
    case Type::UINT8:
    case Type::INT8:
    case Type::UINT16:
    case Type::INT16:
    case Type::UINT32:
    case Type::INT32:
    case Type::UINT64:
    case Type::INT64:
    case Type::HALF_FLOAT:
    case Type::FLOAT:
    case Type::DOUBLE:
    case Type::DURATION:
      return true;
    case Type::DICTIONARY: {
      const arrow::DataType& values = *static_cast<const arrow::DictionaryType&>(type).value_type();
      return values.id() != Type::DICTIONARY && IsScalar(values);
    }
    default:
      return IsStringLike(type.id()) || IsPrintedAsText(type.id());
  }
}

Status Contradiction() { return Status::BadData("its buffers contradict each other; the file is broken"); }

class Converter {
 public:
  Converter(RawColumn* column, Made* made) : column_(*column), made_(*made) {}

  // The values of `array`, whole, into the column.
  Status Values(const arrow::Array& array) {
    Validity(array, &column_.value_valid);
    switch (array.type_id()) {
      case Type::NA:
        column_.type = RawType::kNull;
        return Status::Ok();
      case Type::BOOL:
        return Bools(static_cast<const arrow::BooleanArray&>(array));
      case Type::INT8:
        return Integers<arrow::Int8Array>(array);
      case Type::INT16:
        return Integers<arrow::Int16Array>(array);
      case Type::INT32:
        return Integers<arrow::Int32Array>(array);
      case Type::UINT8:
        return Integers<arrow::UInt8Array>(array);
      case Type::UINT16:
        return Integers<arrow::UInt16Array>(array);
      case Type::UINT32:
        return Integers<arrow::UInt32Array>(array);
      case Type::INT64:
        column_.type = RawType::kInt64;
        column_.int64s = {static_cast<const arrow::Int64Array&>(array).raw_values(), Size(array)};
        return Status::Ok();
      case Type::UINT64:
        column_.type = RawType::kUint64;
        column_.uint64s = {static_cast<const arrow::UInt64Array&>(array).raw_values(), Size(array)};
        return Status::Ok();
      case Type::FLOAT:
        column_.type = RawType::kFloat;
        column_.floats = {static_cast<const arrow::FloatArray&>(array).raw_values(), Size(array)};
        return Status::Ok();
      case Type::DOUBLE:
        column_.type = RawType::kDouble;
        column_.doubles = {static_cast<const arrow::DoubleArray&>(array).raw_values(), Size(array)};
        return Status::Ok();
      case Type::HALF_FLOAT:
        return Halves(static_cast<const arrow::HalfFloatArray&>(array));
      case Type::DURATION:
        return Durations(static_cast<const arrow::DurationArray&>(array));
      case Type::DICTIONARY:
        return Dictionary(static_cast<const arrow::DictionaryArray&>(array));
      case Type::STRING:
      case Type::BINARY:
        return StringsByReference<arrow::BinaryArray>(array);
      case Type::LARGE_STRING:
      case Type::LARGE_BINARY:
        return StringsByReference<arrow::LargeBinaryArray>(array);
      default:
        return IsStringLike(array.type_id()) ? Strings(array) : Printed(array);
    }
  }

  static void Validity(const arrow::Array& array, std::vector<std::uint8_t>* valid) {
    if (array.null_count() == 0) return;
    valid->resize(Size(array));
    for (std::int64_t i = 0; i < array.length(); ++i) (*valid)[static_cast<std::size_t>(i)] = array.IsValid(i) ? 1 : 0;
  }

 private:
  static std::size_t Size(const arrow::Array& array) { return static_cast<std::size_t>(array.length()); }

  Status Bools(const arrow::BooleanArray& array) {
    column_.type = RawType::kBool;
    made_.bools.resize(Size(array));
    for (std::int64_t i = 0; i < array.length(); ++i) made_.bools[static_cast<std::size_t>(i)] = array.Value(i) ? 1 : 0;
    column_.bools = made_.bools;
    return Status::Ok();
  }

  template <class ArrayType>
  Status Integers(const arrow::Array& base) {
    const auto& array = static_cast<const ArrayType&>(base);
    column_.type = RawType::kInt64;
    made_.int64s.assign(array.raw_values(), array.raw_values() + array.length());
    column_.int64s = made_.int64s;
    return Status::Ok();
  }

  Status Halves(const arrow::HalfFloatArray& array) {
    column_.type = RawType::kFloat;
    made_.floats.resize(Size(array));
    for (std::size_t i = 0; i < made_.floats.size(); ++i) {
      made_.floats[i] = arrow::util::Float16::FromBits(array.raw_values()[i]).ToFloat();
    }
    column_.floats = made_.floats;
    return Status::Ok();
  }

  // A number of seconds.
  Status Durations(const arrow::DurationArray& array) {
    column_.type = RawType::kDouble;
    double ticks = 1;
    switch (static_cast<const arrow::DurationType&>(*array.type()).unit()) {
      case arrow::TimeUnit::SECOND:
        break;
      case arrow::TimeUnit::MILLI:
        ticks = 1e3;
        break;
      case arrow::TimeUnit::MICRO:
        ticks = 1e6;
        break;
      case arrow::TimeUnit::NANO:
        ticks = 1e9;
        break;
    }
    made_.doubles.resize(Size(array));
    for (std::size_t i = 0; i < made_.doubles.size(); ++i) {
      made_.doubles[i] = static_cast<double>(array.raw_values()[i]) / ticks;
    }
    column_.doubles = made_.doubles;
    return Status::Ok();
  }

  // The text stays where it is; only offsets of 64 bits are made anew.
  template <class ArrayType>
  Status StringsByReference(const arrow::Array& base) {
    const auto& array = static_cast<const ArrayType&>(base);
    column_.type = RawType::kText;
    if (array.length() == 0) return Strings(array);  // may have no offsets at all
    const auto* offsets = array.raw_value_offsets();
    const auto& data = array.value_data();
    const std::int64_t first = offsets[0], last = offsets[array.length()];
    bool good = first >= 0 && last <= (data == nullptr ? 0 : data->size());
    for (std::int64_t i = 0; i < array.length(); ++i) good &= offsets[i] <= offsets[i + 1];
    if (!good) return Contradiction();
    column_.text = data == nullptr ? "" : reinterpret_cast<const char*>(data->data());
    if constexpr (sizeof(*offsets) == sizeof(std::uint32_t)) {
      // Offsets that are not negative are the same bytes without a sign.
      column_.text_offsets = {reinterpret_cast<const std::uint32_t*>(offsets), Size(array) + 1};
    } else {
      if (last - first > std::int64_t{std::numeric_limits<std::uint32_t>::max()}) return Strings(array);  // says so
      made_.text_offsets.resize(Size(array) + 1);
      for (std::size_t i = 0; i <= Size(array); ++i)
        made_.text_offsets[i] = static_cast<std::uint32_t>(offsets[i] - first);
      column_.text_offsets = made_.text_offsets;
      column_.text += first;
    }
    return Status::Ok();
  }

  Status EndText() {
    if (made_.text.size() > std::numeric_limits<std::uint32_t>::max()) {
      return Status::BadData("more than 4 GiB of text in " + std::to_string(made_.text_offsets.size()) + " rows");
    }
    made_.text_offsets.push_back(static_cast<std::uint32_t>(made_.text.size()));
    return Status::Ok();
  }

  void BeginText() {
    column_.type = RawType::kText;
    made_.text_offsets = {0};
  }

  void FinishText() {
    column_.text_offsets = made_.text_offsets;
    column_.text = made_.text.data();
  }

  Status Strings(const arrow::Array& array) {
    BeginText();
    for (std::int64_t i = 0; i < array.length(); ++i) {
      std::string_view text;
      if (array.IsValid(i) && !StringAt(array, i, &text)) return Contradiction();
      made_.text.append(text);
      THALWEG_RETURN_IF_ERROR(EndText());
    }
    FinishText();
    return Status::Ok();
  }

  Status Printed(const arrow::Array& array) {
    column_.decimal = arrow::is_decimal(array.type_id());
    BeginText();
    for (std::int64_t i = 0; i < array.length(); ++i) {
      if (array.IsValid(i)) AppendPrinted(array, i, &made_.text);
      THALWEG_RETURN_IF_ERROR(EndText());
    }
    FinishText();
    return Status::Ok();
  }

  // Entry of each row, or -1; checked against the dictionary.
  static Status Entries(const arrow::DictionaryArray& array, std::vector<std::int64_t>* entries) {
    entries->assign(Size(array), -1);
    const arrow::Array& dictionary = *array.dictionary();
    for (std::int64_t i = 0; i < array.length(); ++i) {
      if (array.IsNull(i)) continue;
      const std::int64_t entry = array.GetValueIndex(i);
      if (entry < 0 || entry >= dictionary.length()) return Contradiction();
      if (dictionary.IsValid(entry)) (*entries)[static_cast<std::size_t>(i)] = entry;
    }
    return Status::Ok();
  }

  Status Dictionary(const arrow::DictionaryArray& array) {
    std::vector<std::int64_t> entries;
    THALWEG_RETURN_IF_ERROR(Entries(array, &entries));
    column_.value_valid.assign(entries.size(), 1);
    for (std::size_t i = 0; i < entries.size(); ++i) column_.value_valid[i] = entries[i] >= 0 ? 1 : 0;
    const arrow::Array& dictionary = *array.dictionary();
    const bool strings = IsStringLike(dictionary.type_id());
    if (strings || IsPrintedAsText(dictionary.type_id())) {
      BeginText();
      for (const std::int64_t entry : entries) {
        std::string_view text;
        if (entry >= 0 && strings && !StringAt(dictionary, entry, &text)) return Contradiction();
        if (entry >= 0 && !strings) AppendPrinted(dictionary, entry, &made_.text);
        made_.text.append(text);
        THALWEG_RETURN_IF_ERROR(EndText());
      }
      FinishText();
      return Status::Ok();
    }
    RawColumn values;
    Made made;
    THALWEG_RETURN_IF_ERROR(Converter(&values, &made).Values(dictionary));
    column_.type = values.type;
    switch (values.type) {
      case RawType::kBool:
        Pick(values.bools, entries, &made_.bools, &column_.bools);
        break;
      case RawType::kInt64:
        Pick(values.int64s, entries, &made_.int64s, &column_.int64s);
        break;
      case RawType::kUint64:
        Pick(values.uint64s, entries, &made_.uint64s, &column_.uint64s);
        break;
      case RawType::kFloat:
        Pick(values.floats, entries, &made_.floats, &column_.floats);
        break;
      case RawType::kDouble:
        Pick(values.doubles, entries, &made_.doubles, &column_.doubles);
        break;
      case RawType::kText:
      case RawType::kNull:
      case RawType::kMixed:
        break;
    }
    return Status::Ok();
  }

  template <class T>
  static void Pick(std::span<const T> from, const std::vector<std::int64_t>& entries, std::vector<T>* to,
                   std::span<const T>* view) {
    to->clear();
    for (const std::int64_t entry : entries) to->push_back(entry < 0 ? T() : from[static_cast<std::size_t>(entry)]);
    *view = *to;
  }

  RawColumn& column_;
  Made& made_;
};

// The rows of a list array as offsets into the part of its values that they use.
template <class ListType>
Status ListOffsets(const arrow::Array& base, std::vector<std::int32_t>* offsets,
                   std::shared_ptr<arrow::Array>* values) {
  const auto& array = static_cast<const ListType&>(base);
  const std::int64_t first = array.value_offset(0);
  std::int64_t before = first;
  offsets->reserve(static_cast<std::size_t>(array.length()) + 1);
  for (std::int64_t i = 0; i <= array.length(); ++i) {
    const std::int64_t at = array.value_offset(i);
    if (at < before || at > array.values()->length() || at - first > std::numeric_limits<std::int32_t>::max()) {
      return Contradiction();
    }
    offsets->push_back(static_cast<std::int32_t>(at - first));
    before = at;
  }
  if (first < 0) return Contradiction();
  *values = array.values()->Slice(first, before - first);
  return Status::Ok();
}

bool IsList(const arrow::DataType& type) {
  return type.id() == Type::LIST || type.id() == Type::LARGE_LIST || type.id() == Type::FIXED_SIZE_LIST;
}

Status Convert(const std::shared_ptr<arrow::Array>& array, RawColumn* column, Made* made) {
  if (!IsList(*array->type())) return Converter(column, made).Values(*array);
  column->list = true;
  Converter::Validity(*array, &column->row_valid);
  std::shared_ptr<arrow::Array> values;
  switch (array->type_id()) {
    case Type::LIST:
      THALWEG_RETURN_IF_ERROR(ListOffsets<arrow::ListArray>(*array, &made->list_offsets, &values));
      break;
    case Type::LARGE_LIST:
      THALWEG_RETURN_IF_ERROR(ListOffsets<arrow::LargeListArray>(*array, &made->list_offsets, &values));
      break;
    default:
      THALWEG_RETURN_IF_ERROR(ListOffsets<arrow::FixedSizeListArray>(*array, &made->list_offsets, &values));
      break;
  }
  column->list_offsets = made->list_offsets;
  made->array = values;
  return Converter(column, made).Values(*values);
}

}  // namespace

Status CheckArrowType(const arrow::Field& field, const std::string& file) {
  const arrow::DataType& type = *field.type();
  const bool good =
      IsList(type) ? IsScalar(*static_cast<const arrow::BaseListType&>(type).value_type()) : IsScalar(type);
  if (good) return Status::Ok();
  return Status::BadData(
      file + ": field " + Quote(field.name()) + " is of the type " + Quote(type.ToString()) +
      ", which has no meaning here; expected booleans, numbers, texts, dates, times, dictionaries or "
      "lists of them: cast it, or leave the field out (--drop)");
}

Result<RawColumn> FromArrow(const std::string& name, const std::shared_ptr<arrow::Array>& array, std::int64_t begin,
                            std::int64_t num_rows) {
  auto made = std::make_shared<Made>();
  RawColumn column;
  column.name = name;
  const std::shared_ptr<arrow::Array> rows = array->Slice(begin, num_rows);
  made->array = rows;
  if (Status status = Convert(rows, &column, made.get()); !status.ok()) return status.At("field " + Quote(name));
  column.owner = std::move(made);
  return column;
}

}  // namespace thalweg

#include <cmath>
#include <limits>
#include <map>

#include "base/strings.h"
#include "thalweg/example.h"

namespace thalweg {
namespace {

// The values of one field, growing.
struct Column {
  std::vector<std::uint32_t> row_offsets{0};
  std::vector<float> numbers;
  std::vector<std::int64_t> integers;
  std::vector<std::uint32_t> text_offsets{0};
  std::string text;
  std::size_t size(DType dtype) const {
    switch (dtype) {
      case DType::kNumber:
        return numbers.size();
      case DType::kInteger:
        return integers.size();
      case DType::kText:
        break;
    }
    return text_offsets.size() - 1;
  }
};

}  // namespace

struct ExampleBuilder::Impl {
  explicit Impl(Schema s) : schema(std::move(s)), columns(schema.fields.size()) {
    for (std::size_t i = 0; i < schema.fields.size(); ++i) index.emplace(schema.fields[i].name, i);
  }

  // The field of that name, when a value of `dtype` may be added to the row under way.
  Result<Column*> Open(std::string_view name, DType dtype) {
    const auto it = index.find(name);
    if (it == index.end()) {
      std::vector<std::string> known;
      for (const FieldSpec& field : schema.fields) known.push_back(field.name);
      return Status::BadData(Where() + UnknownName(name, "field", known));
    }
    const FieldSpec& field = schema.fields[it->second];
    Column& column = columns[it->second];
    if (field.dtype != dtype) {
      return Status::BadData(Where() + "field " + Quote(name) + ": got a value of type " + DTypeName(dtype) +
                             ", expected " + DTypeName(field.dtype));
    }
    if (!field.many && column.size(dtype) > column.row_offsets.back()) {
      return Status::BadData(Where() + "field " + Quote(name) +
                             ": set twice in a row, but it has one value (many = false)");
    }
    return &column;
  }

  std::string Where() const { return "row " + std::to_string(num_rows + 1) + ": "; }

  Schema schema;
  std::map<std::string, std::size_t, std::less<>> index;
  std::vector<Column> columns;
  std::size_t num_rows = 0;
  std::vector<float> label, weight;
  std::size_t label_width = 1;
  std::vector<float> row_label;
  float row_weight = 1;
  bool has_label = false, has_weight = false;  // of the row under way
};

ExampleBuilder::ExampleBuilder(Schema schema) : impl_(std::make_unique<Impl>(std::move(schema))) {}
ExampleBuilder::ExampleBuilder(ExampleBuilder&&) noexcept = default;
ExampleBuilder::~ExampleBuilder() = default;

Status ExampleBuilder::Number(std::string_view field, double value) {
  THALWEG_ASSIGN_OR_RETURN(Column * column, impl_->Open(field, DType::kNumber));
  if (!std::isfinite(static_cast<float>(value))) {
    return Status::BadData(impl_->Where() + "field " + Quote(field) + ": found " + FormatNumber(value) +
                           ", expected a finite number within ±3.4e38 (float32)");
  }
  column->numbers.push_back(static_cast<float>(value));
  return Status::Ok();
}

Status ExampleBuilder::Integer(std::string_view field, std::int64_t value) {
  THALWEG_ASSIGN_OR_RETURN(Column * column, impl_->Open(field, DType::kInteger));
  column->integers.push_back(value);
  return Status::Ok();
}

Status ExampleBuilder::Text(std::string_view field, std::string_view value) {
  THALWEG_ASSIGN_OR_RETURN(Column * column, impl_->Open(field, DType::kText));
  if (!IsValidUtf8(value) || value.find('\0') != value.npos) {
    return Status::BadData(impl_->Where() + "field " + Quote(field) + ": found " + Quote(value) +
                           ", expected UTF-8 without NUL bytes");
  }
  if (value.size() > std::numeric_limits<std::uint32_t>::max() - column->text.size()) {
    return Status::BadData(impl_->Where() + "field " + Quote(field) + ": more than 4 GiB of text in one batch");
  }
  column->text.append(value);
  column->text_offsets.push_back(static_cast<std::uint32_t>(column->text.size()));
  return Status::Ok();
}

void ExampleBuilder::Label(float value) { Label(std::span<const float>(&value, 1)); }

void ExampleBuilder::Label(std::span<const float> values) {
  impl_->row_label.assign(values.begin(), values.end());
  impl_->has_label = !values.empty();
}

void ExampleBuilder::Weight(float value) {
  impl_->row_weight = value;
  impl_->has_weight = true;
}

void ExampleBuilder::EndRow() {
  Impl& b = *impl_;
  for (std::size_t f = 0; f < b.columns.size(); ++f) {
    const FieldSpec& field = b.schema.fields[f];
    Column& column = b.columns[f];
    if (field.default_number && !field.many && column.size(field.dtype) == column.row_offsets.back()) {
      if (field.dtype == DType::kNumber) column.numbers.push_back(static_cast<float>(*field.default_number));
      if (field.dtype == DType::kInteger) column.integers.push_back(static_cast<std::int64_t>(*field.default_number));
    }
    column.row_offsets.push_back(static_cast<std::uint32_t>(column.size(field.dtype)));
  }
  // A batch has labels, or weights, once one of its rows has: rows before it get "not a number" and 1.
  if (b.has_label || !b.label.empty()) {
    if (b.label.empty()) b.label_width = b.row_label.size();
    b.label.resize(b.num_rows * b.label_width, std::numeric_limits<float>::quiet_NaN());
    if (!b.has_label) b.row_label.clear();
    b.row_label.resize(b.label_width, std::numeric_limits<float>::quiet_NaN());
    b.label.insert(b.label.end(), b.row_label.begin(), b.row_label.end());
  }
  if (b.has_weight || !b.weight.empty()) {
    b.weight.resize(b.num_rows, 1.0f);
    b.weight.push_back(b.has_weight ? b.row_weight : 1.0f);
  }
  b.has_label = b.has_weight = false;
  ++b.num_rows;
}

ExampleBatch ExampleBuilder::Take() {
  Impl& b = *impl_;
  const auto owned = std::make_shared<std::vector<Column>>(std::move(b.columns));
  ExampleBatch batch;
  batch.num_rows = b.num_rows;
  batch.label = std::move(b.label);
  batch.weight = std::move(b.weight);
  batch.origins.rows = {1};
  for (std::size_t f = 0; f < owned->size(); ++f) {
    Column& column = (*owned)[f];
    const DType dtype = b.schema.fields[f].dtype;
    // Values of a row that was begun but not ended are not part of the batch.
    const std::size_t n = column.row_offsets.back();
    FieldValues values;
    values.dtype = dtype;
    values.row_offsets = column.row_offsets;
    if (dtype == DType::kNumber) values.numbers = std::span<const float>(column.numbers).first(n);
    if (dtype == DType::kInteger) values.integers = std::span<const std::int64_t>(column.integers).first(n);
    if (dtype == DType::kText) values.text_offsets = std::span<const std::uint32_t>(column.text_offsets).first(n + 1);
    values.text = column.text.data();
    values.owner = owned;
    batch.fields.push_back(std::move(values));
  }
  b.columns.assign(b.schema.fields.size(), Column());
  b.label.clear();
  b.weight.clear();
  b.num_rows = 0;
  b.has_label = b.has_weight = false;
  return batch;
}

}  // namespace thalweg

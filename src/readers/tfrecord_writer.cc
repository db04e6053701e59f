// TFRecord of tf.train.Example (docs/formats/tf_example.md): whole numbers as lists of integers, numbers as lists of floats,
// text as lists of bytes; a missing value is a feature that is not there.
#include <cmath>
#include <cstring>

#include "base/strings.h"
#include "readers/format.h"
#include "readers/tfrecord.h"

namespace thalweg {
namespace {

constexpr float kExactFloat = 1 << 24;  // whole numbers up to here are floats

void AppendVarint(std::uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) *out += static_cast<char>(value | 0x80);
  *out += static_cast<char>(value);
}

void AppendPart(int number, std::string_view bytes, std::string* out) {
  *out += static_cast<char>(number * 8 + 2);
  AppendVarint(bytes.size(), out);
  *out += bytes;
}

class TfRecordWriter : public TableWriter {
 public:
  TfRecordWriter(std::unique_ptr<ByteSink> out, std::vector<WrittenField> fields)
      : out_(std::move(out)), fields_(std::move(fields)) {}

  Status Write(const WrittenRows& rows) override {
    file_.clear();
    for (std::size_t row = 0; row < rows.chunk->num_rows; ++row) {
      features_.clear();
      for (std::size_t f = 0; f < fields_.size(); ++f) THALWEG_RETURN_IF_ERROR(AppendFeature(rows, f, row));
      record_.clear();
      AppendPart(1, features_, &record_);
      AppendRecordHeader(record_.size(), &file_);
      file_ += record_;
      AppendRecordTrailer(record_, &file_);
    }
    return out_->Write(file_);
  }
  Status Finish() override { return out_->Finish(); }

 private:
  // Of a Feature: which of the lists.
  static int Kind(RawType type) {
    if (type == RawType::kText || type == RawType::kNull) return 1;
    return type == RawType::kFloat || type == RawType::kDouble ? 2 : 3;
  }

  Status AppendFeature(const WrittenRows& rows, std::size_t f, std::size_t row) {
    const WrittenField& field = fields_[f];
    const int kind = Kind(field.type);
    list_.clear();
    THALWEG_RETURN_IF_ERROR(rows.ForEachValue(f, row, [&](const RawValue& value) {
      if (kind == 1) {
        text_.clear();
        AppendText(value, &text_);
        AppendPart(1, text_, &list_);
        return Status::Ok();
      }
      return kind == 2 ? AppendFloat(value, rows, row, field) : AppendInteger(value, rows, row, field);
    }));
    if (list_.empty()) return Status::Ok();
    if (kind != 1) {
      feature_.clear();
      AppendPart(1, list_, &feature_);  // packed
      list_.swap(feature_);
    }
    feature_.clear();
    AppendPart(kind, list_, &feature_);
    entry_.clear();
    AppendPart(1, field.name, &entry_);
    AppendPart(2, feature_, &entry_);
    AppendPart(1, entry_, &features_);
    return Status::Ok();
  }

  Status AppendFloat(const RawValue& value, const WrittenRows& rows, std::size_t row, const WrittenField& field) {
    const double number = NumberOf(value);
    const float rounded = static_cast<float>(number);
    if (std::isfinite(number) && !std::isfinite(rounded)) {
      return CannotHold(*rows.chunk, row, field, value, "past the range of float32, which tf.Example holds numbers as");
    }
    if (number == std::floor(number) && std::abs(number) > kExactFloat && rounded != number) {
      return CannotHold(*rows.chunk, row, field, value,
                        "a whole number that float32, which tf.Example holds such numbers as, does not hold; make the field "
                        "text, or whole numbers throughout");
    }
    char bytes[4];
    std::memcpy(bytes, &rounded, 4);
    list_.append(bytes, 4);
    return Status::Ok();
  }

  Status AppendInteger(const RawValue& value, const WrittenRows& rows, std::size_t row, const WrittenField& field) {
    std::uint64_t bits = value.uint64;
    if (value.type == RawType::kInt64) bits = static_cast<std::uint64_t>(value.int64);
    if (value.type == RawType::kBool) bits = value.flag ? 1 : 0;
    if (value.type == RawType::kUint64 && bits >> 63 != 0) {
      return CannotHold(*rows.chunk, row, field, value, "past the range of int64, which tf.Example holds whole numbers as");
    }
    AppendVarint(bits, &list_);
    return Status::Ok();
  }

  std::unique_ptr<ByteSink> out_;
  std::vector<WrittenField> fields_;
  std::string file_, record_, features_, entry_, feature_, list_, text_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateTfRecord(const std::string& path, std::vector<WrittenField> fields,
                                                    const WriteOptions&) {
  for (const WrittenField& field : fields) {
    if (!IsValidUtf8(field.name)) {
      return Status::BadData("the name of a field is " + Quote(field.name) + ", which is not UTF-8 as names of features are");
    }
  }
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> out, ByteSink::Create(path));
  return std::unique_ptr<TableWriter>(std::make_unique<TfRecordWriter>(std::move(out), std::move(fields)));
}

}  // namespace thalweg

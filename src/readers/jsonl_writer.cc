// JSON lines: one object a row, every field in each.
#include <cmath>

#include "base/strings.h"
#include "readers/format.h"
#include "readers/text_cells.h"

namespace thalweg {
namespace {

class JsonlWriter : public TableWriter {
 public:
  JsonlWriter(std::unique_ptr<ByteSink> out, std::vector<WrittenField> fields)
      : out_(std::move(out)), fields_(std::move(fields)) {
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      std::string& key = keys_.emplace_back(f == 0 ? "{" : ", ");
      AppendJsonText(fields_[f].name, &key);
      key += ": ";
    }
  }

  Status Write(const WrittenRows& rows) override {
    text_.clear();
    for (std::size_t row = 0; row < rows.chunk->num_rows; ++row) {
      for (std::size_t f = 0; f < fields_.size(); ++f) {
        text_ += keys_[f];
        THALWEG_RETURN_IF_ERROR(Append(rows, f, row));
      }
      text_ += "}\n";
    }
    return out_->Write(text_);
  }
  Status Finish() override { return out_->Finish(); }

 private:
  Status Append(const WrittenRows& rows, std::size_t f, std::size_t row) {
    const std::size_t begin = text_.size();
    if (fields_[f].list) text_ += '[';
    bool first = true;
    THALWEG_RETURN_IF_ERROR(rows.ForEachValue(f, row, [&](const RawValue& value) {
      if (!first) text_ += ", ";
      first = false;
      if (value.type == RawType::kText) {
        if (!IsValidUtf8(value.text)) {
          return CannotHold(*rows.chunk, row, fields_[f], value, "which is not UTF-8, as JSON is");
        }
        AppendJsonText(value.text, &text_);
        return Status::Ok();
      }
      if ((value.type == RawType::kFloat || value.type == RawType::kDouble) && !std::isfinite(value.number)) {
        return CannotHold(*rows.chunk, row, fields_[f], value, "which JSON has no number for");
      }
      AppendText(value, &text_);
      return Status::Ok();
    }));
    if (first) {  // also where a list is empty: both are missing
      text_.resize(begin);
      text_ += "null";
    } else if (fields_[f].list) {
      text_ += ']';
    }
    return Status::Ok();
  }

  std::unique_ptr<ByteSink> out_;
  std::vector<WrittenField> fields_;
  std::vector<std::string> keys_;
  std::string text_;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateJsonl(const std::string& path, std::vector<WrittenField> fields,
                                                 const WriteOptions&) {
  if (fields.empty()) return Status::BadData("the rows have no fields");
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> out, ByteSink::Create(path));
  return std::unique_ptr<TableWriter>(std::make_unique<JsonlWriter>(std::move(out), std::move(fields)));
}

}  // namespace thalweg

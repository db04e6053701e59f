// CSV and TSV with a header. What would read back as something else is refused: "" (missing), items of a list that hold its
// separator.
#include <cmath>

#include "base/strings.h"
#include "readers/format.h"
#include "readers/text_cells.h"

namespace thalweg {
namespace {

class CsvWriter : public TableWriter {
 public:
  CsvWriter(std::unique_ptr<ByteSink> out, std::vector<WrittenField> fields, char separator, const WriteOptions& options)
      : out_(std::move(out)), fields_(std::move(fields)), separator_(separator), options_(options) {
    for (const WrittenField& field : fields_) {
      if (&field != fields_.data()) text_ += separator_;
      AppendCsvText(field.name, separator_, &text_);
    }
    text_ += '\n';
  }

  Status Write(const WrittenRows& rows) override {
    for (std::size_t row = 0; row < rows.chunk->num_rows; ++row) {
      const std::size_t begin = text_.size();
      for (std::size_t f = 0; f < fields_.size(); ++f) {
        if (f > 0) text_ += separator_;
        cell_.clear();
        THALWEG_RETURN_IF_ERROR(Fill(rows, f, row));
        AppendCsvText(cell_, separator_, &text_);
      }
      if (text_.size() == begin) text_ += "\"\"";  // an empty line would be no row
      text_ += '\n';
    }
    const Status status = out_->Write(text_);
    text_.clear();
    return status;
  }
  Status Finish() override {
    THALWEG_RETURN_IF_ERROR(out_->Write(text_));
    return out_->Finish();
  }

 private:
  Status Fill(const WrittenRows& rows, std::size_t f, std::size_t row) {
    const WrittenField& field = fields_[f];
    bool first = true;
    return rows.ForEachValue(f, row, [&](const RawValue& value) {
      if (!first) cell_ += options_.list_separator;
      first = false;
      const std::size_t begin = cell_.size();
      if ((value.type == RawType::kFloat || value.type == RawType::kDouble) && !std::isfinite(value.number)) {
        return CannotHold(*rows.chunk, row, field, value, "which reads back as text");
      }
      AppendText(value, &cell_);
      const std::string_view text = std::string_view(cell_).substr(begin);
      if (text.empty() && !options_.empty_is_missing) {
        return CannotHold(*rows.chunk, row, field, value,
                          "a value that reads back as missing; write another format, or say --empty-is-missing");
      }
      if (!field.list || text.empty()) return Status::Ok();
      const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
      if (text.find(options_.list_separator) != text.npos || is_blank(text.front()) || is_blank(text.back())) {
        return CannotHold(*rows.chunk, row, field, value,
                          std::string("which cannot stand in a list separated by ") + Quote({&options_.list_separator, 1}) +
                              "; choose another --list-separator, or another format");
      }
      return Status::Ok();
    });
  }

  std::unique_ptr<ByteSink> out_;
  std::vector<WrittenField> fields_;
  char separator_;
  WriteOptions options_;
  std::string text_, cell_;
};

Result<std::unique_ptr<TableWriter>> Create(const std::string& path, std::vector<WrittenField> fields, char separator,
                                            const WriteOptions& options) {
  for (const WrittenField& field : fields) {
    if (field.name.empty()) return Status::BadData("a field has an empty name, which CSV does not hold");
  }
  if (fields.empty()) return Status::BadData("the rows have no fields");
  if (options.separator != 0) separator = options.separator;
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> out, ByteSink::Create(path));
  return std::unique_ptr<TableWriter>(std::make_unique<CsvWriter>(std::move(out), std::move(fields), separator, options));
}

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateCsv(const std::string& path, std::vector<WrittenField> fields,
                                               const WriteOptions& options) {
  return Create(path, std::move(fields), ',', options);
}
Result<std::unique_ptr<TableWriter>> CreateTsv(const std::string& path, std::vector<WrittenField> fields,
                                               const WriteOptions& options) {
  return Create(path, std::move(fields), '\t', options);
}

}  // namespace thalweg

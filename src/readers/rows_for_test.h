// For the tests of this room: files with given bytes, and rows as people would write them down.
#ifndef THALWEG_READERS_ROWS_FOR_TEST_H_
#define THALWEG_READERS_ROWS_FOR_TEST_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "data/table_source.h"
#include "readers/open.h"

namespace thalweg {

// A folder of the test's own, gone with it.
class RowsTest : public testing::Test {
 protected:
  RowsTest() {
    std::string path = (std::filesystem::temp_directory_path() / "thalweg-readers-XXXXXX").string();
    folder_ = mkdtemp(path.data());
    open_.temp_folder = folder_;
  }
  ~RowsTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::string File(const std::string& name, std::string_view bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
    return Path(name);
  }

  static FieldSpec Number(std::string name) { return Field(std::move(name), DType::kNumber, false); }
  static FieldSpec Integer(std::string name) { return Field(std::move(name), DType::kInteger, false); }
  static FieldSpec Text(std::string name) { return Field(std::move(name), DType::kText, false); }
  static FieldSpec Texts(std::string name) { return Field(std::move(name), DType::kText, true); }
  static FieldSpec Numbers(std::string name) { return Field(std::move(name), DType::kNumber, true); }

  // The rows of the files, one line each: values separated by blanks, texts in bars, "-" for a missing value, lists in
  // brackets. Or, where reading stops, the message, with the folder cut from it.
  std::string Read(const std::vector<std::string>& paths, std::vector<FieldSpec> fields) {
    table_.schema.fields = std::move(fields);
    OpenRowsOptions options = open_;
    auto raw = OpenRows(paths, options);
    if (!raw.ok()) return Message(raw.status());
    read_ = (*raw)->read();
    auto source = TableSource::Create(std::move(*raw), table_);
    if (!source.ok()) return Message(source.status());
    source_ = std::move(*source);
    return Rows();
  }

  std::string Rows() {
    std::string out;
    ExampleBatch batch;
    while (true) {
      const Result<bool> more = source_->Next(&batch);
      if (!more.ok()) return Message(more.status());
      if (!*more) return out;
      for (std::size_t row = 0; row < batch.num_rows; ++row) {
        for (std::size_t f = 0; f < batch.fields.size(); ++f) {
          if (f > 0) out += " ";
          out += Values(batch.fields[f], row, table_.schema.fields[f].many);
        }
        if (!batch.label.empty()) out += " label " + FormatNumber(batch.label[row]);
        if (!batch.weight.empty()) out += " weight " + FormatNumber(batch.weight[row]);
        for (const FieldValues& kept : source_->kept()) out += " kept " + Values(kept, row, false);
        out += "\n";
      }
    }
  }

  std::string Message(const Status& status) const {
    code_ = status.code();
    std::string text = status.message();
    for (std::size_t at; (at = text.find(folder_ + "/")) != text.npos;) text.erase(at, folder_.size() + 1);
    return text;
  }

  OpenRowsOptions open_;
  TableOptions table_;
  ReadSpec read_;                        // as settled by Read
  std::unique_ptr<TableSource> source_;  // of the last Read
  mutable StatusCode code_ = StatusCode::kOk;

 private:
  static FieldSpec Field(std::string name, DType dtype, bool many) {
    FieldSpec field;
    field.name = std::move(name);
    field.dtype = dtype;
    field.many = many;
    return field;
  }

  static std::string Values(const FieldValues& values, std::size_t row, bool many) {
    std::string out;
    for (std::size_t i = values.begin(row); i < values.end(row); ++i) {
      if (i > values.begin(row)) out += " ";
      switch (values.dtype) {
        case DType::kNumber:
          out += FormatNumber(values.numbers[i]);
          break;
        case DType::kInteger:
          out += FormatInteger(values.integers[i]);
          break;
        case DType::kText:
          out += "|" + std::string(values.text_at(i)) + "|";
          break;
      }
    }
    if (many) return "[" + out + "]";
    return out.empty() ? "-" : out;
  }

  std::string folder_;
};

}  // namespace thalweg

#endif  // THALWEG_READERS_ROWS_FOR_TEST_H_

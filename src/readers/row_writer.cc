#include "readers/row_writer.h"

#include <cstdio>

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>

#include "base/file.h"
#include "base/strings.h"

namespace thalweg {
namespace {

// Where text goes: a file replaced at the end, or standard output.
class TextOut {
 public:
  static Result<TextOut> Create(const std::string& path) {
    TextOut out;
    if (path != "-") {
      THALWEG_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
      out.file_ = std::make_unique<AtomicFile>(std::move(file));
    }
    return out;
  }
  Status Write(std::string_view text) {
    if (file_ != nullptr) return file_->Write(text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return Closed();
    return Status::Ok();
  }
  Status Finish() {
    if (file_ != nullptr) return file_->Commit();
    return std::fflush(stdout) == 0 ? Status::Ok() : Closed();
  }

 private:
  static Status Closed() { return Status::IoError("standard output: cannot be written (closed, or the disk is full)"); }
  std::unique_ptr<AtomicFile> file_;
};

void AppendJsonText(std::string_view text, std::string* out) {
  *out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (byte < 0x20) {
      *out += fmt::format("\\u{:04x}", byte);
    } else {
      *out += c;
    }
  }
  *out += '"';
}

void AppendCsvText(std::string_view text, char separator, std::string* out) {
  if (text.find_first_of(std::string{separator, '"', '\n', '\r'}) == std::string_view::npos) {
    *out += text;
    return;
  }
  *out += '"';
  for (const char c : text) {
    if (c == '"') *out += '"';
    *out += c;
  }
  *out += '"';
}

std::size_t Begin(const OutputColumn& column, std::size_t row) {
  return column.row_offsets.empty() ? row * column.width : column.row_offsets[row];
}
std::size_t End(const OutputColumn& column, std::size_t row) {
  return column.row_offsets.empty() ? (row + 1) * column.width : column.row_offsets[row + 1];
}

class JsonLines : public RowWriter {
 public:
  explicit JsonLines(TextOut out) : out_(std::move(out)) {}
  Status Write(std::size_t num_rows, std::span<const OutputColumn> columns) override {
    text_.clear();
    for (std::size_t row = 0; row < num_rows; ++row) {
      text_ += '{';
      for (const OutputColumn& column : columns) {
        if (&column != columns.data()) text_ += ", ";
        AppendJsonText(column.name, &text_);
        text_ += ": ";
        AppendCell(column, row);
      }
      text_ += "}\n";
    }
    return out_.Write(text_);
  }
  Status Finish() override { return out_.Finish(); }

 private:
  void AppendCell(const OutputColumn& column, std::size_t row) {
    const std::size_t begin = Begin(column, row), end = End(column, row);
    const bool list = column.list || end - begin > 1;
    if (!list && begin == end) {
      text_ += "null";
      return;
    }
    if (list) text_ += '[';
    for (std::size_t i = begin; i < end; ++i) {
      if (i > begin) text_ += ", ";
      AppendValue(column, i);
    }
    if (list) text_ += ']';
  }
  void AppendValue(const OutputColumn& column, std::size_t i) {
    if (!column.floats.empty()) {
      text_ += FormatNumber(column.floats[i]);
    } else if (!column.integers.empty()) {
      text_ += std::to_string(column.integers[i]);
    } else if (column.texts[i].data() == nullptr) {
      text_ += "null";
    } else if (const std::optional<double> number = column.numeric ? ParseNumber(column.texts[i]) : std::nullopt) {
      text_ += FormatNumber(*number);
    } else {
      AppendJsonText(column.texts[i], &text_);
    }
  }
  TextOut out_;
  std::string text_;
};

class Csv : public RowWriter {
 public:
  Csv(TextOut out, char separator) : out_(std::move(out)), separator_(separator) {}
  Status Write(std::size_t num_rows, std::span<const OutputColumn> columns) override {
    text_.clear();
    if (!header_) {
      header_ = true;
      bool first = true;
      for (const OutputColumn& column : columns) {
        for (std::size_t k = 0; k < column.width; ++k) {
          if (!first) text_ += separator_;
          first = false;
          AppendCsvText(column.list ? fmt::format("{}_{}", column.name, k) : column.name, separator_, &text_);
        }
      }
      text_ += '\n';
    }
    for (std::size_t row = 0; row < num_rows; ++row) {
      for (const OutputColumn& column : columns) {
        if (&column != columns.data()) text_ += separator_;
        AppendCells(column, row);
      }
      text_ += '\n';
    }
    return out_.Write(text_);
  }
  Status Finish() override { return out_.Finish(); }

 private:
  void AppendCells(const OutputColumn& column, std::size_t row) {
    std::string joined;   // several texts handed through stay one cell
    for (std::size_t i = Begin(column, row), end = End(column, row), begin = i; i < end; ++i) {
      if (!column.floats.empty()) {
        if (i > begin) text_ += separator_;
        text_ += FormatNumber(column.floats[i]);
      } else if (!column.integers.empty()) {
        if (i > begin) text_ += separator_;
        text_ += std::to_string(column.integers[i]);
      } else if (column.row_offsets.empty()) {
        if (i > begin) text_ += separator_;
        if (column.texts[i].data() != nullptr) AppendCsvText(column.texts[i], separator_, &text_);
      } else {
        if (i > begin) joined += '|';
        joined += column.texts[i];
      }
    }
    AppendCsvText(joined, separator_, &text_);
  }
  TextOut out_;
  char separator_;
  bool header_ = false;
  std::string text_;
};

Status FromArrow(const arrow::Status& status, const std::string& path) {
  return status.ok() ? Status::Ok() : Status::IoError(fmt::format("{}: {}", path, status.message()));
}

// Arrow's sink over AtomicFile: nothing is at the path before it is whole.
class AtomicSink : public arrow::io::OutputStream {
 public:
  explicit AtomicSink(AtomicFile file) : file_(std::move(file)) { set_mode(arrow::io::FileMode::WRITE); }
  arrow::Status Write(const void* data, std::int64_t size) override {
    last_ = file_.Write(data, static_cast<std::size_t>(size));
    position_ += size;
    return last_.ok() ? arrow::Status::OK() : arrow::Status::IOError(last_.message());
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }
  Status Commit() { return last_.ok() ? file_.Commit() : last_; }

 private:
  AtomicFile file_;
  Status last_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

class Parquet : public RowWriter {
 public:
  Parquet(std::string path, AtomicFile file)
      : path_(std::move(path)), sink_(std::make_shared<AtomicSink>(std::move(file))) {}
  Status Write(std::size_t num_rows, std::span<const OutputColumn> columns) override {
    arrow::ArrayVector arrays;
    arrow::FieldVector fields;
    for (const OutputColumn& column : columns) {
      THALWEG_ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> array, ToArray(column, num_rows));
      fields.push_back(arrow::field(column.name, array->type()));
      arrays.push_back(std::move(array));
    }
    const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
    if (writer_ == nullptr) {
      auto opened = parquet::arrow::FileWriter::Open(*table->schema(), arrow::default_memory_pool(), sink_);
      if (!opened.ok()) return FromArrow(opened.status(), path_);
      writer_ = std::move(*opened);
    }
    return FromArrow(writer_->WriteTable(*table, static_cast<std::int64_t>(num_rows)), path_);
  }
  Status Finish() override {
    if (writer_ != nullptr) THALWEG_RETURN_IF_ERROR(FromArrow(writer_->Close(), path_));
    return sink_->Commit();
  }

 private:
  Result<std::shared_ptr<arrow::Array>> ToArray(const OutputColumn& column, std::size_t num_rows) {
    auto* pool = arrow::default_memory_pool();
    std::shared_ptr<arrow::ArrayBuilder> values;
    if (!column.floats.empty()) values = std::make_shared<arrow::FloatBuilder>(pool);
    else if (!column.integers.empty()) values = std::make_shared<arrow::Int32Builder>(pool);
    else values = std::make_shared<arrow::StringBuilder>(pool);
    const bool list = column.list || !column.row_offsets.empty();
    std::shared_ptr<arrow::ListBuilder> lists = list ? std::make_shared<arrow::ListBuilder>(pool, values) : nullptr;
    for (std::size_t row = 0; row < num_rows; ++row) {
      if (lists != nullptr) THALWEG_RETURN_IF_ERROR(FromArrow(lists->Append(), path_));
      for (std::size_t i = Begin(column, row); i < End(column, row); ++i) {
        arrow::Status status;
        if (!column.floats.empty()) status = static_cast<arrow::FloatBuilder&>(*values).Append(column.floats[i]);
        else if (!column.integers.empty()) status = static_cast<arrow::Int32Builder&>(*values).Append(column.integers[i]);
        else if (column.texts[i].data() == nullptr) status = values->AppendNull();
        else status = static_cast<arrow::StringBuilder&>(*values).Append(column.texts[i]);
        THALWEG_RETURN_IF_ERROR(FromArrow(status, path_));
      }
    }
    auto finished = list ? lists->Finish() : values->Finish();
    if (!finished.ok()) return FromArrow(finished.status(), path_);
    return std::move(*finished);
  }
  std::string path_;
  std::shared_ptr<AtomicSink> sink_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

Result<std::unique_ptr<RowWriter>> CreateRowWriter(const std::string& path) {
  if (EndsWith(path, ".parquet")) {
    THALWEG_ASSIGN_OR_RETURN(AtomicFile file, AtomicFile::Create(path));
    return std::unique_ptr<RowWriter>(std::make_unique<Parquet>(path, std::move(file)));
  }
  const bool csv = EndsWith(path, ".csv"), tsv = EndsWith(path, ".tsv");
  const bool json = path == "-" || EndsWith(path, ".jsonl") || EndsWith(path, ".json") || EndsWith(path, ".ndjson");
  if (!csv && !tsv && !json) {
    return Status::Usage(fmt::format("{}: rows are written by suffix: .jsonl, .csv, .tsv or .parquet", Quote(path)));
  }
  THALWEG_ASSIGN_OR_RETURN(TextOut out, TextOut::Create(path));
  if (json) return std::unique_ptr<RowWriter>(std::make_unique<JsonLines>(std::move(out)));
  return std::unique_ptr<RowWriter>(std::make_unique<Csv>(std::move(out), csv ? ',' : '\t'));
}

}  // namespace thalweg

#include "readers/row_writer.h"

#include <arrow/api.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>

#include "base/strings.h"
#include "readers/byte_sink.h"
#include "readers/format.h"
#include "readers/text_cells.h"

namespace thalweg {
namespace {

std::size_t Begin(const OutputColumn& column, std::size_t row) {
  return column.row_offsets.empty() ? row * column.width : column.row_offsets[row];
}
std::size_t End(const OutputColumn& column, std::size_t row) {
  return column.row_offsets.empty() ? (row + 1) * column.width : column.row_offsets[row + 1];
}

class JsonLines : public RowWriter {
 public:
  explicit JsonLines(std::unique_ptr<ByteSink> out) : out_(std::move(out)) {}
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
    return out_->Write(text_);
  }
  Status Finish() override { return out_->Finish(); }

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
  std::unique_ptr<ByteSink> out_;
  std::string text_;
};

class Csv : public RowWriter {
 public:
  Csv(std::unique_ptr<ByteSink> out, char separator) : out_(std::move(out)), separator_(separator) {}
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
    return out_->Write(text_);
  }
  Status Finish() override { return out_->Finish(); }

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
  std::unique_ptr<ByteSink> out_;
  char separator_;
  bool header_ = false;
  std::string text_;
};

class Parquet : public RowWriter {
 public:
  explicit Parquet(std::unique_ptr<ByteSink> out) : out_(std::move(out)) {}
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
      auto opened = parquet::arrow::FileWriter::Open(*table->schema(), arrow::default_memory_pool(), out_->stream());
      if (!opened.ok()) return out_->From(opened.status());
      writer_ = std::move(*opened);
    }
    return out_->From(writer_->WriteTable(*table, static_cast<std::int64_t>(num_rows)));
  }
  Status Finish() override {
    if (writer_ != nullptr) THALWEG_RETURN_IF_ERROR(out_->From(writer_->Close()));
    return out_->Finish();
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
      if (lists != nullptr) THALWEG_RETURN_IF_ERROR(out_->From(lists->Append()));
      for (std::size_t i = Begin(column, row); i < End(column, row); ++i) {
        arrow::Status status;
        if (!column.floats.empty()) status = static_cast<arrow::FloatBuilder&>(*values).Append(column.floats[i]);
        else if (!column.integers.empty()) status = static_cast<arrow::Int32Builder&>(*values).Append(column.integers[i]);
        else if (column.texts[i].data() == nullptr) status = values->AppendNull();
        else status = static_cast<arrow::StringBuilder&>(*values).Append(column.texts[i]);
        THALWEG_RETURN_IF_ERROR(out_->From(status));
      }
    }
    auto finished = list ? lists->Finish() : values->Finish();
    if (!finished.ok()) return out_->From(finished.status());
    return std::move(*finished);
  }
  std::unique_ptr<ByteSink> out_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

}  // namespace

Result<std::unique_ptr<RowWriter>> CreateRowWriter(const std::string& path) {
  const Format* format = path == "-" ? FindFormat("jsonl") : FormatBySuffix(path);
  const std::string_view name = format == nullptr ? "" : format->kind.name;
  const bool parquet = name == "parquet", json = name == "jsonl";
  std::string bare = path;
  if (name != "csv" && name != "tsv" && !parquet && !json) {
    return Status::Usage(fmt::format("{}: rows are written by suffix: .jsonl, .csv, .tsv or .parquet", Quote(path)));
  }
  if (parquet && !CutCompressionSuffix(&bare).empty()) {
    return Status::Usage(fmt::format("{}: Parquet is compressed within; name it {}", Quote(path), Quote(bare)));
  }
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> out, ByteSink::Create(path));
  if (parquet) return std::unique_ptr<RowWriter>(std::make_unique<Parquet>(std::move(out)));
  if (json) return std::unique_ptr<RowWriter>(std::make_unique<JsonLines>(std::move(out)));
  return std::unique_ptr<RowWriter>(std::make_unique<Csv>(std::move(out), name == "csv" ? ',' : '\t'));
}

}  // namespace thalweg

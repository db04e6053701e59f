// Parquet and Arrow IPC. Each field is a column of the one type that holds all its values.
#include <arrow/api.h>
#include <arrow/ipc/writer.h>
#include <parquet/arrow/writer.h>

#include "base/strings.h"
#include "readers/format.h"

namespace thalweg {
namespace {

constexpr std::int64_t kRowGroup = 1 << 16;  // rows held in memory

std::shared_ptr<arrow::DataType> ArrowType(const WrittenField& field) {
  std::shared_ptr<arrow::DataType> type = arrow::utf8();
  if (field.type == RawType::kBool) type = arrow::boolean();
  if (field.type == RawType::kInt64) type = arrow::int64();
  if (field.type == RawType::kUint64) type = arrow::uint64();
  if (field.type == RawType::kFloat) type = arrow::float32();
  if (field.type == RawType::kDouble) type = arrow::float64();
  return field.list ? arrow::list(type) : type;
}

class ArrowWriter : public TableWriter {
 public:
  ArrowWriter(std::unique_ptr<ByteSink> out, std::vector<WrittenField> fields)
      : out_(std::move(out)), fields_(std::move(fields)) {
    arrow::FieldVector columns;
    for (const WrittenField& field : fields_) columns.push_back(arrow::field(field.name, ArrowType(field)));
    schema_ = arrow::schema(std::move(columns));
  }

  Status Write(const WrittenRows& rows) override {
    arrow::ArrayVector arrays;
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      THALWEG_ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> array, ToArray(rows, f));
      arrays.push_back(std::move(array));
    }
    return out_->From(
        WriteBatch(*arrow::RecordBatch::Make(schema_, static_cast<std::int64_t>(rows.chunk->num_rows), std::move(arrays))));
  }
  Status Finish() override {
    THALWEG_RETURN_IF_ERROR(out_->From(Close()));
    return out_->Finish();
  }

  virtual arrow::Status Open() = 0;

 protected:
  virtual arrow::Status WriteBatch(const arrow::RecordBatch& batch) = 0;
  virtual arrow::Status Close() = 0;

  std::unique_ptr<ByteSink> out_;
  std::vector<WrittenField> fields_;
  std::shared_ptr<arrow::Schema> schema_;

 private:
  Result<std::shared_ptr<arrow::Array>> ToArray(const WrittenRows& rows, std::size_t f) {
    auto made = arrow::MakeBuilder(schema_->field(static_cast<int>(f))->type());
    if (!made.ok()) return out_->From(made.status());
    arrow::ArrayBuilder* values = made->get();
    arrow::ListBuilder* lists = nullptr;
    if (fields_[f].list) {
      lists = static_cast<arrow::ListBuilder*>(values);
      values = lists->value_builder();
    }
    for (std::size_t row = 0; row < rows.chunk->num_rows; ++row) {
      bool any = false;
      THALWEG_RETURN_IF_ERROR(rows.ForEachValue(f, row, [&](const RawValue& value) {
        if (lists != nullptr && !any) THALWEG_RETURN_IF_ERROR(out_->From(lists->Append()));
        any = true;
        if (value.type == RawType::kText && !IsValidUtf8(value.text)) {
          return CannotHold(*rows.chunk, row, fields_[f], value, "which is not UTF-8, as text here is");
        }
        return out_->From(Append(value, fields_[f].type, values));
      }));
      if (!any) THALWEG_RETURN_IF_ERROR(out_->From((*made)->AppendNull()));
    }
    auto array = (*made)->Finish();
    if (!array.ok()) return out_->From(array.status());
    return std::move(*array);
  }

  arrow::Status Append(const RawValue& value, RawType type, arrow::ArrayBuilder* to) {
    switch (type) {
      case RawType::kBool:
        return static_cast<arrow::BooleanBuilder*>(to)->Append(value.flag);
      case RawType::kInt64:
        return static_cast<arrow::Int64Builder*>(to)->Append(value.int64);
      case RawType::kUint64:
        return static_cast<arrow::UInt64Builder*>(to)->Append(
            value.type == RawType::kInt64 ? static_cast<std::uint64_t>(value.int64) : value.uint64);
      case RawType::kFloat:
        return static_cast<arrow::FloatBuilder*>(to)->Append(static_cast<float>(value.number));
      case RawType::kDouble:
        return static_cast<arrow::DoubleBuilder*>(to)->Append(NumberOf(value));
      default:
        text_.clear();
        AppendText(value, &text_);
        return static_cast<arrow::StringBuilder*>(to)->Append(text_);
    }
  }
  std::string text_;
};

class ParquetWriter : public ArrowWriter {
 public:
  using ArrowWriter::ArrowWriter;
  arrow::Status Open() override {
    const auto properties = parquet::WriterProperties::Builder().max_row_group_length(kRowGroup)->build();
    ARROW_ASSIGN_OR_RAISE(writer_, parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), out_->stream(),
                                                                    properties));
    return arrow::Status::OK();
  }

 private:
  arrow::Status WriteBatch(const arrow::RecordBatch& batch) override { return writer_->WriteRecordBatch(batch); }
  arrow::Status Close() override { return writer_->Close(); }
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

class IpcWriter : public ArrowWriter {
 public:
  IpcWriter(std::unique_ptr<ByteSink> out, std::vector<WrittenField> fields, bool stream)
      : ArrowWriter(std::move(out), std::move(fields)), stream_(stream) {}
  arrow::Status Open() override {
    ARROW_ASSIGN_OR_RAISE(writer_, stream_ ? arrow::ipc::MakeStreamWriter(out_->stream(), schema_)
                                           : arrow::ipc::MakeFileWriter(out_->stream(), schema_));
    return arrow::Status::OK();
  }

 private:
  arrow::Status WriteBatch(const arrow::RecordBatch& batch) override { return writer_->WriteRecordBatch(batch); }
  arrow::Status Close() override { return writer_->Close(); }
  bool stream_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer_;
};

Result<std::unique_ptr<TableWriter>> Opened(std::unique_ptr<ArrowWriter> writer, const std::string& path) {
  if (const arrow::Status status = writer->Open(); !status.ok()) return Status::IoError(path + ": " + status.message());
  return std::unique_ptr<TableWriter>(std::move(writer));
}

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateParquet(const std::string& path, std::vector<WrittenField> fields,
                                                   const WriteOptions&) {
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> out, ByteSink::Create(path));
  return Opened(std::make_unique<ParquetWriter>(std::move(out), std::move(fields)), path);
}
Result<std::unique_ptr<TableWriter>> CreateArrow(const std::string& path, std::vector<WrittenField> fields,
                                                 const WriteOptions&) {
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> out, ByteSink::Create(path));
  return Opened(std::make_unique<IpcWriter>(std::move(out), std::move(fields), path.ends_with(".arrows")), path);
}

}  // namespace thalweg

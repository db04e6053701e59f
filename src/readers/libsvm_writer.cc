// libsvm and libffm text, of tables that have the fields with which these are read: label, (qid or field), index, value.
#include <algorithm>
#include <cmath>

#include "base/strings.h"
#include "readers/format.h"

namespace thalweg {
namespace {

// Where the fields of a row lie; npos for one that is not there.
struct Layout {
  std::size_t label = std::string::npos, qid = std::string::npos, field = std::string::npos, index = std::string::npos,
              value = std::string::npos;
};

class LibsvmWriter : public TableWriter {
 public:
  LibsvmWriter(std::unique_ptr<ByteSink> out, std::vector<WrittenField> fields, Layout at)
      : out_(std::move(out)), fields_(std::move(fields)), at_(at) {}

  Status Write(const WrittenRows& rows) override {
    text_.clear();
    for (std::size_t row = 0; row < rows.chunk->num_rows; ++row) {
      THALWEG_RETURN_IF_ERROR(Texts(rows, at_.label, row, &labels_));
      THALWEG_RETURN_IF_ERROR(Texts(rows, at_.qid, row, &qids_));
      THALWEG_RETURN_IF_ERROR(Texts(rows, at_.field, row, &items_));
      THALWEG_RETURN_IF_ERROR(Texts(rows, at_.index, row, &indices_));
      THALWEG_RETURN_IF_ERROR(Texts(rows, at_.value, row, &values_));
      const std::string where = rows.chunk->OriginOf(row).ToString();
      if (labels_.size() != 1 || qids_.size() > 1) {
        return Status::BadData(where + ": " + std::to_string(labels_.size()) + " labels and " + std::to_string(qids_.size()) +
                               " qids; expected one label and at most one qid a row");
      }
      if (indices_.size() != values_.size() || (at_.field != std::string::npos && items_.size() != indices_.size())) {
        return Status::BadData(where + ": " + std::to_string(indices_.size()) + " indices, " + std::to_string(values_.size()) +
                               " values" + (at_.field == std::string::npos ? "" : ", " + std::to_string(items_.size()) + " fields") +
                               "; expected as many of each");
      }
      text_ += labels_[0];
      if (!qids_.empty()) text_ += " qid:" + qids_[0];
      for (std::size_t i = 0; i < indices_.size(); ++i) {
        text_ += ' ';
        if (at_.field != std::string::npos) text_ += items_[i] + ":";
        text_ += indices_[i] + ":" + values_[i];
      }
      text_ += '\n';
    }
    return out_->Write(text_);
  }
  Status Finish() override { return out_->Finish(); }

 private:
  Status Texts(const WrittenRows& rows, std::size_t f, std::size_t row, std::vector<std::string>* texts) {
    texts->clear();
    if (f == std::string::npos) return Status::Ok();
    const bool whole = f != at_.label && f != at_.value;
    return rows.ForEachValue(f, row, [&](const RawValue& value) {
      const bool integer = value.type == RawType::kInt64;
      const bool number = integer || value.type == RawType::kUint64 || value.type == RawType::kFloat || value.type == RawType::kDouble;
      if (whole ? !integer : !number || !std::isfinite(NumberOf(value))) {
        return CannotHold(*rows.chunk, row, fields_[f], value, whole ? "expected a whole number of 64 bits" : "expected a number");
      }
      AppendText(value, &texts->emplace_back());
      return Status::Ok();
    });
  }

  std::unique_ptr<ByteSink> out_;
  std::vector<WrittenField> fields_;
  Layout at_;
  std::string text_;
  std::vector<std::string> labels_, qids_, items_, indices_, values_;
};

Result<std::unique_ptr<TableWriter>> Create(const std::string& path, std::vector<WrittenField> fields, bool with_fields) {
  Layout at;
  const std::string format = with_fields ? "libffm holds the fields label, field, index and value"
                                         : "libsvm holds the fields label, index and value, and qid";
  for (std::size_t f = 0; f < fields.size(); ++f) {
    const std::string& name = fields[f].name;
    if (name == "label") at.label = f;
    else if (name == "index") at.index = f;
    else if (name == "value") at.value = f;
    else if (name == "field" && with_fields) at.field = f;
    else if (name == "qid" && !with_fields) at.qid = f;
    else return Status::BadData(path + ": " + format + ", as they are read; found " + Quote(name) + " (leave it out by --drop)");
  }
  for (const auto& [place, name] : {std::pair{at.label, "label"}, {at.index, "index"}, {at.value, "value"}, {with_fields ? at.field : 0, "field"}}) {
    if (place == std::string::npos) return Status::BadData(path + ": " + format + "; there is no field " + Quote(name));
  }
  THALWEG_ASSIGN_OR_RETURN(std::unique_ptr<ByteSink> out, ByteSink::Create(path));
  return std::unique_ptr<TableWriter>(std::make_unique<LibsvmWriter>(std::move(out), std::move(fields), at));
}

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateLibsvm(const std::string& path, std::vector<WrittenField> fields,
                                                  const WriteOptions&) {
  return Create(path, std::move(fields), false);
}
Result<std::unique_ptr<TableWriter>> CreateLibffm(const std::string& path, std::vector<WrittenField> fields,
                                                  const WriteOptions&) {
  return Create(path, std::move(fields), true);
}

}  // namespace thalweg

// What a raw row holds, and how files of rows are read. Plain data; kept in the model, so that evaluate and predict
// read as training did and never infer again.
#ifndef THALWEG_SCHEMA_H_
#define THALWEG_SCHEMA_H_

#include <optional>
#include <string>
#include <vector>

namespace thalweg {

enum class DType {
  kNumber,   // float32
  kInteger,  // int64
  kText,     // bytes, UTF-8
};
const char* DTypeName(DType dtype);  // "number", "integer", "text"

struct FieldSpec {
  std::string name;
  DType dtype = DType::kText;
  bool many = false;                  // a list of any length; otherwise exactly one value, or missing
  std::string list_separator;         // in CSV and TSV: splits a cell into many ("|"); one byte, or empty
  std::vector<std::string> missing;   // cells of CSV and TSV that mean missing, beside the empty one ("?", "NA")
  std::optional<double> default_number;  // stands in for a missing number
  // As TensorFlow has a feature that it is fed as a dense tensor: "" and -1 are missing to columns, but values to crosses,
  // which take such fields after all others. Otherwise the field is as from a tf.Example: no value is missing.
  bool dense = false;
  bool operator==(const FieldSpec&) const = default;
};

// How text files are read. Parquet, Arrow IPC and JSON lines carry their own names and types.
struct ReadSpec {
  std::string format;              // "" by suffix; csv, tsv, jsonl, parquet, arrow, tfrecord, libsvm, libffm
  std::string separator;           // "" by format: "," or tab; one byte
  std::string header = "auto";     // yes, no, auto (settled when training: then yes or no)
  std::vector<std::string> names;  // for files without a header; otherwise c1, c2, …
  std::string encoding = "utf-8";  // or latin-1
  bool trim = true;                // blanks around fields of CSV and TSV are not part of them
  bool operator==(const ReadSpec&) const = default;
};

struct Schema {
  std::vector<FieldSpec> fields;      // those that the model uses, label and weight among them
  const FieldSpec* Find(std::string_view name) const;
  bool operator==(const Schema&) const = default;
};

}  // namespace thalweg

#endif  // THALWEG_SCHEMA_H_

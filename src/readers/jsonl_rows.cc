// JSON lines: one object a line. A line is parsed at a time, as a stream of events, so that a broken line costs a row
// and not the file, and nothing is ever concluded about a column from its first values. (Not with simdjson: Arrow's
// libraries export another version of it.)
#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "base/strings.h"
#include "readers/columns_by_key.h"
#include "readers/format.h"
#include "readers/jsonl_columns.h"
#include "readers/text_input.h"

namespace thalweg {
namespace {

constexpr std::size_t kMaxChunkBytes = 32u << 20;

class JsonlRows : public FileRows {
 public:
  JsonlRows(std::shared_ptr<TextInput> input, const FileOptions& options)
      : input_(std::move(input)),
        options_(options),
        file_(std::make_shared<const std::string>(input_->name())),
        columns_(options) {}

  // Reads the first chunk, for its names.
  Status Begin() {
    THALWEG_ASSIGN_OR_RETURN(has_ahead_, Read(&ahead_));
    return Status::Ok();
  }

  const std::vector<std::string>& column_names() const override { return columns_.names(); }
  const ReadSpec& read() const override { return options_.read; }

  Result<bool> Next(RawChunk* chunk) override {
    *chunk = RawChunk();
    if (!has_ahead_) return Read(chunk);
    has_ahead_ = false;
    *chunk = std::move(ahead_);
    ahead_ = RawChunk();
    return true;
  }

 private:
  Result<bool> Read(RawChunk* chunk) {
    chunk->file = file_;
    chunk->first_row = next_row_;
    bytes_ = num_rows_ = 0;
    row_numbers_.clear();
    const std::size_t max_rows =
        std::clamp<std::size_t>(kMaxCells / std::max<std::size_t>(columns_.columns().size(), 1), 1, options_.chunk_rows);
    while (num_rows_ + chunk->broken.size() < max_rows && bytes_ < kMaxChunkBytes) {
      THALWEG_ASSIGN_OR_RETURN(const std::string_view line,
                               input_->NextLine(next_row_, "JSON lines, one object a line"));
      if (line.data() == nullptr) break;
      if (line.find_first_not_of(" \t") != line.npos) THALWEG_RETURN_IF_ERROR(Row(line, chunk));
      bytes_ += line.size();
      input_->Consume(line.size() + 1);
    }
    chunk->num_rows = num_rows_;
    if (!chunk->broken.empty()) chunk->rows = row_numbers_;
    for (JsonColumn& column : columns_.columns()) chunk->columns.push_back(column.Finish());
    return num_rows_ > 0 || !chunk->broken.empty();
  }

  std::string Where() const { return input_->name() + " row " + std::to_string(next_row_) + ": "; }

  // One line: a row, a broken row, or (what no row of a table can be) an error.
  Status Row(std::string_view line, RawChunk* chunk) {
    std::string why;
    THALWEG_RETURN_IF_ERROR(ReadObject(line, &why));
    if (why.empty()) {
      for (JsonColumn& column : columns_.columns()) column.EndRow();
      row_numbers_.push_back(next_row_);
      ++num_rows_;
    } else {
      for (JsonColumn& column : columns_.columns()) column.DropRow();
      chunk->broken.push_back({RowOrigin{file_, next_row_}, std::move(why)});
    }
    ++next_row_;
    return Status::Ok();
  }

  Status ReadObject(std::string_view line, std::string* why) {
    columns_.BeginRow();
    Events events(this);
    const bool done = nlohmann::json::sax_parse(line.begin(), line.end(), &events);
    THALWEG_RETURN_IF_ERROR(events.error);
    if (!done) *why = events.why + ": " + Quote(line);
    return Status::Ok();
  }

  // What the parser meets in a line. False ends the line: `why` says what breaks the row, `error` what no row may have.
  struct Events {
    explicit Events(JsonlRows* rows) : rows(rows) {}

    bool null() { return Scalar(RawType::kNull, 0); }
    bool boolean(bool value) { return Scalar(RawType::kBool, value ? 1 : 0); }
    bool number_integer(std::int64_t value) { return Scalar(RawType::kInt64, static_cast<std::uint64_t>(value)); }
    bool number_unsigned(std::uint64_t value) {
      return Scalar(value <= std::uint64_t{INT64_MAX} ? RawType::kInt64 : RawType::kUint64, value);
    }
    bool number_float(double value, const std::string&) {
      return Scalar(RawType::kDouble, std::bit_cast<std::uint64_t>(value));
    }
    bool string(const std::string& value) {
      if (depth == 0) return NoObject();
      if (column != nullptr) column->AddText(value);
      return true;
    }
    bool binary(const nlohmann::json::binary_t&) { return true; }  // not in text

    bool start_object(std::size_t) {
      if (depth++ == 0) return true;
      return column == nullptr || NoMeaning("an object in an object");
    }
    bool key(const std::string& name) {
      if (depth > 1) return true;  // within a field that is not wanted
      Result<JsonColumn*> found = rows->Column(name);
      if (!found.ok()) {
        error = found.status();
        return false;
      }
      column = *found;
      field = name;
      if (column == nullptr || !column->has_value()) return true;
      why = "the key " + Quote(name) + " is there twice";
      return false;
    }
    bool end_object() {
      --depth;
      return true;
    }
    bool start_array(std::size_t) {
      if (depth++ == 0) return NoObject();
      if (column == nullptr) return true;
      if (depth > 2) return NoMeaning("a list in a list");
      column->BeginList();
      return true;
    }
    bool end_array() {
      --depth;
      return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& e) {
      const std::string_view text = e.what();
      if (text.find("ill-formed UTF-8") != text.npos) {
        why = (field.empty() ? "" : "field " + Quote(field) + " or what follows it: ");
        why += "is not UTF-8; if the file is Latin-1 convert it, or train with --encoding latin-1";
      } else {
        const std::size_t at = text.find("column ");
        why = "is not JSON (" + std::string(at == text.npos ? text : text.substr(at)) + ")";
      }
      return false;
    }

    bool Scalar(RawType tag, std::uint64_t bits) {
      if (depth == 0) return NoObject();
      if (column != nullptr) column->Add(tag, bits);
      return true;
    }
    bool NoObject() {
      why = "expected an object, as in {\"age\": 42}, one a line; found";
      return false;
    }
    bool NoMeaning(const std::string& what) {
      error = Status::BadData(rows->Where() + "field " + Quote(field) + ": found " + what +
                              "; expected a text, a number, a boolean, null or a list of them: give its parts keys of "
                              "their own, or leave the field out (--drop)");
      return false;
    }

    JsonlRows* rows;
    JsonColumn* column = nullptr;  // of the key under way; null where it is not wanted
    std::string field;
    std::size_t depth = 0;
    std::string why;
    Status error;
  };

  // The column of a key; nullptr where it is not wanted.
  Result<JsonColumn*> Column(std::string_view key) {
    JsonColumn* column = nullptr;
    if (columns_.Find(key, num_rows_, &column)) return column;
    return Status::BadData(Where() + "more than " + std::to_string(kMaxKeys) + " different keys; the last is " +
                           Quote(key));
  }

  std::shared_ptr<TextInput> input_;
  FileOptions options_;
  std::shared_ptr<const std::string> file_;
  ColumnsByKey<JsonColumn> columns_;
  std::uint64_t next_row_ = 1;
  std::size_t num_rows_ = 0, bytes_ = 0;  // of the chunk under way
  std::vector<std::uint64_t> row_numbers_;
  RawChunk ahead_;
  bool has_ahead_ = false;
};

}  // namespace

Result<std::unique_ptr<FileRows>> OpenJsonl(OpenInput input, const FileOptions& options) {
  auto text = std::make_shared<TextInput>(std::move(input.bytes), input.file.name, options.read.encoding == "latin-1");
  auto rows = std::make_unique<JsonlRows>(std::move(text), options);
  THALWEG_RETURN_IF_ERROR(rows->Begin());
  return std::unique_ptr<FileRows>(std::move(rows));
}

}  // namespace thalweg

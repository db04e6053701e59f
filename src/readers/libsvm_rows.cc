// libsvm (label index:value …) and libffm (label field:index:value …): a row is a label and lists of equal length.
#include <algorithm>
#include <array>
#include <optional>

#include "base/strings.h"
#include "readers/format.h"
#include "readers/record_column.h"
#include "readers/text_input.h"

namespace thalweg {
namespace {

constexpr std::size_t kMaxChunkBytes = 1u << 20;
constexpr std::string_view kBlanks = " \t";

std::string_view TakeWord(std::string_view* rest) {
  const std::size_t begin = std::min(rest->find_first_not_of(kBlanks), rest->size());
  const std::size_t end = std::min(rest->find_first_of(kBlanks, begin), rest->size());
  const std::string_view word = rest->substr(begin, end - begin);
  rest->remove_prefix(end);
  return word;
}

// The whole number before the next colon.
std::optional<std::int64_t> TakeInteger(std::string_view* word) {
  const std::size_t colon = word->find(':');
  if (colon == word->npos) return std::nullopt;
  const std::optional<std::int64_t> integer = ParseInteger(word->substr(0, colon));
  word->remove_prefix(colon + 1);
  return integer;
}

std::string_view WithoutPlus(std::string_view text) { return text.starts_with('+') ? text.substr(1) : text; }

class LibsvmRows : public FileRows {
 public:
  LibsvmRows(std::shared_ptr<TextInput> input, const FileOptions& options, bool fields)
      : input_(std::move(input)),
        options_(options),
        file_(std::make_shared<const std::string>(input_->name())),
        fields_(fields),
        names_(fields ? std::vector<std::string>{"label", "field", "index", "value"}
                      : std::vector<std::string>{"label", "index", "value"}) {}

  const std::vector<std::string>& column_names() const override { return names_; }
  const ReadSpec& read() const override { return options_.read; }

  Result<bool> Next(RawChunk* chunk) override {
    *chunk = RawChunk();
    chunk->file = file_;
    chunk->first_row = next_row_;
    std::vector<std::uint64_t> numbers;
    std::size_t rows = 0, bytes = 0;
    while (rows + chunk->broken.size() < options_.chunk_rows && bytes < kMaxChunkBytes) {
      THALWEG_ASSIGN_OR_RETURN(const std::string_view line, input_->NextLine(next_row_, Expected()));
      if (line.data() == nullptr) break;
      const std::string_view text = line.substr(0, line.find('#'));
      if (text.find_first_not_of(kBlanks) != text.npos) {
        std::string why = Row(text, rows);
        if (why.empty()) {
          numbers.push_back(next_row_);
          ++rows;
        } else {
          for (RecordColumn* column : Columns()) column->DropRow(rows);
          chunk->broken.push_back({RowOrigin{file_, next_row_}, std::move(why)});
        }
        ++next_row_;
      }
      bytes += line.size() + 1;
      input_->Consume(line.size() + 1);
    }
    chunk->num_rows = rows;
    if (!chunk->broken.empty()) chunk->rows = std::move(numbers);
    for (RecordColumn* column : Columns()) {
      const bool there = std::find(names_.begin(), names_.end(), column->name()) != names_.end();
      RawColumn made = column->Finish(rows);
      if (there && IsWanted(options_, made.name)) chunk->columns.push_back(std::move(made));
    }
    return rows > 0 || !chunk->broken.empty();
  }

 private:
  std::array<RecordColumn*, 5> Columns() { return {&label_, &qid_, &field_, &index_, &value_}; }
  const char* Expected() const { return fields_ ? "field:index:value" : "index:value"; }

  // "" or what is wrong.
  std::string Row(std::string_view text, std::size_t row) {
    for (RecordColumn* column : Columns()) column->BeginRow(row);
    const std::string_view label = TakeWord(&text);
    const std::optional<double> number = ParseNumber(WithoutPlus(label));
    if (!number) return "the label is " + Quote(label) + ", expected a number";
    if (const std::optional<std::int64_t> integer = ParseInteger(WithoutPlus(label))) label_.AddInteger(*integer);
    else label_.AddFloat(static_cast<float>(*number));
    while (true) {
      const std::string_view whole = TakeWord(&text);
      if (whole.empty()) break;
      std::string_view word = whole;
      if (!fields_ && word.starts_with("qid:")) {
        const std::optional<std::int64_t> qid = ParseInteger(word.substr(4));
        if (!qid) return "found " + Quote(whole) + ", expected a whole number behind qid:";
        qid_.ClearRow();
        qid_.AddInteger(*qid);
        if (!has_qid_) names_.push_back("qid");
        has_qid_ = true;
        continue;
      }
      const std::optional<std::int64_t> field = fields_ ? TakeInteger(&word) : 0;
      const std::optional<std::int64_t> index = TakeInteger(&word);
      const std::optional<double> value = ParseNumber(WithoutPlus(word));
      if (!field || !index || !value) return "found " + Quote(whole) + ", expected " + Expected() + " (numbers)";
      if (fields_) field_.AddInteger(*field);
      index_.AddInteger(*index);
      value_.AddFloat(static_cast<float>(*value));
    }
    for (RecordColumn* column : Columns()) column->EndRow();
    return "";
  }

  std::shared_ptr<TextInput> input_;
  FileOptions options_;
  std::shared_ptr<const std::string> file_;
  bool fields_, has_qid_ = false;
  std::vector<std::string> names_;
  RecordColumn label_{"label", 0}, qid_{"qid", 0}, field_{"field", 0}, index_{"index", 0}, value_{"value", 0};
  std::uint64_t next_row_ = 1;
};

Result<std::unique_ptr<FileRows>> Open(OpenInput input, const FileOptions& options, bool fields) {
  auto text = std::make_shared<TextInput>(std::move(input.bytes), input.file.name, false);
  return std::unique_ptr<FileRows>(std::make_unique<LibsvmRows>(std::move(text), options, fields));
}

}  // namespace

Result<std::unique_ptr<FileRows>> OpenLibsvm(OpenInput input, const FileOptions& options) {
  return Open(std::move(input), options, false);
}
Result<std::unique_ptr<FileRows>> OpenLibffm(OpenInput input, const FileOptions& options) {
  return Open(std::move(input), options, true);
}

}  // namespace thalweg

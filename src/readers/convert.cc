#include "readers/convert.h"

#include <algorithm>

#include "base/strings.h"

namespace thalweg {
namespace {

constexpr std::size_t kMaxExamples = 5;

Status CountBroken(const RawChunk& chunk, bool skip, Converted* converted) {
  for (const BrokenRow& broken : chunk.broken) {
    std::string text = broken.origin.ToString() + ": " + broken.why;
    if (!skip) return Status::BadData(std::move(text));
    ++converted->bad_rows;
    if (converted->bad_examples.size() < kMaxExamples) converted->bad_examples.push_back(std::move(text));
  }
  return Status::Ok();
}

// The columns of a chunk by the place of their fields.
class Columns {
 public:
  Columns(const std::vector<WrittenField>& fields, const CellRules& rules) : fields_(fields), rules_(rules) {}

  WrittenRows Of(const RawChunk& chunk) {
    typed_.clear();
    typed_.reserve(chunk.columns.size());
    WrittenRows rows;
    rows.chunk = &chunk;
    rows.columns.assign(fields_.size(), nullptr);
    for (std::size_t c = 0; c < chunk.columns.size(); ++c) {
      const std::size_t f = FieldAt(chunk.columns[c].name, c);
      typed_.push_back(TypedCells(chunk.columns[c], chunk.num_rows, fields_[f], rules_));
      rows.columns[f] = &typed_.back();
    }
    return rows;
  }

 private:
  std::size_t FieldAt(const std::string& name, std::size_t guess) const {
    if (guess < fields_.size() && fields_[guess].name == name) return guess;
    const auto it = std::find_if(fields_.begin(), fields_.end(), [&](const WrittenField& f) { return f.name == name; });
    return static_cast<std::size_t>(it - fields_.begin());  // the first pass has met it
  }
  const std::vector<WrittenField>& fields_;
  const CellRules& rules_;
  std::vector<RawColumn> typed_;
};

}  // namespace

Result<Converted> ConvertRows(const std::vector<std::string>& inputs, const std::string& output,
                              const ConvertOptions& options) {
  OpenRowsOptions open = options.open;
  open.need_rewind = true;
  open.threads = 0;
  THALWEG_ASSIGN_OR_RETURN(const std::unique_ptr<RawSource> source, OpenRows(inputs, open));
  Converted converted;
  TableSurvey survey(options.cells);
  RawChunk chunk;
  while (true) {
    THALWEG_ASSIGN_OR_RETURN(const bool more, source->Next(&chunk));
    if (!more) break;
    THALWEG_RETURN_IF_ERROR(CountBroken(chunk, options.skip_bad_rows, &converted));
    survey.Add(chunk);
    converted.rows += chunk.num_rows;
  }
  if (converted.rows == 0) {
    return Status::BadData("no row is good: all " + std::to_string(converted.bad_rows) + " were skipped, the first for " +
                           converted.bad_examples.front());
  }
  converted.fields = survey.Finish(source->column_names());
  for (const std::string& name : options.cells.lists) {
    std::vector<std::string> known;
    for (const WrittenField& field : converted.fields) known.push_back(field.name);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Status::BadData(UnknownName(name, "field of the rows", known));
    }
  }

  THALWEG_RETURN_IF_ERROR(source->Rewind());
  THALWEG_ASSIGN_OR_RETURN(const std::unique_ptr<TableWriter> writer,
                           CreateTableWriter(output, options.format, converted.fields, options.write));
  Columns columns(converted.fields, options.cells);
  std::uint64_t written = 0;
  while (true) {
    THALWEG_ASSIGN_OR_RETURN(const bool more, source->Next(&chunk));
    if (!more) break;
    written += chunk.num_rows;
    if (written > converted.rows) break;
    THALWEG_RETURN_IF_ERROR(writer->Write(columns.Of(chunk)));
  }
  if (written != converted.rows) return Status::BadData(inputs.front() + ": changed while it was read");
  THALWEG_RETURN_IF_ERROR(writer->Finish());
  return converted;
}

}  // namespace thalweg

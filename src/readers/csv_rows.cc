// CSV and TSV. Blocks of text are cut into fields: plain ones by plain_rows.h, those with quotes or faults by Arrow's
// parser. Every column stays text, so that no type is ever guessed from a block (data/cell.h decides), and rows are counted
// here, so that every message can name its row.
#include <arrow/csv/parser.h>

#include <algorithm>

#include "base/strings.h"
#include "readers/csv_header.h"
#include "readers/format.h"
#include "readers/growing.h"
#include "readers/plain_rows.h"

namespace thalweg {
namespace {

// What the columns of a chunk that Arrow cut point into: all text of a column lies together.
struct CellStore {
  std::unique_ptr<char[]> text;
  std::unique_ptr<std::uint32_t[]> offsets;  // columns × (rows + 1)
};

class CsvRows : public FileRows {
 public:
  CsvRows(std::shared_ptr<TextInput> input, ReadSpec read, char separator, std::vector<std::string> names,
          const FileOptions& options)
      : input_(std::move(input)),
        read_(std::move(read)),
        names_(std::move(names)),
        file_(std::make_shared<const std::string>(input_->name())),
        parse_(CsvParseOptions(separator)),
        wanted_(WantedOf(names_, options)),
        plain_(separator, names_.size(), wanted_, read_.trim) {
    max_rows_ = static_cast<std::int32_t>(std::clamp<std::size_t>(kMaxCells / names_.size(), 1, options.chunk_rows));
    parse_.invalid_row_handler = [this](const arrow::csv::InvalidRow& row) {
      const std::uint64_t number = static_cast<std::uint64_t>(row.number);
      broken_.push_back({RowOrigin{file_, number},
                         std::to_string(row.actual_columns) + (row.actual_columns == 1 ? " field" : " fields") +
                             ", expected " + std::to_string(row.expected_columns) +
                             (read_.header == "yes" ? " as in the header" : " as in the first row") + "; the row is " +
                             Quote(row.text)});
      return arrow::csv::InvalidRowResult::Skip;
    };
  }

  const std::vector<std::string>& column_names() const override { return names_; }
  const ReadSpec& read() const override { return read_; }

  Result<bool> Next(RawChunk* chunk) override {
    *chunk = RawChunk();
    std::size_t want = window_bytes_;
    while (true) {
      THALWEG_RETURN_IF_ERROR(input_->Fill(want));
      const std::string_view text = input_->window().substr(0, want);
      if (text.empty()) return false;
      broken_.clear();
      if (const auto cells = plain_.Take(text, static_cast<std::size_t>(max_rows_))) {
        input_->Consume(cells->used);
        Advance(cells->used, cells->rows);
        FillPlain(cells, chunk);
        next_row_ += cells->rows;
        return true;
      }
      arrow::csv::BlockParser parser(parse_, static_cast<std::int32_t>(names_.size()),
                                     static_cast<std::int64_t>(next_row_), max_rows_);
      std::uint32_t used = 0;
      if (const arrow::Status status = parser.Parse(text, &used); !status.ok()) {
        return FromArrowStatus(status, input_->name() + " row " + std::to_string(next_row_));
      }
      input_->Consume(used);
      if (parser.num_rows() == 0 && broken_.empty()) {
        if (used > 0) continue;  // empty lines
        if (input_->at_end() && text.size() == input_->window().size()) return Unclosed(text);
        if (want >= kMaxRowBytes) return TooLong(text);
        want = std::min(2 * want, kMaxRowBytes);
        continue;
      }
      const std::size_t rows = static_cast<std::size_t>(parser.num_rows()) + broken_.size();
      Advance(used, rows);
      THALWEG_RETURN_IF_ERROR(Fill(parser, chunk));
      next_row_ += rows;
      return true;
    }
  }

 private:
  static std::vector<std::int32_t> WantedOf(const std::vector<std::string>& names, const FileOptions& options) {
    std::vector<std::int32_t> wanted;
    for (std::size_t c = 0; c < names.size(); ++c) {
      if (IsWanted(options, names[c])) wanted.push_back(static_cast<std::int32_t>(c));
    }
    return wanted;
  }

  // The next window holds about as many bytes as a chunk takes.
  void Advance(std::size_t used, std::size_t rows) {
    window_bytes_ = std::clamp<std::size_t>((used / rows + 1) * (static_cast<std::size_t>(max_rows_) + 64), 16u << 10, kBlockBytes);
  }

  Status Unclosed(std::string_view text) const {
    return Status::BadData(input_->name() + " row " + std::to_string(next_row_) +
                           ": a quote (\") is opened and never closed; the row begins " + Quote(text));
  }
  Status TooLong(std::string_view text) const {
    return Status::BadData(input_->name() + " row " + std::to_string(next_row_) + ": is longer than " +
                           std::to_string(kMaxRowBytes >> 20) + " MiB and begins " + Quote(text) +
                           "; is a quote (\") never closed?");
  }

  void AddColumn(std::int32_t c, const char* text, const std::uint32_t* offsets, std::shared_ptr<const void> owner,
                 RawChunk* chunk) const {
    RawColumn column;
    column.name = names_[static_cast<std::size_t>(c)];
    column.cells = true;
    column.text = text;
    column.text_offsets = {offsets, chunk->num_rows + 1};
    column.owner = std::move(owner);
    chunk->columns.push_back(std::move(column));
  }

  void Begin(std::size_t num_rows, RawChunk* chunk) const {
    chunk->num_rows = num_rows;
    chunk->file = file_;
    chunk->first_row = next_row_;
    chunk->columns.reserve(wanted_.size());
  }

  void FillPlain(const std::shared_ptr<const PlainRows::Cells>& cells, RawChunk* chunk) const {
    Begin(cells->rows, chunk);
    for (std::size_t c = 0; c < wanted_.size(); ++c) {
      const PlainRows::Column& column = cells->columns[c];
      AddColumn(wanted_[c], column.text.span().data(), column.offsets.get(), cells, chunk);
    }
  }

  Status Fill(const arrow::csv::BlockParser& parser, RawChunk* chunk) {
    const std::size_t num_rows = static_cast<std::size_t>(parser.num_rows());
    Begin(num_rows, chunk);
    if (!broken_.empty()) NumberRows(chunk);

    auto store = std::make_shared<CellStore>();
    store->text = std::make_unique_for_overwrite<char[]>(parser.num_bytes() + 1);
    store->offsets = std::make_unique_for_overwrite<std::uint32_t[]>(wanted_.size() * (num_rows + 1));
    char* text = store->text.get();
    std::uint32_t* offsets = store->offsets.get();
    for (const std::int32_t c : wanted_) {
      char* to = text;
      std::uint32_t* offset = offsets;
      *offset++ = 0;
      const bool trim = read_.trim;
      const arrow::Status status =
          parser.VisitColumn(c, [&](const std::uint8_t* data, std::uint32_t size, bool quoted, bool) {
            std::string_view cell(reinterpret_cast<const char*>(data), size);
            if (trim && !quoted) cell = TrimCell(cell);
            to = CopyShort(to, cell.data(), cell.size());
            *offset++ = static_cast<std::uint32_t>(to - text);
            return arrow::Status::OK();
          });
      if (!status.ok()) return FromArrowStatus(status, input_->name());
      AddColumn(c, text, offsets, store, chunk);
      text = to;
      offsets += num_rows + 1;
    }
    return Status::Ok();
  }

  // Row numbers of a chunk with broken rows between.
  void NumberRows(RawChunk* chunk) {
    std::size_t next_broken = 0;
    std::uint64_t number = next_row_;
    while (chunk->rows.size() < chunk->num_rows) {
      if (next_broken < broken_.size() && broken_[next_broken].origin.row == number) {
        ++next_broken;
      } else {
        chunk->rows.push_back(number);
      }
      ++number;
    }
    chunk->broken = std::move(broken_);
    broken_.clear();
  }

  std::shared_ptr<TextInput> input_;
  ReadSpec read_;
  std::vector<std::string> names_;
  std::shared_ptr<const std::string> file_;
  arrow::csv::ParseOptions parse_;
  std::vector<std::int32_t> wanted_;
  PlainRows plain_;
  std::int32_t max_rows_ = 0;
  std::uint64_t next_row_ = 1;
  std::size_t window_bytes_ = 64u << 10;
  std::vector<BrokenRow> broken_;  // of the block under way
};

Result<std::unique_ptr<FileRows>> OpenSeparated(OpenInput input, const FileOptions& options, char separator) {
  ReadSpec settled = options.read;
  if (!settled.separator.empty()) separator = settled.separator[0];
  auto text = std::make_shared<TextInput>(std::move(input.bytes), input.file.name, settled.encoding == "latin-1");
  THALWEG_ASSIGN_OR_RETURN(const CsvSample sample, SampleCsv(text.get(), separator, settled.trim));
  if (settled.header == "auto") settled.header = HasHeader(sample, settled) ? "yes" : "no";
  THALWEG_ASSIGN_OR_RETURN(std::vector<std::string> names, CsvNames(sample, settled, text->name()));
  if (settled.header == "yes") text->Consume(sample.first_bytes);
  return std::unique_ptr<FileRows>(new CsvRows(text, std::move(settled), separator, std::move(names), options));
}

}  // namespace

Result<std::unique_ptr<FileRows>> OpenCsv(OpenInput input, const FileOptions& options) {
  return OpenSeparated(std::move(input), options, ',');
}
Result<std::unique_ptr<FileRows>> OpenTsv(OpenInput input, const FileOptions& options) {
  return OpenSeparated(std::move(input), options, '\t');
}

}  // namespace thalweg

#include "readers/table_writer.h"

#include "base/strings.h"
#include "readers/format.h"

namespace thalweg {

Result<std::unique_ptr<TableWriter>> CreateTableWriter(const std::string& path, const std::string& format_name,
                                                       std::vector<WrittenField> fields, const WriteOptions& options) {
  const Format* format = !format_name.empty() ? FindFormat(format_name) : path == "-" ? FindFormat("jsonl") : FormatBySuffix(path);
  if (format == nullptr) {
    std::vector<std::string> known;
    for (const Format& f : Formats()) known.emplace_back(f.kind.name);
    if (!format_name.empty()) return Status::Usage(UnknownName(format_name, "format", known));
    return Status::Usage(Quote(path) + ": its name says no format; give it a suffix, as .csv, or say one of " +
                         Join(known, ", "));
  }
  std::string bare = path;
  if (format->from_any_place && !CutCompressionSuffix(&bare).empty()) {
    return Status::Usage(Quote(path) + ": " + format->kind.name + " cannot be compressed outside; name it " + Quote(bare));
  }
  return format->create(path, std::move(fields), options);
}

Status CannotHold(const RawChunk& chunk, std::size_t row, const WrittenField& field, const RawValue& value,
                  std::string_view why) {
  std::string found;
  AppendText(value, &found);
  if (value.type == RawType::kText) found = Quote(found);
  return Status::BadData(chunk.OriginOf(row).ToString() + ": field " + Quote(field.name) + ": found " + found + ", " +
                         std::string(why));
}

double NumberOf(const RawValue& value) {
  switch (value.type) {
    case RawType::kBool:
      return value.flag ? 1 : 0;
    case RawType::kInt64:
      return static_cast<double>(value.int64);
    case RawType::kUint64:
      return static_cast<double>(value.uint64);
    default:
      return value.number;
  }
}

}  // namespace thalweg

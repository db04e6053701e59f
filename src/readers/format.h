// The family of formats. A format is one file here (csv_rows.cc, …) and one line in registry.cc.
#ifndef THALWEG_READERS_FORMAT_H_
#define THALWEG_READERS_FORMAT_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/raw_table.h"
#include "readers/byte_sink.h"
#include "readers/byte_stream.h"
#include "readers/table_writer.h"
#include "thalweg/kinds.h"

namespace thalweg {

// The rows of one open file, once. What RawSource says of chunks holds here too.
class FileRows {
 public:
  virtual ~FileRows() = default;
  virtual Result<bool> Next(RawChunk* chunk) = 0;
  virtual const std::vector<std::string>& column_names() const = 0;
  virtual const ReadSpec& read() const = 0;  // as settled by this file
};

struct FileOptions {
  ReadSpec read;
  std::vector<std::string> columns;  // empty: all
  std::vector<std::string> without;  // but these
  std::size_t chunk_rows = 4096;
  int threads = 1;
};

// Formats that cut text themselves read so much at a time, and keep a chunk within so many cells: very wide rows come in
// smaller chunks.
inline constexpr std::size_t kBlockBytes = 1u << 20;
inline constexpr std::size_t kMaxCells = 4u << 20;

// An input, its bytes begun: decompressed, looked into, nothing taken.
struct OpenInput {
  InputFile file;
  std::shared_ptr<ByteStream> bytes = {};
  bool compressed = false;
};

struct Format {
  KindInfo kind;                          // name "csv"
  std::span<const char* const> suffixes;  // ".csv"
  std::string_view family;                // "text" (csv, tsv), "json", "parquet", "arrow", "example", "libsvm"
  bool typed = false;
  bool more_names_may_come = false;
  bool from_any_place = false;  // not read from its beginning to its end
  // Nothing is read that `options` do not need. kBadData: not that format, equal names, types that have no meaning.
  Result<std::unique_ptr<FileRows>> (*open)(OpenInput input, const FileOptions& options);
  Result<std::unique_ptr<TableWriter>> (*create)(const std::string& path, std::vector<WrittenField> fields,
                                                 const WriteOptions& options);
};

std::span<const Format> Formats();
const Format* FindFormat(std::string_view name);
// By suffix, compression cut off; nullptr when it says nothing.
const Format* FormatBySuffix(std::string path);
// By the first bytes of the (decompressed) input: Parquet and Arrow by their marks, TFRecord by the checksum of its first
// length, JSON by "{", else text, TSV where the first line has a tab. `certain` is set for marks and checksums.
const Format* FormatByBytes(std::string_view first_bytes, bool* certain);

// Equal names are an error that names them.
Status CheckNames(const std::vector<std::string>& names, const std::string& file);
bool IsWanted(const FileOptions& options, std::string_view column);

Result<std::unique_ptr<FileRows>> OpenCsv(OpenInput input, const FileOptions& options);
Result<std::unique_ptr<FileRows>> OpenTsv(OpenInput input, const FileOptions& options);
Result<std::unique_ptr<FileRows>> OpenJsonl(OpenInput input, const FileOptions& options);
Result<std::unique_ptr<FileRows>> OpenParquet(OpenInput input, const FileOptions& options);
Result<std::unique_ptr<FileRows>> OpenArrow(OpenInput input, const FileOptions& options);
Result<std::unique_ptr<FileRows>> OpenTfRecord(OpenInput input, const FileOptions& options);
Result<std::unique_ptr<FileRows>> OpenLibsvm(OpenInput input, const FileOptions& options);
Result<std::unique_ptr<FileRows>> OpenLibffm(OpenInput input, const FileOptions& options);

Result<std::unique_ptr<TableWriter>> CreateCsv(const std::string& path, std::vector<WrittenField> fields,
                                                const WriteOptions& options);
Result<std::unique_ptr<TableWriter>> CreateTsv(const std::string& path, std::vector<WrittenField> fields,
                                                const WriteOptions& options);
Result<std::unique_ptr<TableWriter>> CreateJsonl(const std::string& path, std::vector<WrittenField> fields,
                                                  const WriteOptions& options);
Result<std::unique_ptr<TableWriter>> CreateParquet(const std::string& path, std::vector<WrittenField> fields,
                                                    const WriteOptions& options);
Result<std::unique_ptr<TableWriter>> CreateArrow(const std::string& path, std::vector<WrittenField> fields,
                                                  const WriteOptions& options);
Result<std::unique_ptr<TableWriter>> CreateTfRecord(const std::string& path, std::vector<WrittenField> fields,
                                                     const WriteOptions& options);
Result<std::unique_ptr<TableWriter>> CreateLibsvm(const std::string& path, std::vector<WrittenField> fields,
                                                   const WriteOptions& options);
Result<std::unique_ptr<TableWriter>> CreateLibffm(const std::string& path, std::vector<WrittenField> fields,
                                                   const WriteOptions& options);

}  // namespace thalweg

#endif  // THALWEG_READERS_FORMAT_H_

// Opens files of rows: the format by suffix or by ReadSpec, globs, several files, "-" for standard input (spooled to a
// temporary file that has no name and goes with its last reader), .gz .zst .bz2 .lz4 .zlib. The formats are in registry.cc.
#ifndef THALWEG_READERS_OPEN_H_
#define THALWEG_READERS_OPEN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/raw_table.h"
#include "thalweg/kinds.h"

namespace thalweg {

struct OpenRowsOptions {
  ReadSpec read;                     // header "auto" is settled here by the first rows
  std::vector<std::string> columns;  // only these are in the chunks (Parquet and Arrow read no others); empty: all
  std::vector<std::string> without;  // these are not read, whatever is in them
  std::size_t chunk_rows = 4096;     // about
  bool need_rewind = true;           // standard input is then spooled first
  std::string temp_folder = "/tmp";  // for spooling
  int standard_input = 0;            // the file descriptor behind "-"
  int threads = 1;                   // that a reader may parse with, where it can; 0: one a processor. Never changes the rows
};

// Paths in their order, globs replaced by what they match (sorted by bytes). kNotFound: a glob without match.
Result<std::vector<std::string>> ExpandPaths(const std::vector<std::string>& paths);

// Standard input for those who open it several times: a descriptor for OpenRowsOptions::standard_input, of `fd` itself
// where that is a file, else of a copy in `temp_folder` that has no name and goes with the last owner. *bytes: the size
// of the copy, 0 where there is none.
Result<std::shared_ptr<const int>> SpoolStandardInput(int fd, const std::string& temp_folder, std::uint64_t* bytes);

// The format of a file is what its first bytes show beyond doubt (Parquet, Arrow, TFRecord), else its suffix, else read.format,
// else what its first bytes look like; where suffix and read.format are both text (csv, tsv), read.format counts. All
// files have one format. RawSource::read() is `options.read` with header settled, and the format where no suffix said
// it. kNotFound: no such file, a glob without match; kUsage: "-" twice, no path at all; kBadConfig: a ReadSpec with
// values that are none; kBadData: an empty file, broken compression, equal names, names that differ between files.
Result<std::unique_ptr<RawSource>> OpenRows(const std::vector<std::string>& paths, const OpenRowsOptions& options);
std::vector<KindInfo> ReaderKinds();

}  // namespace thalweg

#endif  // THALWEG_READERS_OPEN_H_

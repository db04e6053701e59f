// Opens files of rows: the format by suffix or by ReadSpec, globs, several files, "-" for standard input (spooled to a
// temporary file, which is removed), .gz .zst .bz2 .lz4. The registry of formats is in registry.cc.
#ifndef THALWEG_READERS_OPEN_H_
#define THALWEG_READERS_OPEN_H_

#include <memory>
#include <string>
#include <vector>

#include "data/raw_table.h"
#include "thalweg/kinds.h"

namespace thalweg {

struct OpenRowsOptions {
  ReadSpec read;                      // header "auto" is settled here by the first rows
  std::vector<std::string> columns;   // only these are decoded where the format allows (Parquet, Arrow); empty: all
  std::size_t chunk_rows = 4096;      // about
  bool need_rewind = true;            // standard input is then spooled first
};

// kNotFound: no such file, a glob without match; kBadData: an empty file, broken compression, duplicate names, …
Result<std::unique_ptr<RawSource>> OpenRows(const std::vector<std::string>& paths, const OpenRowsOptions& options);
std::vector<KindInfo> ReaderKinds();

}  // namespace thalweg

#endif  // THALWEG_READERS_OPEN_H_

// The sorted string table that indexes a checkpoint: LevelDB's layout (docs/formats/tensorflow.md).
#ifndef THALWEG_MIGRATE_SORTED_TABLE_H_
#define THALWEG_MIGRATE_SORTED_TABLE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "thalweg/status.h"

namespace thalweg {

// Calls `take` for each entry in order of keys. `file`: the whole file. kBadData: anything cut, changed (each block has a
// checksum), out of order, or not of this layout, with the byte where it was seen. Blocks are bounded by the file; keys
// by 64 KiB.
Status ReadSortedTable(std::span<const std::uint8_t> file,
                       const std::function<Status(std::string_view key, std::string_view value)>& take);

// The file of these entries, which are in order of keys. Blocks of about 256 KiB, as TensorFlow writes them.
std::string FormatSortedTable(std::span<const std::pair<std::string, std::string>> entries);

}  // namespace thalweg

#endif  // THALWEG_MIGRATE_SORTED_TABLE_H_

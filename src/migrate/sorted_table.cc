#include "migrate/sorted_table.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/wire_reader.h"

namespace thalweg {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kFooterBytes = 48, kTrailerBytes = 5;
constexpr std::uint64_t kMagic = 0xdb4775248b80fb57ull;
constexpr std::size_t kMaxKey = std::size_t{1} << 16;
constexpr std::size_t kBlockBytes = std::size_t{256} << 10, kRestartEvery = 16;

std::uint32_t Load32(const std::uint8_t* p) {
  std::uint32_t value;
  std::memcpy(&value, p, sizeof(value));
  return value;
}

struct Handle {
  std::uint64_t offset = 0, size = 0;
};

class TableReader {
 public:
  explicit TableReader(Bytes file) : file_(file) {}

  Status Run(const std::function<Status(std::string_view, std::string_view)>& take) {
    if (file_.size() < kFooterBytes) {
      return Status::BadData(fmt::format("{} bytes are too few for an index; it is cut, or none", file_.size()));
    }
    Bytes footer = file_.last(kFooterBytes);
    std::uint64_t magic;
    std::memcpy(&magic, footer.data() + 40, sizeof(magic));
    if (magic != kMagic) return Bad(file_.size() - 8, "the mark of an index is not at the end; it is cut, or none");
    footer = footer.first(40);
    Handle meta, index;
    if (!TakeHandle(&footer, &meta) || !TakeHandle(&footer, &index)) return Bad(file_.size() - kFooterBytes, "broken footer");
    THALWEG_ASSIGN_OR_RETURN(const Bytes meta_block, Block(meta));
    static_cast<void>(meta_block);   // empty; looked at for its checksum
    THALWEG_ASSIGN_OR_RETURN(const Bytes index_block, Block(index));
    std::uint64_t next = 0;   // data blocks follow each other
    return Entries(index_block, index.offset, [&](std::string_view, std::string_view value) -> Status {
      Bytes bytes(reinterpret_cast<const std::uint8_t*>(value.data()), value.size());
      Handle handle;
      if (!TakeHandle(&bytes, &handle) || handle.offset < next) return Bad(index.offset, "its index names no block, or one twice");
      next = handle.offset + handle.size;
      THALWEG_ASSIGN_OR_RETURN(const Bytes block, Block(handle));
      return Entries(block, handle.offset, [&](std::string_view key, std::string_view entry) -> Status {
        if (seen_ && key <= last_) return Bad(handle.offset, "keys are not in order");
        seen_ = true;
        last_ = key;
        return take(key, entry);
      });
    });
  }

 private:
  static Status Bad(std::uint64_t at, std::string_view what) { return Status::BadData(fmt::format("at byte {}: {}", at, what)); }
  static bool TakeHandle(Bytes* bytes, Handle* handle) { return TakeVarint(bytes, &handle->offset) && TakeVarint(bytes, &handle->size); }

  Result<Bytes> Block(const Handle& handle) const {
    const std::uint64_t most = file_.size() - kFooterBytes;
    if (handle.offset > most || handle.size > most - handle.offset || most - handle.offset - handle.size < kTrailerBytes) {
      return Bad(handle.offset, fmt::format("a block of {} bytes does not fit into the file of {}", handle.size, file_.size()));
    }
    const Bytes with_type = file_.subspan(handle.offset, handle.size + 1);
    const std::uint32_t expected = Load32(file_.data() + handle.offset + handle.size + 1);
    const std::uint32_t found = MaskedCrc32c(with_type.data(), with_type.size());
    if (found != expected) {
      return Bad(handle.offset, fmt::format("a block of {} bytes is damaged: checksum {:08x}, expected {:08x}; take another copy",
                                            handle.size, found, expected));
    }
    if (with_type.back() != 0) {
      return Bad(handle.offset, fmt::format("a block is compressed (type {}), which checkpoints are not", with_type.back()));
    }
    return with_type.first(handle.size);
  }

  template <class Take>
  Status Entries(Bytes block, std::uint64_t offset, const Take& take) const {
    if (block.size() < 4) return Bad(offset, "a block has no restarts");
    const std::uint64_t restarts = Load32(block.data() + block.size() - 4);
    if (restarts * 4 + 4 > block.size()) return Bad(offset, "a block has more restarts than bytes");
    Bytes entries = block.first(block.size() - 4 - restarts * 4);
    std::string key;
    while (!entries.empty()) {
      std::uint64_t shared, unshared, size;
      if (!TakeVarint(&entries, &shared) || !TakeVarint(&entries, &unshared) || !TakeVarint(&entries, &size) ||
          shared > key.size() || unshared > entries.size() || size > entries.size() - unshared || shared + unshared > kMaxKey) {
        return Bad(offset + static_cast<std::uint64_t>(entries.data() - block.data()), "a broken entry");
      }
      key.resize(shared);
      key.append(reinterpret_cast<const char*>(entries.data()), unshared);
      const std::string_view value(reinterpret_cast<const char*>(entries.data()) + unshared, size);
      entries = entries.subspan(unshared + size);
      THALWEG_RETURN_IF_ERROR(take(std::string_view(key), value));
    }
    return Status::Ok();
  }

  Bytes file_;
  std::string last_;
  bool seen_ = false;
};

void AppendVarint(std::uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}
void Append32(std::uint32_t value, std::string* out) { out->append(reinterpret_cast<const char*>(&value), sizeof(value)); }

class BlockWriter {
 public:
  explicit BlockWriter(std::size_t restart_every) : restart_every_(restart_every) {}

  void Add(std::string_view key, std::string_view value) {
    std::size_t shared = 0;
    if (count_++ % restart_every_ == 0) {
      restarts_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    } else {
      while (shared < std::min(key.size(), last_.size()) && key[shared] == last_[shared]) ++shared;
    }
    AppendVarint(shared, &bytes_);
    AppendVarint(key.size() - shared, &bytes_);
    AppendVarint(value.size(), &bytes_);
    bytes_.append(key.substr(shared));
    bytes_.append(value);
    last_ = key;
  }
  std::size_t size() const { return bytes_.size() + 4 * restarts_.size() + 4; }
  bool empty() const { return count_ == 0; }
  const std::string& last() const { return last_; }

  // The block into the file, with its trailer; where it is. Empty again.
  Handle Finish(std::string* file) {
    if (restarts_.empty()) restarts_.push_back(0);
    for (const std::uint32_t restart : restarts_) Append32(restart, &bytes_);
    Append32(static_cast<std::uint32_t>(restarts_.size()), &bytes_);
    const Handle handle = {file->size(), bytes_.size()};
    bytes_.push_back(0);
    file->append(bytes_);
    Append32(MaskedCrc32c(bytes_.data(), bytes_.size()), file);
    bytes_.clear();
    restarts_.clear();
    last_.clear();
    count_ = 0;
    return handle;
  }

 private:
  std::size_t restart_every_, count_ = 0;
  std::string bytes_, last_;
  std::vector<std::uint32_t> restarts_;
};

}  // namespace

Status ReadSortedTable(std::span<const std::uint8_t> file,
                       const std::function<Status(std::string_view key, std::string_view value)>& take) {
  return TableReader(file).Run(take);
}

std::string FormatSortedTable(std::span<const std::pair<std::string, std::string>> entries) {
  std::string file;
  BlockWriter data(kRestartEvery), index(1);
  const auto append_handle = [](const Handle& handle, std::string* out) {
    AppendVarint(handle.offset, out);
    AppendVarint(handle.size, out);
  };
  const auto finish = [&] {
    const std::string last = data.last();
    std::string where;
    append_handle(data.Finish(&file), &where);
    index.Add(last, where);
  };
  for (const auto& [key, value] : entries) {
    data.Add(key, value);
    if (data.size() >= kBlockBytes) finish();
  }
  if (!data.empty()) finish();
  std::string footer;
  append_handle(BlockWriter(1).Finish(&file), &footer);
  append_handle(index.Finish(&file), &footer);
  footer.resize(40);
  file += footer;
  file.append(reinterpret_cast<const char*>(&kMagic), sizeof(kMagic));
  return file;
}

}  // namespace thalweg

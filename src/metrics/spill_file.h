// A temporary file without a name: it is gone with its owner, also after a kill.
#ifndef THALWEG_METRICS_SPILL_FILE_H_
#define THALWEG_METRICS_SPILL_FILE_H_

#include <cstdint>
#include <string>

#include "thalweg/status.h"

namespace thalweg {

class SpillFile {
 public:
  // kCannotWrite when no file can be made in `folder`.
  static Result<SpillFile> Create(const std::string& folder);
  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&& other) noexcept;
  ~SpillFile();
  // Writes at the end. kIoError: no room, a broken disk.
  Status Append(const void* data, std::size_t size);
  // Reads what was written before. kIoError.
  Status Read(std::uint64_t offset, void* data, std::size_t size) const;
  std::uint64_t size() const { return size_; }

 private:
  SpillFile(std::string folder, int descriptor) : folder_(std::move(folder)), descriptor_(descriptor) {}
  std::string folder_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace thalweg

#endif  // THALWEG_METRICS_SPILL_FILE_H_

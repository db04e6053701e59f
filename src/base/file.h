// Files: read whole, mapped, or replaced at once.
#ifndef THALWEG_BASE_FILE_H_
#define THALWEG_BASE_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "thalweg/status.h"

namespace thalweg {

// A read-only mapping. Shared, immutable; unmapped with the last owner. kNotFound when it cannot be opened (says why).
class MappedFile {
 public:
  static Result<std::shared_ptr<const MappedFile>> Open(const std::string& path);
  ~MappedFile();
  std::span<const std::uint8_t> bytes() const { return {data_, size_}; }
 private:
  MappedFile() = default;
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

Result<std::string> ReadFile(const std::string& path, std::uint64_t max_bytes);

// Writes beside `path` and renames over it on Commit, after fsync of file and folder: a kill or a full disk leaves the
// old file. Without Commit the new one is removed. kCannotWrite: cannot be created or renamed; kIoError: a write failed.
class AtomicFile {
 public:
  static Result<AtomicFile> Create(const std::string& path);
  AtomicFile(AtomicFile&&) noexcept;
  ~AtomicFile();
  Status Write(const void* data, std::size_t size);   // buffered
  Status Write(std::string_view text) { return Write(text.data(), text.size()); }
  Status Commit();
 private:
  struct Impl;
  explicit AtomicFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace thalweg

#endif  // THALWEG_BASE_FILE_H_

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

// A file read here and there, without a mapping: what was read does not count as memory. Thread-safe.
class RandomFile {
 public:
  static Result<std::shared_ptr<const RandomFile>> Open(const std::string& path);
  ~RandomFile();
  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  // All of [offset, offset + size), which lie within the file; kIoError otherwise.
  Status Read(std::uint64_t offset, void* data, std::size_t size) const;

 private:
  RandomFile() = default;
  std::string path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
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

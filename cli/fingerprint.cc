#include "fingerprint.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"

namespace thalweg::cli {

namespace {

constexpr std::uint64_t kWhole = 1ull << 30, kPiece = 1ull << 20, kPieces = 64;

std::uint64_t HashBytes(std::span<const std::uint8_t> bytes, std::uint64_t hash) {
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    const std::size_t size = std::min<std::size_t>(kPiece, bytes.size() - at);
    hash = FingerprintCat64(hash, Fingerprint64({reinterpret_cast<const char*>(bytes.data()) + at, size}));
  }
  return hash;
}

}  // namespace

Result<std::string> FingerprintFiles(const std::vector<std::string>& paths) {
  std::uint64_t hash = 0;
  for (const std::string& path : paths) {
    std::vector<std::string> files;
    glob_t found{};
    if (path != "-" && !std::filesystem::exists(path) && glob(path.c_str(), 0, nullptr, &found) == 0) {
      files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    } else {
      files.push_back(path);
    }
    globfree(&found);
    for (const std::string& file : files) {
      if (file == "-" || !std::filesystem::is_regular_file(file)) {
        hash = FingerprintCat64(hash, Fingerprint64(file));
        continue;
      }
      // Read in pieces, not mapped: mapped pages would count as memory of this process.
      std::FILE* in = std::fopen(file.c_str(), "rb");
      if (in == nullptr) return Status::NotFound(fmt::format("{}: cannot be opened", file));
      const std::uint64_t size = std::filesystem::file_size(file);
      hash = FingerprintCat64(hash, size);
      std::vector<std::uint8_t> piece(kPiece);
      const std::uint64_t stride = size <= kWhole ? kPiece : std::max<std::uint64_t>(kPiece, (size - kPiece) / (kPieces - 1));
      for (std::uint64_t at = 0; at < size; at += stride) {
        if (stride != kPiece) std::fseek(in, static_cast<long>(at), SEEK_SET);
        const std::size_t got = std::fread(piece.data(), 1, piece.size(), in);
        hash = HashBytes({piece.data(), got}, hash);
        if (got == 0) break;
      }
      std::fclose(in);
    }
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace thalweg::cli

// Any bytes are the index of a checkpoint, or an error: as they are, and as entries with all checksums right.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "migrate/sorted_table.h"
#include "migrate/tensor_bundle.h"

namespace {

using namespace thalweg;

const std::string& Prefix() {
  static const std::string prefix = [] {
    char folder[] = "/tmp/tf_checkpoint_XXXXXX";
    if (::mkdtemp(folder) == nullptr) std::abort();
    const std::string made = std::string(folder) + "/c";
    std::ofstream(made + ".data-00000-of-00001") << std::string(4096, 'x');
    return made;
  }();
  return prefix;
}

void ReadAll(std::string_view index) {
  std::ofstream(Prefix() + ".index", std::ios::binary | std::ios::trunc) << index;
  const Result<std::shared_ptr<const TensorBundle>> bundle = TensorBundle::Open(Prefix());
  if (!bundle.ok()) return;
  for (const auto& [name, entry] : (*bundle)->entries()) {
    if (entry.elements > 4096) std::abort();   // more than the data hold
    std::vector<float> values(static_cast<std::size_t>(entry.elements));
    static_cast<void>((*bundle)->ReadFloats(name, values));
    static_cast<void>((*bundle)->ReadInteger(name));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadAll(bytes);
  // Entries: a length of the key, the key, a length of the value, the value.
  std::vector<std::pair<std::string, std::string>> entries;
  for (std::size_t at = 0; at + 2 <= size;) {
    const std::size_t key = std::min<std::size_t>(data[at], size - at - 1), value = std::min<std::size_t>(at + 1 + key < size ? data[at + 1 + key] : 0, size - at - 1 - key);
    entries.emplace_back(bytes.substr(at + 1, key), bytes.substr(std::min(size, at + 2 + key), value));
    at += 2 + key + value;
  }
  ReadAll(FormatSortedTable(entries));
  return 0;
}

// A real model file cut at 1,000 lengths and with 10,000 bytes changed, in process: always an error, never a model.
// usage: harm MODEL
#include <cstdio>

#include "base/file.h"
#include "base/random.h"
#include "bundle/bundle.h"

namespace {

// Opened and loaded as a predictor would; true when that is refused as bad data.
bool Refused(const std::string& bytes) {
  const auto opened = thalweg::Bundle::FromBytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "harmed", nullptr);
  if (!opened.ok()) return opened.status().code() == thalweg::StatusCode::kBadData;
  const auto model = thalweg::LoadModel(*opened, false);
  return !model.ok() && model.status().code() == thalweg::StatusCode::kBadData;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const thalweg::Result<std::string> whole = thalweg::ReadFile(argv[1], 1ull << 30);
  if (!whole.ok() || Refused(*whole)) return std::puts("the model itself does not open"), 1;
  thalweg::Random random(1, thalweg::StreamOf("harm"));
  int cuts = 0, changes = 0;
  for (int i = 0; i < 1000; ++i) cuts += Refused(whole->substr(0, random.Below(whole->size())));
  std::string bytes = *whole;
  for (int i = 0; i < 10000; ++i) {
    const std::size_t at = random.Below(bytes.size());
    const char was = bytes[at];
    bytes[at] = static_cast<char>(was ^ static_cast<char>(1 + random.Below(255)));
    changes += Refused(bytes);
    bytes[at] = was;
  }
  std::printf("%d of 1000 cuts and %d of 10000 changed bytes refused\n", cuts, changes);
  return cuts == 1000 && changes == 10000 ? 0 : 1;
}

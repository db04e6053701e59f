// Any bytes are libsvm or libffm text (by the first one), or an error; how rows are cut into chunks cannot be seen.
#include "rows_for_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (!thalweg::IsForUs(bytes)) return 0;
  thalweg::OpenRowsOptions options;
  options.read.format = data[0] % 2 == 0 ? "libsvm" : "libffm";
  options.chunk_rows = 4096;
  const std::string whole = thalweg::ReadAsText(bytes, options);
  options.chunk_rows = 1;
  thalweg::Check(whole == thalweg::ReadAsText(bytes, options));
  return 0;
}

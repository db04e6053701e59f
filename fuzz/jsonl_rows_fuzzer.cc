// Any bytes are JSON lines or an error; how rows are cut into chunks cannot be seen.
#include "rows_for_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!thalweg::IsForUs(bytes)) return 0;
  thalweg::OpenRowsOptions options;
  options.read.format = "jsonl";
  options.chunk_rows = 4096;
  const std::string whole = thalweg::ReadAsText(bytes, options);
  options.chunk_rows = 1;
  thalweg::Check(whole == thalweg::ReadAsText(bytes, options));
  return 0;
}

// Any bytes are rows of CSV or an error; how rows are cut into chunks cannot be seen. The first byte chooses how to
// read.
#include "rows_for_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (!thalweg::IsForUs(bytes)) return 0;
  thalweg::OpenRowsOptions options;
  options.read.format = (choice & 1) != 0 ? "csv" : "tsv";
  options.read.trim = (choice & 2) != 0;
  options.read.encoding = (choice & 4) != 0 ? "utf-8" : "latin-1";
  options.read.header = (choice & 8) != 0 ? "auto" : (choice & 16) != 0 ? "yes" : "no";
  options.chunk_rows = 4096;
  const std::string whole = thalweg::ReadAsText(bytes, options);
  options.chunk_rows = 1;
  thalweg::Check(whole == thalweg::ReadAsText(bytes, options));
  return 0;
}

// Any bytes are an Example, a file of them, or an error; how rows are cut into chunks cannot be seen. A first byte of 0:
// the rest is a file as it is; otherwise the rest is records, each of as many bytes as its first one says, put into a
// file that is whole, so that what lies behind the checksums is reached.
#include "readers/tfrecord.h"
#include "rows_for_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  const bool as_it_is = bytes.front() == 0;
  bytes.remove_prefix(1);
  std::string file;
  if (as_it_is) {
    file = bytes;
  } else {
    while (!bytes.empty()) {
      const std::string_view record = bytes.substr(1, static_cast<unsigned char>(bytes.front()));
      thalweg::AppendRecordHeader(record.size(), &file);
      file += record;
      thalweg::AppendRecordTrailer(record, &file);
      bytes.remove_prefix(1 + record.size());
    }
  }
  if (!thalweg::IsForUs(file)) return 0;
  thalweg::OpenRowsOptions options;
  options.read.format = "tfrecord";
  options.chunk_rows = 4096;
  const std::string whole = thalweg::ReadAsText(file, options);
  options.chunk_rows = 1;
  thalweg::Check(whole == thalweg::ReadAsText(file, options));
  options.threads = 2;
  thalweg::Check(whole == thalweg::ReadAsText(file, options));
  return 0;
}

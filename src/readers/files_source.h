// Several files as one stream of chunks.
#ifndef THALWEG_READERS_FILES_SOURCE_H_
#define THALWEG_READERS_FILES_SOURCE_H_

#include <memory>
#include <vector>

#include "readers/format.h"

namespace thalweg {

struct FilesOptions {
  const Format* format = nullptr;
  FileOptions file;               // read.header may be "auto": the first file settles it for all
  std::vector<InputFile> inputs;  // at least one
  std::uint64_t spooled_bytes = 0;
};

// Opens `file` from its beginning; `begun` is its stream where that has been opened already.
Result<OpenInput> BeginInput(const InputFile& file, std::shared_ptr<ByteStream> begun);

// `begun` holds inputs that are open already: the first one, and a pipe.
Result<std::unique_ptr<RawSource>> OpenFiles(FilesOptions options, std::vector<OpenInput> begun);

}  // namespace thalweg

#endif  // THALWEG_READERS_FILES_SOURCE_H_

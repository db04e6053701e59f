#include "readers/open.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/strings.h"
#include "readers/files_source.h"
#include "readers/format.h"

namespace thalweg {
namespace {

constexpr std::int64_t kSniffBytes = 64 << 10;

Status CheckRead(const ReadSpec& read) {
  if (!read.format.empty() && FindFormat(read.format) == nullptr) {
    std::vector<std::string> known;
    for (const Format& format : Formats()) known.emplace_back(format.kind.name);
    return Status::BadConfig("read.format: " + UnknownName(read.format, "format", known));
  }
  if (read.separator.size() > 1 || read.separator == "\"" || read.separator == "\n" || read.separator == "\r") {
    return Status::BadConfig("read.separator: found " + Quote(read.separator) +
                             ", expected one byte, not a quote or the end of a line");
  }
  if (read.header != "yes" && read.header != "no" && read.header != "auto") {
    return Status::BadConfig("read.header: found " + Quote(read.header) + ", expected yes, no or auto");
  }
  if (read.encoding != "utf-8" && read.encoding != "latin-1") {
    return Status::BadConfig("read.encoding: found " + Quote(read.encoding) + ", expected utf-8 or latin-1");
  }
  return Status::Ok();
}

bool IsRegularFile(int fd) {
  struct stat info;
  return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

// The inputs behind the paths; standard input is copied where it must be read again, or from any place.
Result<std::vector<InputFile>> Inputs(const std::vector<std::string>& paths, const OpenRowsOptions& options,
                                      std::uint64_t* spooled_bytes, std::shared_ptr<ByteStream>* begun) {
  std::vector<InputFile> inputs;
  for (const std::string& path : paths) {
    if (path != "-") {
      inputs.push_back({.name = path, .path = path});
      continue;
    }
    InputFile pipe{.name = "standard input", .fd = std::make_shared<const int>(options.standard_input), .once = true};
    if (IsRegularFile(options.standard_input)) {  // read by place, as often as need be
      pipe.once = false;
      inputs.push_back(std::move(pipe));
      continue;
    }
    THALWEG_ASSIGN_OR_RETURN(std::shared_ptr<ByteStream> bytes, ByteStream::Open(pipe));
    bool spool = options.need_rewind;
    if (!spool) {
      const auto first = bytes->Peek(16);
      if (!first.ok()) return FromArrowStatus(first.status(), pipe.name);
      bool certain = false;
      const Format* format = FormatByBytes(*first, &certain);
      spool = certain && format->from_any_place;
    }
    if (spool) {
      THALWEG_ASSIGN_OR_RETURN(pipe, Spool(bytes.get(), pipe.name, options.temp_folder, spooled_bytes));
    } else {
      *begun = std::move(bytes);
    }
    inputs.push_back(std::move(pipe));
  }
  return inputs;
}

// The format of `input`, whose bytes have been opened.
Result<const Format*> FormatOf(const OpenInput& input, const ReadSpec& read) {
  const auto first = input.bytes->Peek(kSniffBytes);
  if (!first.ok()) return FromArrowStatus(first.status(), input.file.name + ": broken or cut short");
  bool certain = false;
  const Format* by_bytes = FormatByBytes(*first, &certain);
  if (certain) return by_bytes;
  const Format* by_suffix = FormatBySuffix(input.file.path);
  const Format* by_spec = read.format.empty() ? nullptr : FindFormat(read.format);
  const Format* format = by_suffix != nullptr ? by_suffix : by_spec != nullptr ? by_spec : by_bytes;
  if (by_suffix != nullptr && by_spec != nullptr && by_suffix->family == "text" && by_spec->family == "text")
    format = by_spec;
  if (format->from_any_place) {
    return Status::BadData(input.file.name + ": is not " + format->kind.name + ": it begins with " +
                           Quote(first->substr(0, 8)));
  }
  return format;
}

}  // namespace

Result<std::vector<std::string>> ExpandPaths(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    struct stat info;
    if (path == "-" || path.find_first_of("*?[") == path.npos || ::stat(path.c_str(), &info) == 0) {
      files.push_back(path);
      continue;
    }
    glob_t found{};
    const int code = ::glob(path.c_str(), GLOB_NOSORT, nullptr, &found);
    std::vector<std::string> matches(found.gl_pathv, found.gl_pathv + (code == 0 ? found.gl_pathc : 0));
    ::globfree(&found);
    if (matches.empty()) return Status::NotFound(path + ": no file matches");
    std::sort(matches.begin(), matches.end());
    files.insert(files.end(), matches.begin(), matches.end());
  }
  return files;
}

Result<std::shared_ptr<const int>> SpoolStandardInput(int fd, const std::string& temp_folder, std::uint64_t* bytes) {
  *bytes = 0;
  InputFile input{.name = "standard input", .fd = std::make_shared<const int>(fd), .once = true};
  if (IsRegularFile(fd)) return input.fd;
  THALWEG_ASSIGN_OR_RETURN(const std::shared_ptr<ByteStream> stream, ByteStream::Open(input));
  THALWEG_ASSIGN_OR_RETURN(input, Spool(stream.get(), input.name, temp_folder, bytes));
  return input.fd;
}

Result<OpenInput> BeginInput(const InputFile& file, std::shared_ptr<ByteStream> begun) {
  OpenInput input{.file = file, .bytes = nullptr};
  if (begun == nullptr) {
    THALWEG_ASSIGN_OR_RETURN(begun, ByteStream::Open(file));
  }
  THALWEG_ASSIGN_OR_RETURN(input.bytes, Decompress(begun, file));
  input.compressed = input.bytes != begun;
  return input;
}

Result<std::unique_ptr<RawSource>> OpenRows(const std::vector<std::string>& paths, const OpenRowsOptions& options) {
  THALWEG_RETURN_IF_ERROR(CheckRead(options.read));
  THALWEG_ASSIGN_OR_RETURN(const std::vector<std::string> files, ExpandPaths(paths));
  if (files.empty()) return Status::Usage("no file of rows is given");
  if (std::count(files.begin(), files.end(), "-") > 1) return Status::Usage("standard input (-) is named twice");

  FilesOptions source;
  source.file.read = options.read;
  source.file.columns = options.columns;
  source.file.without = options.without;
  source.file.threads = options.threads;
  source.file.chunk_rows = std::max<std::size_t>(options.chunk_rows, 1);
  std::shared_ptr<ByteStream> begun;  // of standard input, where it is not spooled
  THALWEG_ASSIGN_OR_RETURN(source.inputs, Inputs(files, options, &source.spooled_bytes, &begun));

  // Each file is looked into, so that a missing or broken one is known before any row is used.
  std::vector<OpenInput> first;
  for (const InputFile& file : source.inputs) {
    THALWEG_ASSIGN_OR_RETURN(OpenInput input, BeginInput(file, file.once ? begun : nullptr));
    THALWEG_ASSIGN_OR_RETURN(const Format* format, FormatOf(input, options.read));
    if (source.format != nullptr && source.format != format) {
      return Status::BadData(file.name + ": is " + format->kind.name + ", but " + source.inputs.front().name + " is " +
                             source.format->kind.name + "; all files must have one format");
    }
    source.format = format;
    if (first.empty() || file.once) first.push_back(std::move(input));
  }
  if (FormatBySuffix(source.inputs.front().path) == nullptr) source.file.read.format = source.format->kind.name;
  return OpenFiles(std::move(source), std::move(first));
}

}  // namespace thalweg

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "readers/format.h"
#include "readers/open.h"
#include "readers/tfrecord.h"

namespace thalweg {
namespace {

constexpr ParamInfo kSeparator = {"separator", ParamType::kText, "\"\"", "one byte",
                                  "what stands between fields; \"\": by format"};
constexpr ParamInfo kHeader = {"header", ParamType::kText, "\"auto\"", "one of: yes, no, auto",
                               "whether the first row holds the names; auto: settled by the first rows when training"};
constexpr ParamInfo kNames = {"names", ParamType::kTexts, "[]", "one a field",
                              "names for files without a header; without them c1, c2, …"};
constexpr ParamInfo kEncoding = {"encoding", ParamType::kText, "\"utf-8\"", "one of: utf-8, latin-1",
                                 "how text is written"};
constexpr ParamInfo kTrim = {"trim", ParamType::kBool, "true", "",
                             "blanks around fields that are not quoted are not part of them"};
constexpr ParamInfo kTextParams[] = {kSeparator, kHeader, kNames, kEncoding, kTrim};
constexpr ParamInfo kJsonParams[] = {kEncoding};

constexpr const char* kCsvSuffixes[] = {".csv"};
constexpr const char* kTsvSuffixes[] = {".tsv", ".tab"};
constexpr const char* kJsonlSuffixes[] = {".jsonl", ".ndjson", ".json"};
constexpr const char* kParquetSuffixes[] = {".parquet", ".pq"};
constexpr const char* kArrowSuffixes[] = {".arrow", ".arrows", ".feather", ".ipc"};
constexpr const char* kTfRecordSuffixes[] = {".tfrecord", ".tfrecords"};
constexpr const char* kLibsvmSuffixes[] = {".libsvm", ".svm", ".svmlight"};
constexpr const char* kLibffmSuffixes[] = {".libffm", ".ffm"};

// The list of formats: a new one is a line here, and its suffixes above.
const std::array<Format, 8>& All() {
  const auto kind = [](const char* name, const char* help, std::span<const ParamInfo> params, const char* source) {
    return KindInfo{name, help, params, source};
  };
  static const std::array<Format, 8> formats = {{
      // kind, suffixes, family, typed, more names may come, from any place, opened by, written by
      {kind("csv", "text, fields separated by commas (.csv)", kTextParams, "RFC 4180"),  //
       kCsvSuffixes, "text", false, false, false, OpenCsv, CreateCsv},
      {kind("tsv", "text, fields separated by tabs (.tsv)", kTextParams, "RFC 4180, with tabs"),  //
       kTsvSuffixes, "text", false, false, false, OpenTsv, CreateTsv},
      {kind("jsonl", "JSON lines, one object a line (.jsonl)", kJsonParams, "jsonlines.org"),  //
       kJsonlSuffixes, "json", true, true, false, OpenJsonl, CreateJsonl},
      {kind("parquet", "Apache Parquet (.parquet)", {}, "Parquet 2"),  //
       kParquetSuffixes, "parquet", true, false, true, OpenParquet, CreateParquet},
      {kind("arrow", "Arrow IPC, files and streams (.arrow)", {}, "Arrow columnar format 1"),  //
       kArrowSuffixes, "arrow", true, false, true, OpenArrow, CreateArrow},
      {kind("tfrecord", "TFRecord files of tf.train.Example (.tfrecord)", {}, "tf.data.TFRecordDataset"),  //
       kTfRecordSuffixes, "example", true, true, false, OpenTfRecord, CreateTfRecord},
      {kind("libsvm", "libsvm text: label index:value … (.libsvm)", {}, "libsvm's README"),  //
       kLibsvmSuffixes, "libsvm", true, true, false, OpenLibsvm, CreateLibsvm},
      {kind("libffm", "libffm text: label field:index:value … (.libffm)", {}, "libffm's README"),  //
       kLibffmSuffixes, "libsvm", true, false, false, OpenLibffm, CreateLibffm},
  }};
  return formats;
}

}  // namespace

std::span<const Format> Formats() { return All(); }

const Format* FindFormat(std::string_view name) {
  for (const Format& format : All()) {
    if (name == format.kind.name) return &format;
  }
  return nullptr;
}

const Format* FormatBySuffix(std::string path) {
  (void)CutCompressionSuffix(&path);
  for (const Format& format : All()) {
    for (const char* suffix : format.suffixes) {
      if (path.ends_with(suffix)) return &format;
    }
  }
  return nullptr;
}

const Format* FormatByBytes(std::string_view first, bool* certain) {
  *certain = true;
  if (first.starts_with("PAR1")) return FindFormat("parquet");
  // A stream begins with the mark of a message and the length of its schema.
  if (first.starts_with("ARROW1") || first.starts_with("\xff\xff\xff\xff")) return FindFormat("arrow");
  if (BeginsWithRecord(first)) return FindFormat("tfrecord");
  *certain = false;
  if (first.starts_with("\xef\xbb\xbf")) first.remove_prefix(3);
  const std::size_t begin = first.find_first_not_of(" \t\r\n");
  if (begin != first.npos && first[begin] == '{') return FindFormat("jsonl");
  const std::string_view line = first.substr(0, first.find_first_of("\r\n"));
  return FindFormat(line.find('\t') != line.npos ? "tsv" : "csv");
}

Status CheckNames(const std::vector<std::string>& names, const std::string& file) {
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return Status::Ok();
  return Status::BadData(file + ": two fields have the name " + Quote(*twice) + "; each needs a name of its own");
}

bool IsWanted(const FileOptions& options, std::string_view column) {
  const auto named = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), column) != names.end();
  };
  return (options.columns.empty() || named(options.columns)) && !named(options.without);
}

std::vector<KindInfo> ReaderKinds() {
  std::vector<KindInfo> kinds;
  for (const Format& format : All()) kinds.push_back(format.kind);
  return kinds;
}

}  // namespace thalweg

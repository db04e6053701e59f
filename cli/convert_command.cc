// thalweg convert IN… OUT: rows in another format.
#include <fmt/format.h>

#include "base/strings.h"
#include "option_values.h"
#include "readers/convert.h"
#include "rows_options.h"
#include "verb.h"

namespace thalweg::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string on_bad_row = "fail", from, to, header, names, separator, encoding, only, drop, missing, lists;
  std::string list_separator = "|";
  bool empty_is_missing = false;
};

Status Run(const Options& options, const Talk& talk) {
  if (options.files.size() < 2) return Status::Usage("convert takes files of rows and, last, the file to write: IN… OUT");
  const std::string& output = options.files.back();
  const std::vector<std::string> inputs(options.files.begin(), options.files.end() - 1);
  if (options.list_separator.size() != 1) {
    return Status::Usage(fmt::format("--list-separator: found {}, expected one byte", Quote(options.list_separator)));
  }
  ConvertOptions convert;
  ReadSpec& read = convert.open.read;
  read.format = options.from;
  if (!options.header.empty()) read.header = options.header;
  if (!options.names.empty()) {
    read.names = SplitList(options.names);
    if (options.header.empty()) read.header = "no";
  }
  read.separator = options.separator == "\\t" ? "\t" : options.separator;
  if (!options.encoding.empty()) read.encoding = options.encoding;
  convert.open.columns = SplitList(options.only);
  convert.open.without = SplitList(options.drop);
  convert.cells.missing = SplitList(options.missing);
  for (const std::string& name : SplitList(options.lists)) convert.cells.lists.insert(name);
  convert.cells.list_separator = convert.write.list_separator = options.list_separator[0];
  convert.skip_bad_rows = options.on_bad_row == "skip";
  convert.format = options.to;
  convert.write.empty_is_missing = options.empty_is_missing;
  THALWEG_RETURN_IF_ERROR(CheckOutput(output, inputs));
  THALWEG_ASSIGN_OR_RETURN(const Converted converted, ConvertRows(inputs, output, convert));
  if (converted.bad_rows > 0) {
    talk.Warn(fmt::format("{} bad row{} left out; the first:", WithThousands(converted.bad_rows), converted.bad_rows == 1 ? "" : "s"));
    for (const std::string& example : converted.bad_examples) talk.Say("  " + example);
  }
  talk.Detail(fmt::format("wrote {} rows of {} fields", WithThousands(converted.rows), converted.fields.size()));
  for (const WrittenField& field : converted.fields) {
    talk.Detail(fmt::format("  {}: {}{}", field.name, field.list ? "list of " : "", RawTypeName(field.type)));
  }
  return Status::Ok();
}

Action Declare(CLI::App& app) {
  auto o = std::make_shared<Options>();
  const auto add = [&](const char* name, std::string& value, const char* type, const char* help) {
    return app.add_option(name, value, help)->type_name(type);
  };
  app.add_option("FILE", o->files, "Files of rows (globs; \"-\" for standard input), and last the file to write (\"-\": standard output). The formats, by suffix: `thalweg kinds readers`; compressed by .gz, .zst, .bz2, .lz4, .zlib behind it")
      ->required()
      ->type_name("IN... OUT");
  add("--from", o->from, "FORMAT", "The format read, where no suffix says it");
  add("--to", o->to, "FORMAT", "The format written; without it by suffix, to standard output JSON lines");
  OneOf(add("--header", o->header, "", "Whether the first row of CSV and TSV holds names"), {"yes", "no", "auto"});
  add("--names", o->names, "A,B", "Names for a file without a header");
  add("--separator", o->separator, "C", "Between fields of CSV and TSV that are read");
  OneOf(add("--encoding", o->encoding, "", "Of CSV, TSV and JSON lines that are read"), {"utf-8", "latin-1"});
  add("--missing", o->missing, "A,B", "Cells of CSV and TSV that mean missing, beside the empty one");
  add("--lists", o->lists, "A,B", "Fields of CSV and TSV whose cells are lists");
  add("--list-separator", o->list_separator, "C", "Between the items of a list in CSV and TSV, read or written")->capture_default_str();
  add("--only", o->only, "A,B", "The fields to write");
  add("--drop", o->drop, "A,B", "Fields to leave out");
  app.add_flag("--empty-is-missing", o->empty_is_missing, "Write an empty text to CSV and TSV, where it reads back as missing");
  OneOf(app.add_option("--on-bad-row", o->on_bad_row, "A row that cannot be read: fail, or skip and count"), {"fail", "skip"});
  return [o](const Talk& talk) { return Run(*o, talk); };
}

}  // namespace

const Verb kConvertVerb = {"convert", "Write rows in another format, value for value",
                           "  thalweg convert rows.csv rows.parquet\n"
                           "  thalweg convert 'part-*.tfrecord.gz' rows.jsonl.gz\n"
                           "  thalweg convert log.csv log.tfrecord --missing '?,NA' --lists tags\n"
                           "  zcat log.gz | thalweg convert - --names label,age,city --from tsv log.arrow\n",
                           &Declare};

}  // namespace thalweg::cli

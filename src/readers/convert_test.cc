#include "readers/convert.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "readers/rows_for_test.h"

namespace thalweg {
namespace {

using testing::HasSubstr;

class ConvertTest : public RowsTest {
 protected:
  // "" or the message.
  std::string Convert(const std::string& from, const std::string& to) {
    convert_.open.temp_folder = open_.temp_folder;
    const auto done = ConvertRows({Path(from)}, Path(to), convert_);
    if (!done.ok()) return Message(done.status());
    converted_ = *done;
    return "";
  }
  std::string Bytes(const std::string& name) { return *ReadFile(Path(name), 1 << 20); }

  // "a:int64 b:list text", as the survey found.
  std::string Types() const {
    std::string out;
    for (const WrittenField& field : converted_.fields) {
      out += (out.empty() ? "" : " ") + field.name;
      out += field.list ? ":list " : ":";
      out += RawTypeName(field.type);
    }
    return out;
  }

  ConvertOptions convert_;
  Converted converted_;
};

constexpr const char* kTable =
    "{\"i\": 9007199254740993, \"f\": 0.1, \"t\": \"a \\\"b\\\", c\", \"l\": [\"x\", \"y\"], \"n\": [1, 2]}\n"
    "{\"i\": -1, \"f\": null, \"t\": \" \\u00e9\\n\", \"l\": null, \"n\": [3]}\n"
    "{\"i\": null, \"f\": 1e-7, \"t\": null, \"l\": [\"z\"], \"n\": null}\n";

TEST_F(ConvertTest, EveryFormatHoldsTheSameRows) {
  File("from.jsonl", kTable);
  const std::vector<FieldSpec> fields = {Integer("i"), Number("f"), Text("t"), Texts("l"), Numbers("n")};
  const std::string expected = Read({Path("from.jsonl")}, fields);
  std::vector<FieldSpec> cells = fields;
  cells[3].list_separator = cells[4].list_separator = "|";
  std::string before = "from.jsonl";
  for (const char* name : {"a.parquet", "b.tfrecord", "c.arrow", "d.tfrecord.gz", "e.csv", "f.arrows", "g.tsv.gz", "h.tfrecord.zlib",
                           "i.jsonl.zst", "j.feather", "k.tfrecord"}) {
    convert_.cells.lists = {};
    if (before.find("sv") != before.npos) convert_.cells.lists = {"l", "n"};
    EXPECT_EQ(Convert(before, name), "") << name;
    EXPECT_EQ(Read({Path(name)}, std::string_view(name).find("sv") != std::string_view::npos ? cells : fields), expected) << name;
    before = name;
  }
  EXPECT_EQ(Types(), "i:int64 f:double t:text l:list text n:list int64");
}

TEST_F(ConvertTest, CellsGetTheTypeThatHoldsAllOfThem) {
  File("x.csv", "i,f,code,word,none,late,big,mixed\n1,1,007,a,,5,12345678901234567890,1\n-20,2.50,010,1,,x,1,\n,-1e3,1,2,,6,2,9007199254740993\n,,,,,,,0.5\n");
  EXPECT_EQ(Convert("x.csv", "y.jsonl"), "");
  EXPECT_EQ(Types(), "i:int64 f:double code:text word:text none:null late:text big:text mixed:text");
  EXPECT_THAT(Bytes("y.jsonl"), HasSubstr("{\"i\": -20, \"f\": 2.5, \"code\": \"010\", \"word\": \"1\", \"none\": null, \"late\": \"x\", "
                                          "\"big\": \"1\", \"mixed\": null}\n"));
  EXPECT_EQ(Convert("y.jsonl", "z.csv"), "");
  EXPECT_THAT(Bytes("z.csv"), testing::StartsWith("i,f,code,word,none,late,big,mixed\n1,1,007,a,,5,12345678901234567890,1\n-20,2.5,"));
}

TEST_F(ConvertTest, MarksAreMissingAndListsAreSplitWhereSaid) {
  File("x.csv", "a,tags\n?,x; y\n3,?\n4,z\n");
  convert_.cells.missing = {"?"};
  convert_.cells.lists = {"tags"};
  convert_.cells.list_separator = ';';
  EXPECT_EQ(Convert("x.csv", "y.jsonl"), "");
  EXPECT_EQ(Bytes("y.jsonl"), "{\"a\": null, \"tags\": [\"x\", \"y\"]}\n{\"a\": 3, \"tags\": null}\n{\"a\": 4, \"tags\": [\"z\"]}\n");
  convert_.cells.lists = {"tag"};
  EXPECT_THAT(Convert("x.csv", "y.jsonl"), HasSubstr("\"tag\" is not a field of the rows. Did you mean \"tags\"?"));
}

TEST_F(ConvertTest, WhatAFormatCannotHoldIsSaid) {
  File("x.jsonl", "{\"a\": \"y\"}\n{\"a\": \"\"}\n");
  EXPECT_THAT(Convert("x.jsonl", "y.csv"), HasSubstr("x.jsonl row 2: field \"a\": found \"\", a value that reads back as missing"));
  EXPECT_FALSE(std::filesystem::exists(Path("y.csv")));
  convert_.write.empty_is_missing = true;
  EXPECT_EQ(Convert("x.jsonl", "y.csv"), "");
  EXPECT_EQ(Bytes("y.csv"), "a\ny\n\"\"\n");
  EXPECT_EQ(Read({Path("y.csv")}, {Text("a")}), "|y|\n-\n");
  File("x.jsonl", "{\"a\": [\"p|q\", \"r\"]}\n");
  EXPECT_THAT(Convert("x.jsonl", "y.csv"), HasSubstr("row 1: field \"a\": found \"p|q\", which cannot stand in a list separated by \"|\""));
  File("x.jsonl", "{\"a\": 18446744073709551615}\n");
  EXPECT_THAT(Convert("x.jsonl", "y.tfrecord"), HasSubstr("field \"a\": found 18446744073709551615, past the range of int64"));
  File("x.jsonl", "{\"a\": 16777217}\n{\"a\": 0.5}\n");
  EXPECT_THAT(Convert("x.jsonl", "y.tfrecord"), HasSubstr("row 1: field \"a\": found 16777217, a whole number that float32"));
  File("x.jsonl", "{\"a\": 1e39}\n");
  EXPECT_THAT(Convert("x.jsonl", "y.tfrecord"), HasSubstr("past the range of float32"));
  EXPECT_THAT(Convert("x.jsonl", "y.parquet.gz"), HasSubstr("cannot be compressed outside"));
  EXPECT_THAT(Convert("x.jsonl", "y.xls"), HasSubstr("its name says no format"));
}

TEST_F(ConvertTest, BadRowsFailOrAreCounted) {
  File("x.csv", "a,b\n1,2\n3\n4,5\n");
  EXPECT_THAT(Convert("x.csv", "y.jsonl"), HasSubstr("x.csv row 2: 1 field, expected 2"));
  convert_.skip_bad_rows = true;
  EXPECT_EQ(Convert("x.csv", "y.jsonl"), "");
  EXPECT_EQ(converted_.bad_rows, 1u);
  EXPECT_EQ(Bytes("y.jsonl"), "{\"a\": 1, \"b\": 2}\n{\"a\": 4, \"b\": 5}\n");
}

TEST_F(ConvertTest, ValuesOfSeveralTypesKeepTheirsInJsonAndShareOneElsewhere) {
  File("x.jsonl", "{\"a\": 1, \"b\": true}\n{\"a\": 0.5, \"b\": \"x\"}\n{\"a\": 2, \"c\": [1]}\n");
  EXPECT_EQ(Convert("x.jsonl", "y.jsonl"), "");
  EXPECT_EQ(Bytes("y.jsonl"), "{\"a\": 1, \"b\": true, \"c\": null}\n{\"a\": 0.5, \"b\": \"x\", \"c\": null}\n{\"a\": 2, \"b\": null, \"c\": [1]}\n");
  EXPECT_EQ(Types(), "a:double b:text c:list int64");
  EXPECT_EQ(Convert("x.jsonl", "y.parquet"), "");
  EXPECT_EQ(Read({Path("y.parquet")}, {Number("a"), Text("b"), Numbers("c")}), "1 |true| []\n0.5 |x| []\n2 - [1]\n");
}

}  // namespace
}  // namespace thalweg

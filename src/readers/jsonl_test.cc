#include <gmock/gmock.h>

#include "readers/rows_for_test.h"

namespace thalweg {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class JsonlTest : public RowsTest {
 protected:
  std::string ReadBytes(std::string_view bytes, std::vector<FieldSpec> fields) {
    return Read({File("rows.jsonl", bytes)}, std::move(fields));
  }
};

TEST_F(JsonlTest, KeysMayComeInAnyOrderOrNotAtAll) {
  EXPECT_EQ(ReadBytes("{\"a\": 1, \"b\": \"x\"}\n{\"b\": \"y\", \"a\": 2}\n{\"a\": 3}\n{}\n", {Number("a"), Text("b")}),
            "1 |x|\n2 |y|\n3 -\n- -\n");
}

TEST_F(JsonlTest, AKeyMayComeLate) {
  EXPECT_EQ(ReadBytes("{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3, \"late\": \"x\"}\n", {Text("late")}), "-\n-\n|x|\n");
  std::string text;
  for (int i = 0; i < 50000; ++i) text += "{\"a\": 1}\n";
  EXPECT_THAT(ReadBytes(text + "{\"late\": \"x\"}", {Text("late")}), testing::EndsWith("-\n|x|\n"));
}

TEST_F(JsonlTest, TypesAreNeverFrozenByTheFirstRows) {
  EXPECT_EQ(ReadBytes("{\"a\": 1}\n{\"a\": 1.5}\n{\"a\": \"x\"}\n{\"a\": true}\n{\"a\": 42.0}\n{\"a\": \"42\"}\n",
                      {Text("a")}),
            "|1|\n|1.5|\n|x|\n|true|\n|42|\n|42|\n");
  EXPECT_EQ(ReadBytes("{\"a\": 1}\n{\"a\": 1.5}\n{\"a\": \"2\"}\n{\"a\": true}\n", {Number("a")}), "1\n1.5\n2\n1\n");
}

TEST_F(JsonlTest, OnlyNullAndAbsentAreMissing) {
  EXPECT_EQ(ReadBytes("{\"a\": \"\"}\n{\"a\": null}\n{\"a\": \"?\"}\n{}\n", {Text("a")}), "||\n-\n|?|\n-\n");
  EXPECT_THAT(ReadBytes("{\"a\": \"\"}\n", {Number("a")}),
              HasSubstr("row 1: field \"a\": found \"\", expected a number"));
}

TEST_F(JsonlTest, ListsAreLists) {
  EXPECT_EQ(
      ReadBytes("{\"a\": [1, 2.5]}\n{\"a\": []}\n{\"a\": 3}\n{\"a\": null}\n{\"a\": [4, null]}\n{}\n", {Numbers("a")}),
      "[1 2.5]\n[]\n[3]\n[]\n[4]\n[]\n");
  EXPECT_EQ(ReadBytes("{\"a\": [\"x\"]}\n{\"a\": []}\n", {Text("a")}), "|x|\n-\n");
  EXPECT_THAT(ReadBytes("{\"a\": [\"x\", \"y\"]}\n", {Text("a")}),
              HasSubstr("field \"a\": found a list of 2 values, expected one"));
}

TEST_F(JsonlTest, IntegersOf64BitsAreExact) {
  EXPECT_EQ(ReadBytes("{\"a\": 9007199254740993}\n{\"a\": -9223372036854775808}\n", {Integer("a")}),
            "9007199254740993\n-9223372036854775808\n");
  EXPECT_EQ(ReadBytes("{\"a\": 18446744073709551615}\n", {Text("a")}), "|18446744073709551615|\n");
  EXPECT_THAT(ReadBytes("{\"a\": 18446744073709551615}\n", {Integer("a")}), HasSubstr("expected a whole number"));
  EXPECT_THAT(ReadBytes("{\"a\": 1.5}\n", {Integer("a")}), HasSubstr("found 1.5, expected a whole number"));
}

TEST_F(JsonlTest, EscapesAreUndone) {
  EXPECT_EQ(ReadBytes("{\"a\": \"caf\\u00e9 \\ud83d\\ude00 \\\"q\\\"\"}\n", {Text("a")}),
            "|caf\xc3\xa9 \xf0\x9f\x98\x80 \"q\"|\n");
  EXPECT_THAT(ReadBytes("{\"a\": \"x\\u0000y\"}\n", {Text("a")}), HasSubstr("NUL byte"));
}

TEST_F(JsonlTest, ObjectsInObjectsAreAnErrorByName) {
  EXPECT_THAT(ReadBytes("{\"a\": 1}\n{\"address\": {\"city\": \"Oslo\"}}\n", {Number("a")}),
              StartsWith("rows.jsonl row 2: field \"address\": found an object in an object"));
  open_.columns = {"a"};
  EXPECT_EQ(ReadBytes("{\"a\": 1}\n{\"a\": 2, \"address\": {\"city\": \"Oslo\"}}\n", {Number("a")}), "1\n2\n")
      << "a field that is not used";
}

TEST_F(JsonlTest, ABrokenLineIsNamedAndMayBeSkipped) {
  const std::string text = "{\"a\": 1}\n{\"a\": \n{\"a\": 3}\n[1]\n{\"a\": 4, \"a\": 5}\n\n{\"a\": 6}\n";
  EXPECT_THAT(ReadBytes(text, {Number("a")}), StartsWith("rows.jsonl row 2: is not JSON"));
  table_.on_bad_row = OnBadRow::kSkip;
  EXPECT_EQ(ReadBytes(text, {Number("a")}), "1\n3\n6\n");
  ASSERT_EQ(source_->bad_rows().rows, 3u);
  EXPECT_THAT(source_->bad_rows().examples[1], HasSubstr("row 4: expected an object"));
  EXPECT_THAT(source_->bad_rows().examples[2], HasSubstr("row 5: the key \"a\" is there twice"));
}

TEST_F(JsonlTest, BrokenUtf8IsNamed) {
  EXPECT_THAT(ReadBytes("{\"a\": \"M\xfcnchen\"}\n", {Text("a")}),
              AllOf(StartsWith("rows.jsonl row 1: field \"a\""), HasSubstr("is not UTF-8")));
  open_.read.encoding = "latin-1";
  EXPECT_EQ(ReadBytes("{\"a\": \"M\xfcnchen\"}\n", {Text("a")}), "|M\xc3\xbcnchen|\n");
}

TEST_F(JsonlTest, EveryEndOfLineWillDo) {
  for (const char* text : {"{\"a\":1}\n{\"a\":2}", "{\"a\":1}\r\n{\"a\":2}\r\n", "{\"a\":1}\r{\"a\":2}\r",
                           "\n{\"a\":1}\n\n \n{\"a\":2}\n", "\xef\xbb\xbf{\"a\":1}\n{\"a\":2}\n"}) {
    EXPECT_EQ(ReadBytes(text, {Number("a")}), "1\n2\n") << Quote(text);
  }
}

TEST_F(JsonlTest, DeepNestingAndLongLinesAreErrorsNotCrashes) {
  EXPECT_THAT(ReadBytes("{\"a\": " + std::string(100000, '[') + std::string(100000, ']') + "}\n", {Number("a")}),
              HasSubstr("field \"a\": found a list in a list"));
  EXPECT_THAT(ReadBytes("{\"a\": \"" + std::string(17 << 20, 'x') + "\"}\n", {Text("a")}),
              HasSubstr("row 1: is longer than 16 MiB"));
}

TEST_F(JsonlTest, AMistypedLabelIsNamedWithTheNearest) {
  table_.task = "regression";
  table_.label.name = "incom";
  EXPECT_THAT(ReadBytes("{\"a\": 1, \"income\": 2}\n", {Number("a")}), HasSubstr("Did you mean \"income\"?"));
}

TEST_F(JsonlTest, AnEmptyFileIsAnError) {
  EXPECT_EQ(ReadBytes("", {Text("a")}), "rows.jsonl: is empty");
  EXPECT_EQ(ReadBytes("\n\n", {Text("a")}), "rows.jsonl: has no rows");
}

TEST_F(JsonlTest, RowsAcrossBlocksAreWhole) {
  std::string text, want;
  for (int i = 0; i < 60000; ++i) {
    text += "{\"id\": " + std::to_string(i) + ", \"note\": \"" + std::string(static_cast<std::size_t>(i % 60), 'x') +
            "\"}\n";
    want += std::to_string(i) + " |" + std::string(static_cast<std::size_t>(i % 60), 'x') + "|\n";
  }
  for (const std::size_t chunk_rows : {999, 100000}) {
    open_.chunk_rows = chunk_rows;
    EXPECT_TRUE(ReadBytes(text, {Integer("id"), Text("note")}) == want) << chunk_rows;
  }
}

}  // namespace
}  // namespace thalweg

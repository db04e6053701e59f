#include <gmock/gmock.h>

#include "readers/rows_for_test.h"

namespace thalweg {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class CsvTest : public RowsTest {
 protected:
  std::string ReadBytes(std::string_view bytes, std::vector<FieldSpec> fields, const std::string& name = "rows.csv") {
    return Read({File(name, bytes)}, std::move(fields));
  }
};

TEST_F(CsvTest, NamesComeFromTheHeader) {
  EXPECT_EQ(ReadBytes("age,city\n42,Oslo\n7,Bergen\n", {Text("city"), Number("age")}), "|Oslo| 42\n|Bergen| 7\n");
  EXPECT_EQ(read_.header, "yes");
}

TEST_F(CsvTest, WithoutAHeaderFieldsAreNumbered) {
  EXPECT_EQ(ReadBytes("42,Oslo\n7,Bergen\n", {Text("c2"), Number("c1")}), "|Oslo| 42\n|Bergen| 7\n");
  EXPECT_EQ(read_.header, "no");
}

TEST_F(CsvTest, WordsThatComeAgainBelowAreNoHeader) {
  EXPECT_EQ(ReadBytes("red,apple\ngreen,pear\nred,plum\n", {Text("c1")}), "|red|\n|green|\n|red|\n");
}

TEST_F(CsvTest, WordsThatNeverComeAgainAreAHeader) {
  EXPECT_EQ(ReadBytes("colour,fruit\ngreen,pear\nred,plum\n", {Text("fruit")}), "|pear|\n|plum|\n");
}

TEST_F(CsvTest, OneColumnOfNumbersUnderAWordIsEnoughForAHeader) {
  EXPECT_EQ(ReadBytes("yes,age\nyes,4\nno,5\n", {Number("age")}), "4\n5\n");
}

TEST_F(CsvTest, ANameMayBeEmptyWhereNumbersSpeakForAHeader) {
  EXPECT_EQ(ReadBytes("a,,b\n1,2,3\n", {Text("a"), Text("c2")}), "|1| |2|\n");
  EXPECT_EQ(ReadBytes("a,,b\nx,y,z\n", {Text("c1"), Text("c2")}), "|a| -\n|x| |y|\n");
  open_.read.header = "yes";
  EXPECT_EQ(ReadBytes("a,,b\nx,y,z\n", {Text("a"), Text("c2")}), "|x| |y|\n");
}

TEST_F(CsvTest, NamesMayBeGiven) {
  open_.read.names = {"age", "city"};
  EXPECT_EQ(ReadBytes("42,Oslo\n", {Text("city")}), "|Oslo|\n");
  EXPECT_EQ(ReadBytes("age,city\n42,Oslo\n", {Text("city")}), "|Oslo|\n");
  EXPECT_EQ(ReadBytes("42,Oslo,no\n", {Text("city")}), "rows.csv: its first row has 3 fields, but 2 names are given");
}

TEST_F(CsvTest, QuotedFieldsMayHoldSeparatorsQuotesAndLines) {
  EXPECT_EQ(ReadBytes("a,b\n1,\"x, \"\"y\"\"\nz\"\n2,w\n", {Number("a"), Text("b")}), "1 |x, \"y\"\nz|\n2 |w|\n");
}

TEST_F(CsvTest, BlanksAroundFieldsAreNotPartOfThem) {
  EXPECT_EQ(ReadBytes(" a , b\n 1 , x y \n2,\" q \"\n", {Number("a"), Text("b")}), "1 |x y|\n2 | q |\n");
  open_.read.trim = false;
  EXPECT_EQ(ReadBytes("a,b\n1, x \n", {Text("b")}), "| x |\n");
}

TEST_F(CsvTest, EveryEndOfLineWillDo) {
  const std::string rows = "1 |x|\n2 |y|\n";
  EXPECT_EQ(ReadBytes("a,b\n1,x\n2,y\n", {Number("a"), Text("b")}), rows);
  EXPECT_EQ(ReadBytes("a,b\r\n1,x\r\n2,y\r\n", {Number("a"), Text("b")}), rows);
  EXPECT_EQ(ReadBytes("a,b\r1,x\r2,y\r", {Number("a"), Text("b")}), rows);
  EXPECT_EQ(ReadBytes("a,b\n1,x\n2,y", {Number("a"), Text("b")}), rows);
  EXPECT_EQ(ReadBytes("\n\na,b\n\n1,x\r\n\r\n2,y\n\n", {Number("a"), Text("b")}), rows);
}

TEST_F(CsvTest, AByteOrderMarkIsNotPartOfTheFirstName) {
  EXPECT_EQ(ReadBytes("\xef\xbb\xbf"
                      "a,b\n1,x\n",
                      {Number("a")}),
            "1\n");
}

TEST_F(CsvTest, Utf16IsNamed) {
  EXPECT_THAT(ReadBytes(std::string_view("\xff\xfe"
                                         "a\0",
                                         4),
                        {Number("a")}),
              HasSubstr("UTF-16"));
}

TEST_F(CsvTest, Latin1IsReadWhereItIsSaid) {
  open_.read.encoding = "latin-1";
  EXPECT_EQ(ReadBytes("a,b\n1,M\xfcnchen\n", {Text("b")}), "|M\xc3\xbcnchen|\n");
}

TEST_F(CsvTest, EmptyCellsAndMarksAreMissing) {
  FieldSpec city = Text("city");
  city.missing = {"?", "NA"};
  FieldSpec age = Number("age");
  age.missing = {"NA"};
  EXPECT_EQ(ReadBytes("age,city\n1,?\n,NA\nNA,\n2,NAN\n", {age, city}), "1 -\n- -\n- -\n2 |NAN|\n");
}

TEST_F(CsvTest, AMissingNumberTakesItsDefault) {
  FieldSpec age = Number("age");
  age.default_number = -1;
  EXPECT_EQ(ReadBytes("age,b\n1,x\n,y\n", {age}), "1\n-1\n");
}

TEST_F(CsvTest, CellsAreSplitIntoLists) {
  FieldSpec tags = Texts("tags");
  tags.list_separator = "|";
  EXPECT_EQ(ReadBytes("id,tags\n1,red | green\n2,\n3,|blue||\n", {tags}), "[|red| |green|]\n[]\n[|blue|]\n");
}

TEST_F(CsvTest, LeadingZerosStayInTexts) { EXPECT_EQ(ReadBytes("zip,b\n007,1\n", {Text("zip")}), "|007|\n"); }

TEST_F(CsvTest, AFileThatIsNotThereIsNamed) {
  EXPECT_EQ(Read({Path("none.csv")}, {Text("a")}), "none.csv: no such file");
  EXPECT_EQ(code_, StatusCode::kNotFound);
  EXPECT_EQ(Read({Path("*.csv")}, {Text("a")}), "*.csv: no file matches");
  EXPECT_EQ(code_, StatusCode::kNotFound);
}

TEST_F(CsvTest, AnEmptyFileIsAnError) {
  EXPECT_EQ(ReadBytes("", {Text("a")}), "rows.csv: is empty");
  EXPECT_EQ(ReadBytes("\n\r\n\n", {Text("a")}), "rows.csv: is empty");
  EXPECT_EQ(code_, StatusCode::kBadData);
}

TEST_F(CsvTest, AHeaderWithoutRowsIsAnError) {
  EXPECT_THAT(ReadBytes("age,city\n", {Text("city")}), StartsWith("rows.csv: has a header but no rows"));
}

TEST_F(CsvTest, AMistypedFieldIsNamedWithTheNearest) {
  EXPECT_THAT(ReadBytes("age,occupation\n1,x\n", {Text("ocupation")}),
              AllOf(HasSubstr("\"ocupation\""), HasSubstr("Did you mean \"occupation\"?")));
}

TEST_F(CsvTest, EqualNamesAreAnError) {
  open_.read.header = "yes";
  EXPECT_THAT(ReadBytes("a,b,a\n1,2,3\n", {Text("a")}), StartsWith("rows.csv: two fields have the name \"a\""));
}

TEST_F(CsvTest, ARaggedRowIsNamed) {
  EXPECT_THAT(ReadBytes("a,b\n1,x\n2\n3,y\n", {Number("a")}),
              StartsWith("rows.csv row 2: 1 field, expected 2 as in the header; the row is \"2"));
  EXPECT_THAT(ReadBytes("1,x\n2,y,z\n", {Number("c1")}),
              StartsWith("rows.csv row 2: 3 fields, expected 2 as in the first row"));
}

TEST_F(CsvTest, RaggedAndBadRowsMayBeSkipped) {
  table_.on_bad_row = OnBadRow::kSkip;
  EXPECT_EQ(ReadBytes("a,b\n1,x\n2\nold,z\n3,y\n4,5,6\n", {Number("a"), Text("b")}), "1 |x|\n3 |y|\n");
  EXPECT_EQ(source_->bad_rows().rows, 3u);
  ASSERT_EQ(source_->bad_rows().examples.size(), 3u);
  EXPECT_THAT(source_->bad_rows().examples[0], HasSubstr("row 2: 1 field"));
  EXPECT_THAT(source_->bad_rows().examples[1], HasSubstr("row 3: field \"a\": found \"old\", expected a number"));
  EXPECT_THAT(source_->bad_rows().examples[2], HasSubstr("row 5: 3 fields"));
}

TEST_F(CsvTest, WhereEveryRowIsBadSkippingIsAnError) {
  table_.on_bad_row = OnBadRow::kSkip;
  EXPECT_THAT(ReadBytes("a,b\nx,1\ny,2\n", {Number("a")}), StartsWith("no row is good: all 2 were skipped"));
}

TEST_F(CsvTest, AWordInANumberFieldIsNamedWithItsRow) {
  EXPECT_EQ(ReadBytes("age,b\n1,x\nold,y\n", {Number("age")}),
            "rows.csv row 2: field \"age\": found \"old\", expected a number");
  EXPECT_EQ(code_, StatusCode::kBadData);
}

TEST_F(CsvTest, NumbersThatAreNotFiniteAreBad) {
  EXPECT_THAT(ReadBytes("a,b\nnan,1\n", {Number("a")}), HasSubstr("found \"nan\", expected a number"));
  EXPECT_THAT(ReadBytes("a,b\ninf,1\n", {Number("a")}), HasSubstr("found \"inf\", expected a number"));
  EXPECT_THAT(ReadBytes("a,b\n1e308,1\n", {Number("a")}), HasSubstr("found \"1e308\", expected a number within"));
}

TEST_F(CsvTest, AQuoteNeverClosedIsNamedWithItsRow) {
  EXPECT_THAT(ReadBytes("a,b\n1,x\n2,\"y\n3,z\n", {Number("a")}),
              StartsWith("rows.csv row 2: a quote (\") is opened and never closed; the row begins \"2,"));
  EXPECT_THAT(ReadBytes("\"a,b\n1,x\n", {Number("a")}),
              StartsWith("rows.csv row 1: a quote (\") is opened and never closed"));
}

TEST_F(CsvTest, AQuoteThatSwallowsTooMuchIsAnErrorNotMemory) {
  std::string text = "a,b\n1,\"y\n";
  for (int i = 0; i < 1'700'000; ++i) text += "123456789\n";
  EXPECT_THAT(ReadBytes(text, {Number("a")}), StartsWith("rows.csv row 1: is longer than 16 MiB"));
}

TEST_F(CsvTest, BrokenUtf8IsNamedWithRowAndField) {
  EXPECT_THAT(ReadBytes("a,b\n1,x\n2,M\xfcnchen\n", {Number("a"), Text("b")}),
              AllOf(StartsWith("rows.csv row 2: field \"b\": found \"M\\xfcnchen\", which is not UTF-8"),
                    HasSubstr("latin-1")));
  // Halves of a character in neighbouring cells are two broken cells, not a whole one.
  EXPECT_THAT(ReadBytes("a,b\n1,\xc3\n2,\xa9\n", {Text("b")}), StartsWith("rows.csv row 1: field \"b\""));
  EXPECT_EQ(ReadBytes("a,b\n1,M\xfcnchen\n", {Number("a")}), "1\n") << "a field that is not used";
}

TEST_F(CsvTest, NulBytesAreNamed) {
  EXPECT_THAT(ReadBytes(std::string_view("a,b\n1,x\0y\n", 10), {Text("b")}),
              HasSubstr("row 1: field \"b\": found \"x\\x00y\" with a NUL byte"));
  EXPECT_THAT(ReadBytes(std::string_view("a,b\n1\0,x\n", 9), {Number("a")}), HasSubstr("expected a number"));
}

TEST_F(CsvTest, SeparatorsMayBeChosen) {
  open_.read.separator = ";";
  EXPECT_EQ(ReadBytes("a;b\n1;x,y\n", {Text("b")}), "|x,y|\n");
  open_.read.separator = ";;";
  EXPECT_THAT(ReadBytes("a;b\n1;x\n", {Text("b")}), HasSubstr("read.separator"));
  EXPECT_EQ(code_, StatusCode::kBadConfig);
}

TEST_F(CsvTest, RowsAcrossBlocksAreWhole) {
  // About 3 MB with quoted line feeds, so that the ends of blocks fall everywhere.
  std::string text = "id,note\n", want;
  for (int i = 0; i < 40000; ++i) {
    const std::string note =
        "line " + std::to_string(i) + "\n\"more\", " + std::string(static_cast<std::size_t>(i % 60), 'x');
    std::string quoted = note;
    for (std::size_t at = 0; (at = quoted.find('"', at)) != quoted.npos; at += 2) quoted.insert(at, 1, '"');
    text += std::to_string(i) + ",\"" + quoted + "\"\r\n";
    want += std::to_string(i) + " |" + note + "|\n";
  }
  for (const std::size_t chunk_rows : {7, 1000, 100000}) {
    open_.chunk_rows = chunk_rows;
    EXPECT_TRUE(ReadBytes(text, {Number("id"), Text("note")}) == want) << chunk_rows;
  }
}

TEST_F(CsvTest, RowNumbersGoOnAcrossBlocks) {
  std::string text = "id,b\n";
  for (int i = 1; i <= 200000; ++i) text += std::to_string(i) + (i % 50000 == 0 ? ",x,extra\n" : ",x\n");
  text += "old,x\n";
  table_.on_bad_row = OnBadRow::kSkip;
  (void)ReadBytes(text, {Number("id")});
  ASSERT_EQ(source_->bad_rows().rows, 5u);
  EXPECT_THAT(source_->bad_rows().examples[0], HasSubstr("row 50000: 3 fields"));
  EXPECT_THAT(source_->bad_rows().examples[3], HasSubstr("row 200000: 3 fields"));
  EXPECT_THAT(source_->bad_rows().examples[4], HasSubstr("row 200001: field \"id\""));
}

TEST_F(CsvTest, ManyFieldsAreFine) {
  std::string header, row;
  for (int i = 0; i < 20000; ++i) {
    header += (i > 0 ? ",f" : "f") + std::to_string(i);
    row += (i > 0 ? "," : "") + std::to_string(i);
  }
  EXPECT_EQ(ReadBytes(header + "\n" + row + "\n" + row + "\n", {Number("f19999")}), "19999\n19999\n");
}

}  // namespace
}  // namespace thalweg

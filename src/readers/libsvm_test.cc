#include <gmock/gmock.h>

#include "base/file.h"
#include "readers/convert.h"
#include "readers/rows_for_test.h"

namespace thalweg {
namespace {

using testing::HasSubstr;

class LibsvmTest : public RowsTest {
 protected:
  std::string Svm(std::string_view bytes) {
    FieldSpec index = Integer("index");
    index.many = true;
    return Read({File("x.libsvm", bytes)}, {Number("label"), index, Numbers("value")});
  }
};

TEST_F(LibsvmTest, ARowIsALabelAndListsOfIndicesAndValues) {
  EXPECT_EQ(Svm("+1 1:0.5 7:2 1:3\n-1\t3:1e-3\r\n\n# a comment\n0.25 # 5:6\n"), "1 [1 7 1] [0.5 2 3]\n-1 [3] [0.001]\n0.25 [] []\n");
}

TEST_F(LibsvmTest, QidIsAFieldWhereItIsThere) {
  EXPECT_EQ(Read({File("x.svm", "1 1:1\n2 qid:7 1:1\n")}, {Integer("qid"), Numbers("value")}), "- [1]\n7 [1]\n");
}

TEST_F(LibsvmTest, LibffmHasFieldsToo) {
  EXPECT_EQ(Read({File("x.ffm", "1 0:5:1 3:6:0.5\n")}, {Number("label"), Numbers("field"), Numbers("index"), Numbers("value")}),
            "1 [0 3] [5 6] [1 0.5]\n");
  EXPECT_THAT(Read({File("x.ffm", "1 5:1\n")}, {Number("label")}), HasSubstr("row 1: found \"5:1\", expected field:index:value"));
}

TEST_F(LibsvmTest, WhatIsNoRowIsABadRow) {
  for (const char* bad : {"x 1:1", "1 1", "1 1:", "1 :1", "1 a:1", "1 1.5:1", "1 1:x", "1 qid:x 1:1", "1,2 1:1", "1 1:1:1", "1 1:nan"}) {
    table_.on_bad_row = OnBadRow::kFail;
    EXPECT_THAT(Svm(std::string("0 1:1\n") + bad + "\n1 2:2\n"), HasSubstr("x.libsvm row 2: ")) << bad;
    table_.on_bad_row = OnBadRow::kSkip;
    EXPECT_EQ(Svm(std::string("0 1:1\n") + bad + "\n1 2:2\n"), "0 [1] [1]\n1 [2] [2]\n") << bad;
  }
}

TEST_F(LibsvmTest, ItIsWrittenAsItIsRead) {
  const std::string text = "1 qid:3 1:0.5 7:2\n-1 qid:4\n0.5 qid:4 9:1e-07\n";
  File("x.libsvm", text);
  for (const auto& [from, to] : {std::pair{"x.libsvm", "a.tfrecord"}, {"a.tfrecord", "b.jsonl"}, {"b.jsonl", "c.parquet"}, {"c.parquet", "y.svm"}}) {
    const auto done = ConvertRows({Path(from)}, Path(to), {});
    ASSERT_TRUE(done.ok()) << done.status().message();
  }
  EXPECT_EQ(*ReadFile(Path("y.svm"), 1000), text);
  File("x.ffm", "1 0:5:1 3:6:0.5\n");
  ASSERT_TRUE(ConvertRows({Path("x.ffm")}, Path("a.jsonl"), {}).ok());
  ASSERT_TRUE(ConvertRows({Path("a.jsonl")}, Path("y.ffm"), {}).ok());
  EXPECT_EQ(*ReadFile(Path("y.ffm"), 1000), "1 0:5:1 3:6:0.5\n");
}

TEST_F(LibsvmTest, OtherTablesAreRefused) {
  const auto convert = [&](const char* text) { return Message(ConvertRows({File("x.jsonl", text)}, Path("y.libsvm"), {}).status()); };
  EXPECT_THAT(convert("{\"age\": 1}\n"), HasSubstr("libsvm holds the fields label, index and value, and qid, as they are read; found \"age\""));
  EXPECT_THAT(convert("{\"label\": 1}\n"), HasSubstr("there is no field \"index\""));
  EXPECT_THAT(convert("{\"label\": 1, \"index\": [1, 2], \"value\": [1]}\n"), HasSubstr("x.jsonl row 1: 2 indices, 1 values"));
  EXPECT_THAT(convert("{\"label\": 1, \"index\": [\"a\"], \"value\": [1]}\n"), HasSubstr("field \"index\": found \"a\", expected a whole number"));
}

}  // namespace
}  // namespace thalweg

#include <gmock/gmock.h>

#include "base/strings.h"
#include "thalweg/example.h"

namespace thalweg {
namespace {

using testing::HasSubstr;

class ExampleBuilderTest : public testing::Test {
 protected:
  ExampleBuilderTest() : builder_(MakeSchema()) {}
  static Schema MakeSchema() {
    Schema schema;
    schema.fields.resize(3);
    schema.fields[0].name = "age";
    schema.fields[0].dtype = DType::kNumber;
    schema.fields[1].name = "tags";
    schema.fields[1].many = true;
    schema.fields[2].name = "store";
    schema.fields[2].dtype = DType::kInteger;
    schema.fields[2].default_number = -1;
    return schema;
  }
  ExampleBuilder builder_;
};

TEST_F(ExampleBuilderTest, RowsHoldWhatWasSet) {
  ASSERT_TRUE(builder_.Number("age", 42).ok());
  ASSERT_TRUE(builder_.Text("tags", "a").ok());
  ASSERT_TRUE(builder_.Text("tags", "").ok());
  builder_.Label(1);
  builder_.EndRow();
  ASSERT_TRUE(builder_.Integer("store", 7).ok());
  builder_.Weight(2);
  builder_.Label(0);
  builder_.EndRow();
  const ExampleBatch batch = builder_.Take();
  ASSERT_EQ(batch.num_rows, 2u);
  EXPECT_EQ(batch.fields[0].numbers[0], 42);
  EXPECT_EQ(batch.fields[0].begin(1), batch.fields[0].end(1));
  EXPECT_EQ(batch.fields[1].end(0), 2u);
  EXPECT_EQ(batch.fields[1].text_at(0), "a");
  EXPECT_EQ(batch.fields[1].text_at(1), "");
  EXPECT_THAT(std::vector<std::int64_t>(batch.fields[2].integers.begin(), batch.fields[2].integers.end()),
              testing::ElementsAre(-1, 7));
  EXPECT_THAT(batch.label, testing::ElementsAre(1, 0));
  EXPECT_THAT(batch.weight, testing::ElementsAre(1, 2));
  EXPECT_EQ(builder_.Take().num_rows, 0u);
}

TEST_F(ExampleBuilderTest, ARowMayHaveSeveralLabels) {
  builder_.Label(std::vector<float>{1, 0});
  builder_.EndRow();
  builder_.Label(std::vector<float>{1});
  builder_.EndRow();
  const ExampleBatch batch = builder_.Take();
  EXPECT_THAT(batch.label, testing::ElementsAre(1, 0, 1, testing::IsNan()));
}

TEST_F(ExampleBuilderTest, MistakesAreNamed) {
  EXPECT_THAT(builder_.Number("agee", 1).message(), HasSubstr("Did you mean \"age\"?"));
  EXPECT_THAT(builder_.Text("age", "x").message(), HasSubstr("got a value of type text, expected number"));
  ASSERT_TRUE(builder_.Number("age", 1).ok());
  EXPECT_THAT(builder_.Number("age", 2).message(), HasSubstr("set twice"));
  EXPECT_FALSE(builder_.Number("age", 1e308).ok());
  EXPECT_FALSE(builder_.Text("tags", "\xff").ok());
}

TEST_F(ExampleBuilderTest, ASourceGivesItsBatchOnceAPass) {
  ASSERT_TRUE(builder_.Number("age", 42).ok());
  builder_.EndRow();
  const auto source = SourceOf(builder_.Take());
  ExampleBatch batch;
  EXPECT_TRUE(source->Next(&batch).value());
  EXPECT_EQ(batch.fields[0].numbers[0], 42);
  EXPECT_FALSE(source->Next(&batch).value());
  ASSERT_TRUE(source->Rewind().ok());
  EXPECT_TRUE(source->Next(&batch).value());
}

}  // namespace
}  // namespace thalweg

#include "data/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

#include "data/gather.h"

namespace thalweg {
namespace {

Schema TestSchema() {
  Schema schema;
  const std::pair<const char*, DType> fields[] = {
      {"number", DType::kNumber}, {"integer", DType::kInteger}, {"text", DType::kText}, {"tags", DType::kText}};
  for (const auto& [name, dtype] : fields) {
    FieldSpec& field = schema.fields.emplace_back();
    field.name = name;
    field.dtype = dtype;
  }
  schema.fields[3].many = true;
  return schema;
}

// Row r: number r, integer 10 r, a text of r % 20 bytes and more, and r % 3 tags.
ExampleBatch MakeRows(int first, int rows) {
  ExampleBuilder builder(TestSchema());
  for (int r = first; r < first + rows; ++r) {
    EXPECT_TRUE(builder.Number("number", r).ok());
    if (r % 5 != 0) {
      EXPECT_TRUE(builder.Integer("integer", 10 * r).ok());
    }
    EXPECT_TRUE(builder.Text("text", std::to_string(r) + std::string(static_cast<std::size_t>(r % 20), 'x')).ok());
    for (int t = 0; t < r % 3; ++t) EXPECT_TRUE(builder.Text("tags", "t" + std::to_string(r + t)).ok());
    builder.Label(static_cast<float>(r));
    builder.Weight(static_cast<float>(2 * r));
    builder.EndRow();
  }
  return builder.Take();
}

// Batches of the given sizes, of two files in turn.
class TestSource : public ExampleSource {
 public:
  explicit TestSource(std::vector<int> sizes) : sizes_(std::move(sizes)) {}
  Result<bool> Next(ExampleBatch* batch) override {
    if (at_ == fail_at) return Status::BadData("broken");
    if (at_ == sizes_.size()) return false;
    *batch = MakeRows(row_, sizes_[at_]);
    batch->origins.files = {files_[at_ % 2]};
    batch->origins.rows = {static_cast<std::uint64_t>(row_)};
    row_ += sizes_[at_++];
    return true;
  }
  Status Rewind() override {
    at_ = 0;
    row_ = 0;
    return Status::Ok();
  }
  std::size_t fail_at = SIZE_MAX;

 private:
  std::vector<int> sizes_;
  std::vector<std::shared_ptr<const std::string>> files_ = {std::make_shared<const std::string>("a.csv"),
                                                            std::make_shared<const std::string>("b.csv")};
  std::size_t at_ = 0;
  int row_ = 0;
};

void ExpectRow(const ExampleBatch& batch, std::size_t i, int r) {
  const FieldValues& integer = batch.fields[1];
  const FieldValues& text = batch.fields[2];
  const FieldValues& tags = batch.fields[3];
  EXPECT_EQ(batch.fields[0].numbers[batch.fields[0].begin(i)], static_cast<float>(r));
  ASSERT_EQ(integer.end(i) - integer.begin(i), r % 5 != 0 ? 1u : 0u);
  if (r % 5 != 0) {
    EXPECT_EQ(integer.integers[integer.begin(i)], 10 * r);
  }
  EXPECT_EQ(text.text_at(text.begin(i)), std::to_string(r) + std::string(static_cast<std::size_t>(r % 20), 'x'));
  ASSERT_EQ(tags.end(i) - tags.begin(i), static_cast<std::size_t>(r % 3));
  for (int t = 0; t < r % 3; ++t) {
    EXPECT_EQ(tags.text_at(tags.begin(i) + static_cast<std::size_t>(t)), "t" + std::to_string(r + t));
  }
  EXPECT_EQ(batch.label[i], static_cast<float>(r));
  EXPECT_EQ(batch.weight[i], static_cast<float>(2 * r));
  EXPECT_EQ(batch.OriginOf(i).row, static_cast<std::uint64_t>(r));
}

// The rows in order (told by their labels), each checked whole; *sizes gets the batches' sizes.
std::vector<int> ReadAll(ExampleSource& source, std::vector<std::size_t>* sizes = nullptr) {
  std::vector<int> rows;
  ExampleBatch batch;
  for (;;) {
    const Result<bool> more = source.Next(&batch);
    EXPECT_TRUE(more.ok()) << more.status().message();
    if (!more.ok() || !*more) return rows;
    if (sizes) sizes->push_back(batch.num_rows);
    for (const FieldValues& field : batch.fields) {
      EXPECT_EQ(field.row_offsets.empty() ? 0 : field.row_offsets[0], 0u);
    }
    for (std::size_t i = 0; i < batch.num_rows; ++i) {
      rows.push_back(static_cast<int>(batch.label[i]));
      ExpectRow(batch, i, rows.back());
    }
  }
}

std::vector<int> Counting(int n) {
  std::vector<int> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

TEST(Gather, CopiesRowsInTheOrderAsked) {
  const ExampleBatch rows = MakeRows(0, 50);
  const std::vector<std::uint32_t> index = {49, 0, 7, 8, 30};
  ExampleBatch picked = Gather(rows, index);
  ASSERT_EQ(picked.num_rows, 5u);
  picked.origins.rows = {49, 0, 7, 8, 30};
  for (std::size_t i = 0; i < 5; ++i) ExpectRow(picked, i, static_cast<int>(index[i]));
}

TEST(Gather, OfNoRowsIsEmpty) { EXPECT_EQ(Gather(MakeRows(0, 3), {}).num_rows, 0u); }

TEST(Gather, TakesTextOfEveryLength) {
  ExampleBatch rows;
  std::string text;
  std::vector<std::uint32_t> offsets = {0}, index;
  for (std::uint32_t size = 0; size < 70; ++size) {
    text += std::string(size, static_cast<char>('a' + size % 26));
    offsets.push_back(static_cast<std::uint32_t>(text.size()));
    index.insert(index.begin(), size);
  }
  rows.num_rows = 70;
  rows.fields.resize(1);
  rows.fields[0].text_offsets = offsets;
  rows.fields[0].text = text.data();
  const ExampleBatch picked = Gather(rows, index);
  for (std::size_t i = 0; i < 70; ++i) EXPECT_EQ(picked.fields[0].text_at(i), rows.fields[0].text_at(69 - i));
}

TEST(Rebatch, GivesBatchesOfTheSizeAskedAndAShorterLastOne) {
  TestSource inner({7, 1, 30, 12, 3});
  std::vector<std::size_t> sizes;
  EXPECT_EQ(ReadAll(*Rebatch(&inner, 10), &sizes), Counting(53));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 10, 10, 10, 10, 3}));
}

TEST(Rebatch, StartsAgainAfterRewind) {
  TestSource inner({7, 8});
  const auto source = Rebatch(&inner, 4);
  ExampleBatch batch;
  ASSERT_TRUE(source->Next(&batch).ok());
  ASSERT_TRUE(source->Rewind().ok());
  EXPECT_EQ(ReadAll(*source), Counting(15));
}

TEST(Rebatch, HandsOnAnErrorAndEnds) {
  TestSource inner({4, 4});
  inner.fail_at = 1;
  const auto source = Rebatch(&inner, 4);
  ExampleBatch batch;
  ASSERT_TRUE(source->Next(&batch).ok());
  EXPECT_EQ(source->Next(&batch).status().message(), "broken");
  EXPECT_EQ(source->Next(&batch).status().message(), "broken");
}

TEST(Rebatch, KeepsFileNamesOfRowsFromTwoFiles) {
  TestSource inner({5, 5});
  ExampleBatch batch;
  ASSERT_TRUE(Rebatch(&inner, 10)->Next(&batch).ok());
  EXPECT_EQ(batch.OriginOf(4).ToString(), "a.csv row 4");
  EXPECT_EQ(batch.OriginOf(5).ToString(), "b.csv row 5");
}

TEST(Shuffle, MovesRowsWithinWindowsOnly) {
  TestSource inner({30, 30, 30, 13});
  std::vector<std::size_t> sizes;
  std::vector<int> rows = ReadAll(*ShuffleSource::Create(&inner, 8, 50, 1), &sizes);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7}));
  ASSERT_EQ(rows.size(), 103u);
  EXPECT_NE(rows, Counting(103));
  std::sort(rows.begin(), rows.begin() + 50);
  std::sort(rows.begin() + 50, rows.begin() + 100);
  std::sort(rows.begin() + 100, rows.end());
  EXPECT_EQ(rows, Counting(103));
}

TEST(Shuffle, OfTheWholeMovesRowsAnywhere) {
  TestSource inner({30, 30, 40});
  std::vector<int> rows = ReadAll(*ShuffleSource::Create(&inner, 16, SIZE_MAX, 1));
  EXPECT_TRUE(std::any_of(rows.begin(), rows.begin() + 30, [](int row) { return row >= 60; }));
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows, Counting(100));
}

TEST(Shuffle, WithoutWindowKeepsTheOrder) {
  TestSource inner({30, 5});
  EXPECT_EQ(ReadAll(*ShuffleSource::Create(&inner, 8, 0, 1)), Counting(35));
}

TEST(Shuffle, DoesNotDependOnTheBatchesOfTheInnerSource) {
  TestSource one({100}), many({1, 2, 3, 44, 50});
  EXPECT_EQ(ReadAll(*ShuffleSource::Create(&one, 8, 30, 5)), ReadAll(*ShuffleSource::Create(&many, 8, 30, 5)));
}

TEST(Shuffle, HasANewOrderInEachPassAndTheSameOneWhenResumed) {
  TestSource inner({60}), again({60});
  const auto source = ShuffleSource::Create(&inner, 8, 30, 1);
  const std::vector<int> first = ReadAll(*source);
  ASSERT_TRUE(source->Rewind().ok());
  const std::vector<int> second = ReadAll(*source);
  EXPECT_NE(first, second);
  const auto resumed = ShuffleSource::Create(&again, 8, 30, 1);
  resumed->SetPass(1);
  EXPECT_EQ(ReadAll(*resumed), second);
  ASSERT_TRUE(again.Rewind().ok());
  EXPECT_NE(ReadAll(*ShuffleSource::Create(&again, 8, 30, 2)), first);
}

TEST(HoldOut, PartsTheRowsInTwoByTheirNumbers) {
  const auto read = [](bool held_out) {
    const auto source = HoldOut(std::make_unique<TestSource>(std::vector<int>{100, 1, 300}), 0.25, 3, held_out);
    std::vector<int> rows = ReadAll(*source);
    EXPECT_TRUE(source->Rewind().ok());
    EXPECT_EQ(ReadAll(*source), rows);
    return rows;
  };
  std::vector<int> rest = read(false), held = read(true);
  EXPECT_NEAR(static_cast<double>(held.size()), 100, 30);
  for (const int row : held) EXPECT_TRUE(IsHeldOut(3, static_cast<std::uint64_t>(row), 0.25));
  rest.insert(rest.end(), held.begin(), held.end());
  std::sort(rest.begin(), rest.end());
  EXPECT_EQ(rest, Counting(401));
}

TEST(HoldOut, OfNothingAndOfAll) {
  EXPECT_TRUE(ReadAll(*HoldOut(std::make_unique<TestSource>(std::vector<int>{5}), 0, 1, true)).empty());
  EXPECT_EQ(ReadAll(*HoldOut(std::make_unique<TestSource>(std::vector<int>{5}), 0, 1, false)).size(), 5u);
  EXPECT_EQ(ReadAll(*HoldOut(std::make_unique<TestSource>(std::vector<int>{5}), 1, 1, true)).size(), 5u);
}

}  // namespace
}  // namespace thalweg

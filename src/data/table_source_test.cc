#include "data/table_source.h"

#include <gmock/gmock.h>

#include "base/strings.h"

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// Rows of CSV cells from memory, `chunk_rows` at a time.
class Cells : public RawSource {
 public:
  Cells(std::vector<std::string> names, std::vector<std::vector<std::string>> rows, std::size_t chunk_rows)
      : names_(std::move(names)), rows_(std::move(rows)), chunk_rows_(chunk_rows) {}
  Result<bool> Next(RawChunk* chunk) override {
    *chunk = RawChunk();
    if (at_ == rows_.size()) return false;
    chunk->num_rows = std::min(chunk_rows_, rows_.size() - at_);
    chunk->file = file_;
    chunk->first_row = at_ + 1;
    for (std::size_t c = 0; c < names_.size(); ++c) {
      struct Store {
        std::string text;
        std::vector<std::uint32_t> offsets{0};
      };
      auto store = std::make_shared<Store>();
      for (std::size_t r = 0; r < chunk->num_rows; ++r) {
        store->text += rows_[at_ + r][c];
        store->offsets.push_back(static_cast<std::uint32_t>(store->text.size()));
      }
      RawColumn column;
      column.name = names_[c];
      column.cells = true;
      column.text = store->text.data();
      column.text_offsets = store->offsets;
      column.owner = store;
      chunk->columns.push_back(std::move(column));
    }
    at_ += chunk->num_rows;
    return true;
  }
  Status Rewind() override {
    at_ = 0;
    return Status::Ok();
  }
  const ReadSpec& read() const override { return read_; }
  std::vector<std::string> column_names() const override { return names_; }
  bool typed() const override { return false; }

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
  std::size_t chunk_rows_, at_ = 0;
  ReadSpec read_;
  std::shared_ptr<const std::string> file_ = std::make_shared<const std::string>("rows.csv");
};

class TableSourceTest : public testing::Test {
 protected:
  TableSourceTest() {
    FieldSpec age;
    age.name = "age";
    age.dtype = DType::kNumber;
    options_.schema.fields = {age};
    options_.task = "binary";
    options_.label.name = "y";
    options_.label.classes = {"no", "yes"};
    options_.weight = "w";
  }
  std::string Read(std::vector<std::vector<std::string>> rows, std::size_t chunk_rows = 2) {
    auto source = TableSource::Create(std::make_unique<Cells>(names_, std::move(rows), chunk_rows), options_);
    if (!source.ok()) return source.status().message();
    source_ = std::move(*source);
    return Pass();
  }
  std::string Pass() {
    std::string out;
    ExampleBatch batch;
    while (true) {
      const Result<bool> more = source_->Next(&batch);
      if (!more.ok()) return more.status().message();
      if (!*more) return out;
      for (std::size_t row = 0; row < batch.num_rows; ++row) {
        const std::size_t i = batch.fields[0].begin(row);
        out += batch.OriginOf(row).ToString() + ": " +
               (i == batch.fields[0].end(row) ? "-" : FormatNumber(batch.fields[0].numbers[i])) + " is " +
               FormatNumber(batch.label[row]) + " by " + FormatNumber(batch.weight[row]) + "\n";
      }
    }
  }
  std::vector<std::string> names_ = {"w", "age", "y"};
  TableOptions options_;
  std::unique_ptr<TableSource> source_;
};

TEST_F(TableSourceTest, RowsHaveFieldsLabelAndWeight) {
  EXPECT_EQ(Read({{"1", "42", "yes"}, {"0.5", "", "no"}, {"0", "7", "yes"}}),
            "rows.csv row 1: 42 is 1 by 1\nrows.csv row 2: - is 0 by 0.5\nrows.csv row 3: 7 is 1 by 0\n");
  ASSERT_TRUE(source_->Rewind().ok());
  EXPECT_THAT(Pass(), StartsWith("rows.csv row 1: 42 is 1"));
}

TEST_F(TableSourceTest, ARowWithoutALabelIsBad) {
  EXPECT_THAT(Read({{"1", "42", ""}}), StartsWith("rows.csv row 1: field \"y\": no label"));
}

TEST_F(TableSourceTest, AnUnknownClassIsNamedWithTheKnownOnes) {
  EXPECT_THAT(Read({{"1", "42", "no"}, {"1", "42", "yess"}}),
              testing::AllOf(StartsWith("rows.csv row 2: field \"y\": \"yess\""), HasSubstr("Did you mean \"yes\"?"),
                             HasSubstr("no, yes")));
  options_.on_bad_row = OnBadRow::kSkip;
  EXPECT_THAT(Read({{"1", "42", "yess"}}), HasSubstr("\"yess\"")) << "not a row to skip, but another table";
  options_.unknown_class_is_error = false;
  EXPECT_EQ(Read({{"1", "42", "no"}, {"1", "42", "yess"}}), "rows.csv row 1: 42 is 0 by 1\n");
}

TEST_F(TableSourceTest, BadWeightsAreBadRows) {
  EXPECT_THAT(Read({{"-1", "42", "no"}}),
              HasSubstr("row 1: field \"w\": found -1, expected a weight that is not negative"));
  EXPECT_THAT(Read({{"", "42", "no"}}), HasSubstr("no weight"));
  EXPECT_THAT(Read({{"nan", "42", "no"}}), HasSubstr("found \"nan\", expected a number"));
}

TEST_F(TableSourceTest, ANumberAsLabel) {
  options_.task = "regression";
  EXPECT_EQ(Read({{"1", "42", "2.5"}}), "rows.csv row 1: 42 is 2.5 by 1\n");
  EXPECT_THAT(Read({{"1", "42", "high"}}), HasSubstr("field \"y\": found \"high\", expected a number"));
}

TEST_F(TableSourceTest, AnAbsentFieldIsNamedWithTheNearest) {
  options_.label.name = "yy";
  EXPECT_THAT(Read({{"1", "42", "no"}}), HasSubstr("\"yy\""));
}

TEST_F(TableSourceTest, SkippedRowsAreCountedAndTheFirstFiveKept) {
  options_.on_bad_row = OnBadRow::kSkip;
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 7; ++i) rows.push_back({i % 2 == 0 ? "1" : "-1", "old", "no"});
  rows.push_back({"1", "42", "no"});
  EXPECT_EQ(Read(rows, 3), "rows.csv row 8: 42 is 0 by 1\n");
  EXPECT_EQ(source_->bad_rows().rows, 7u);
  ASSERT_EQ(source_->bad_rows().examples.size(), 5u);
  EXPECT_EQ(source_->bad_rows().examples[1], "rows.csv row 2: field \"age\": found \"old\", expected a number");
}

TEST_F(TableSourceTest, TheFirstBadRowIsNamedWhicheverFieldIsBad) {
  EXPECT_THAT(Read({{"1", "1", "no"}, {"-1", "1", "no"}, {"1", "old", "no"}}, 3),
              StartsWith("rows.csv row 2: field \"w\""));
}

TEST_F(TableSourceTest, TheModelMayRefuseRows) {
  options_.on_bad_row = OnBadRow::kSkip;
  options_.check = [](const ExampleBatch& batch, std::vector<BadCell>* bad) {
    for (std::size_t row = 0; row < batch.num_rows; ++row) {
      if (batch.fields[0].begin(row) == batch.fields[0].end(row)) bad->push_back({row, "field \"age\": missing"});
    }
  };
  EXPECT_EQ(Read({{"1", "", "no"}, {"1", "2", "no"}}), "rows.csv row 2: 2 is 0 by 1\n");
  EXPECT_THAT(source_->bad_rows().examples, ElementsAre("rows.csv row 1: field \"age\": missing"));
}

TEST_F(TableSourceTest, TheFingerprintDoesNotSeeChunks) {
  const std::vector<std::vector<std::string>> rows = {
      {"1", "42", "yes"}, {"0.5", "", "no"}, {"0", "7", "yes"}, {"1", "8", "no"}};
  (void)Read(rows, 1);
  const std::uint64_t fingerprint = source_->fingerprint();
  EXPECT_NE(fingerprint, 0u);
  for (const std::size_t chunk_rows : {2, 3, 4}) {
    (void)Read(rows, chunk_rows);
    EXPECT_EQ(source_->fingerprint(), fingerprint);
  }
  auto other = rows;
  other[2][0] = "0.25";
  (void)Read(other);
  EXPECT_NE(source_->fingerprint(), fingerprint);
}

}  // namespace
}  // namespace thalweg

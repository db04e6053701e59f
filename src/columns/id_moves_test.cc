// Where the ids of one model stand among those of another.
#include "columns/id_moves.h"

#include "columns/columns_testing.h"

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Kind = IdMoves::Kind;
using Words = std::vector<std::string>;

IdMoves Between(ModelSpec there, ModelSpec here, const std::string& column) {
  for (ModelSpec* spec : {&there, &here}) EXPECT_TRUE(SettleColumns(spec).ok());
  const auto mover = IdMover::Create(there, here);
  EXPECT_TRUE(mover.ok()) << mover.status().message();
  const auto moves = mover->Between(column, column);
  EXPECT_TRUE(moves.ok()) << moves.status().message();
  return *moves;
}
IdMoves OfColumn(const ColumnSpec& there, const ColumnSpec& here) { return Between(WideSpecOf({there}), WideSpecOf({here}), here.name); }

TEST(IdMovesTest, AWordIsFoundWhereverItStands) {
  const IdMoves moves = OfColumn(VocabularyListColumn("f", {"a", "b", "c"}, 2), VocabularyListColumn("f", {"z", "c", "a"}, 1));
  EXPECT_EQ(moves.kind, Kind::kByWord);
  EXPECT_THAT(moves.from, ElementsAre(kNotThere, 2, 0, kNotThere));
  EXPECT_EQ(moves.known, 2u);
  EXPECT_EQ(moves.words, 3u);
}

TEST(IdMovesTest, EqualVocabulariesAreTheSameBucketsOfOtherWordsToo) {
  EXPECT_EQ(OfColumn(VocabularyListColumn("f", {"a", "b"}, 2), VocabularyListColumn("f", {"a", "b"}, 2)).kind, Kind::kSame);
  EXPECT_THAT(OfColumn(VocabularyListColumn("f", {"a", "b"}, 2), VocabularyListColumn("f", {"a", "b"}, 1)).from, ElementsAre(0, 1, kNotThere));
}

TEST(IdMovesTest, FittedWordsCountAsGivenOnes) {
  ModelSpec there = WideSpecOf({{"f", "vocabulary_list", {}}});
  there.fitted["f"]["vocabulary"] = Words{"b", "a"};
  EXPECT_THAT(Between(there, WideSpecOf({VocabularyListColumn("f", {"a", "b"})}), "f").from, ElementsAre(1, 0));
}

TEST(IdMovesTest, WithoutACommonWordNothingIsOfUse) {
  EXPECT_EQ(OfColumn(VocabularyListColumn("f", {"a"}), VocabularyListColumn("f", {"b"})).kind, Kind::kLost);
}

TEST(IdMovesTest, HashesAndNumbersMeanTheSame) {
  EXPECT_EQ(OfColumn(HashBucketColumn("f", 9), HashBucketColumn("f", 9)).kind, Kind::kSame);
  EXPECT_EQ(OfColumn(IdentityColumn("f", 9), IdentityColumn("f", 9)).kind, Kind::kSame);
  EXPECT_EQ(OfColumn(IdentityColumn("f", 9), HashBucketColumn("f", 9)).kind, Kind::kLost);
}

TEST(IdMovesTest, ThroughEmbeddingIndicatorAndWeights) {
  const auto spec = [](Words words) {
    ModelSpec made = WideSpecOf({VocabularyListColumn("f", std::move(words)), WeightedColumn("f", "w"), EmbeddingColumn("f_weighted_by_w", 2)});
    made.wide.columns = {"f", "f_weighted_by_w"};
    made.deep.columns = {"f_weighted_by_w_embedding"};
    made.deep.hidden_units = {2};
    return made;
  };
  EXPECT_THAT(Between(spec({"a", "b"}), spec({"b", "a"}), "f_weighted_by_w_embedding").from, ElementsAre(1, 0));
}

TEST(IdMovesTest, OtherCutsAreTakenAndToldOf) {
  const auto spec = [](double cut) {
    ModelSpec made = WideSpecOf({NumericColumn("x"), BucketizedColumn("x", {cut}), CrossedColumn({"x_bucketized", "f"}, 9)});
    made.wide.columns = {"x_bucketized", "x_bucketized_X_f"};
    std::sort(made.columns.begin(), made.columns.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (ColumnSpec& column : made.columns) {
      if (column.kind == "crossed") made.wide.columns[1] = column.name;
    }
    return made;
  };
  const IdMoves moves = Between(spec(1), spec(2), "x_bucketized");
  EXPECT_EQ(moves.kind, Kind::kSame);
  EXPECT_THAT(moves.why, HasSubstr("other cuts there"));
  EXPECT_THAT(Between(spec(1), spec(1), "x_bucketized").why, IsEmpty());
  EXPECT_EQ(Between(spec(1), spec(2), spec(1).wide.columns[1]).kind, Kind::kSame);
}

}  // namespace
}  // namespace thalweg

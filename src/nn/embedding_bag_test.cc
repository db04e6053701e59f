#include "nn/embedding_bag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/layer_trial.h"
#include "nn/multi_hot.h"

namespace thalweg {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

Parameter TableOf(std::size_t rows, std::size_t dim, std::vector<float> values) {
  Parameter table;
  table.storage.Resize(rows, dim);
  std::copy(values.begin(), values.end(), table.storage.data());
  table.value = table.storage.view();
  return table;
}

IdLists Lists(std::vector<std::vector<std::int32_t>> rows, std::vector<float> weights = {}) {
  IdLists lists;
  lists.Clear();
  for (const auto& row : rows) {
    lists.ids.insert(lists.ids.end(), row.begin(), row.end());
    lists.offsets.push_back(static_cast<std::uint32_t>(lists.ids.size()));
  }
  lists.weights = std::move(weights);
  return lists;
}

std::vector<float> LookUp(const EmbeddingBag& bag, const IdLists& lists) {
  Matrix out(lists.num_rows(), bag.dim());
  out.Fill(9);
  bag.Lookup(lists, 0, out.view());
  return {out.span().begin(), out.span().end()};
}

TEST(EmbeddingBag, CombinesAsTensorFlowDoes) {
  const Parameter table = TableOf(2, 2, {1, 2, 3, 4});
  const IdLists lists = Lists({{0, 1}}, {2, 1});
  EXPECT_THAT(LookUp(EmbeddingBag(&table, Combiner::kSum), lists), ElementsAre(5, 8));
  EXPECT_THAT(LookUp(EmbeddingBag(&table, Combiner::kMean), lists),
              ElementsAre(FloatNear(1.6667f, 1e-4f), FloatNear(2.6667f, 1e-4f)));
  EXPECT_THAT(LookUp(EmbeddingBag(&table, Combiner::kSqrtN), lists),
              ElementsAre(FloatNear(2.23607f, 1e-5f), FloatNear(3.57771f, 1e-5f)));
}

TEST(EmbeddingBag, DropsUnknownIdsAndGivesZerosWhenNothingIsLeft) {
  const Parameter table = TableOf(2, 1, {10, 20});
  const IdLists lists = Lists({{}, {-1}, {-1, 1}, {0, 1}, {0}});
  EXPECT_THAT(LookUp(EmbeddingBag(&table, Combiner::kMean), lists), ElementsAre(0, 0, 20, 15, 10));
  EXPECT_THAT(LookUp(EmbeddingBag(&table, Combiner::kSum), lists), ElementsAre(0, 0, 20, 30, 10));
}

TEST(EmbeddingBag, OnlySumKeepsWeightsThatAreNotPositive) {
  const Parameter table = TableOf(3, 1, {1, 10, 100});
  const IdLists lists = Lists({{2, 0}}, {-1, 0.5f});
  EXPECT_THAT(LookUp(EmbeddingBag(&table, Combiner::kSum), lists), ElementsAre(-99.5f));
  EXPECT_THAT(LookUp(EmbeddingBag(&table, Combiner::kMean), lists), ElementsAre(1.0f));
}

TEST(EmbeddingBag, ClipsLongVectorsAndLeavesShortOnes) {
  const Parameter table = TableOf(2, 2, {3, 4, 0.3f, 0.4f});
  const std::vector<float> out = LookUp(EmbeddingBag(&table, Combiner::kMean, 1.0), Lists({{0}, {1}}));
  EXPECT_THAT(out, ElementsAre(FloatNear(0.6f, 1e-6f), FloatNear(0.8f, 1e-6f), 0.3f, 0.4f));
}

TEST(EmbeddingBag, GradientOfEveryCombinerAgreesWithDifferences) {
  const std::vector<std::vector<std::int32_t>> rows = {{0, 3, 3}, {}, {1}, {-1, 2}, {4, 0}, {3}};
  const std::vector<float> weights = {0.5f, 2, -1, 1.5f, 1, 0.7f, 1.2f, 0.4f, 2};
  for (const Combiner combiner : {Combiner::kSum, Combiner::kMean, Combiner::kSqrtN}) {
    for (const double max_norm : {0.0, 1.3}) {
      for (const bool weighted : {false, true}) {
        SCOPED_TRACE(testing::Message() << static_cast<int>(combiner) << ' ' << max_norm << ' ' << weighted);
        const IdLists lists = Lists(rows, weighted ? weights : std::vector<float>());
        Parameter table = TableOf(6, 3, std::vector<float>(18));
        FillAwayFromZero(1, table.storage.span());
        const EmbeddingBag bag(&table, combiner, max_norm);
        Matrix dout(rows.size(), 3), along(6, 3);
        FillAwayFromZero(2, dout.span());
        FillAwayFromZero(3, along.span());
        GroupedLists grouped;
        grouped.Group(lists);
        SparseGradient gradient;
        std::vector<float> scratch;
        bag.Gradient(lists, grouped, dout.view(), &scratch, &gradient);
        EXPECT_THAT(gradient.rows, ElementsAre(0, 1, 2, 3, 4));
        double expected = 0;
        for (std::size_t i = 0; i < gradient.rows.size(); ++i) {
          expected += Inner({gradient.values.row(i), 3}, {along.row(static_cast<std::size_t>(gradient.rows[i])), 3});
        }
        const auto loss = [&] { return Inner(LookUp(bag, lists), dout.span()); };
        EXPECT_NEAR(AlongDirection(table.storage.span(), along.span(), 2e-3, loss), expected, 2e-3);
      }
    }
  }
}

TEST(EmbeddingBag, RowsWhoseEveryIdWasDroppedAreNotTouched) {
  const Parameter table = TableOf(3, 1, {1, 2, 3});
  const IdLists lists = Lists({{0, 1}, {2}}, {0, 1, -1});
  GroupedLists grouped;
  grouped.Group(lists);
  Matrix dout(2, 1);
  dout.Fill(1);
  SparseGradient gradient;
  std::vector<float> scratch;
  EmbeddingBag(&table, Combiner::kMean).Gradient(lists, grouped, dout.view(), &scratch, &gradient);
  EXPECT_THAT(gradient.rows, ElementsAre(1));
  EXPECT_THAT(gradient.values.span(), ElementsAre(1.0f));
}

TEST(MultiHot, CountsAndWeighsWithoutBeingMadeDense) {
  const IdLists lists = Lists({{1, 1, -1}, {0, 9}, {}});
  const float w[] = {1, 10, 100, 1000};
  float y[] = {0, 0, 0};
  MultiHotMultiplyAdd(lists, 0, {w, 4, 1, 1}, {y, 3, 1, 1});
  EXPECT_THAT(y, ElementsAre(20, 1, 0));
  const float dy[] = {1, 2, 4};
  float dw[] = {7, 7};
  EXPECT_TRUE(MultiHotOuterProductSum(lists, 0, {dy, 3, 1, 1}, {dw, 2, 1, 1}));
  EXPECT_THAT(dw, ElementsAre(2, 2));
  EXPECT_FALSE(MultiHotOuterProductSum(lists, 2, {dy, 3, 1, 1}, {dw, 2, 1, 1}));
  EXPECT_THAT(dw, ElementsAre(0, 0));
}

TEST(EmbeddingBag, TouchesTheFirstRowWhereNothingIsLeftAsTensorFlowDoes) {
  const Parameter table = TableOf(4, 1, {1, 2, 3, 4});
  const Matrix slope = [] { Matrix m(3, 1); m.Fill(1); return m; }();
  const auto gradient = [&](const IdLists& lists, bool as_there) {
    GroupedLists groups;
    groups.Group(lists);
    std::vector<float> scratch;
    SparseGradient out;
    EmbeddingBag(&table, Combiner::kMean, 0, as_there).Gradient(lists, groups, slope.view(), &scratch, &out);
    return std::pair(out.rows, std::vector<float>(out.values.span().begin(), out.values.span().end()));
  };
  EXPECT_THAT(gradient(Lists({{2}, {-1}, {}}), true), testing::Pair(ElementsAre(0, 2), ElementsAre(0, 1)));
  EXPECT_THAT(gradient(Lists({{2}, {-1}, {0}}), true), testing::Pair(ElementsAre(0, 2), ElementsAre(1, 1)));
  EXPECT_THAT(gradient(Lists({{2}, {3}, {2}}), true), testing::Pair(ElementsAre(2, 3), ElementsAre(2, 1)));
  EXPECT_THAT(gradient(Lists({{2}, {-1}, {}}), false), testing::Pair(ElementsAre(2), ElementsAre(1)));
}

}  // namespace
}  // namespace thalweg

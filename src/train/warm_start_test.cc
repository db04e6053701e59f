// What was learnt of a word, a class or a column goes to that word, class or column.
#include <gmock/gmock.h>

#include "train/trainer_testing.h"

namespace thalweg {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kWide = "linear/linear_model/shop/weights";
constexpr const char* kCross = "linear/linear_model/shop_X_tags/weights";
constexpr const char* kTable = "dnn/input_from_feature_columns/input_layer/shop_embedding/embedding_weights";
constexpr const char* kKernel = "dnn/hiddenlayer_0/kernel";

using Words = std::vector<std::string>;
using Weights = std::map<std::string, std::vector<float>>;

// Two columns of its own of the vocabulary, wide and deep, one of counts and a cross of it.
ModelSpec VocabularySpec(Words words, std::int64_t oov = 1) {
  ModelSpec spec = SmallSpec();
  ColumnSpec cross = CrossedColumn({"column:shop", "tags"}, 30);
  cross.name = "shop_X_tags";
  spec.columns = {VocabularyListColumn("shop", std::move(words), oov), EmbeddingColumn("shop", 4), IndicatorColumn("shop"), cross,
                  HashBucketColumn("tags", 11), NumericColumn("x")};
  spec.wide.columns = {"shop", "shop_X_tags"};
  spec.deep.columns = {"shop_embedding", "shop_indicator", "x"};
  spec.deep.hidden_units = {3};
  return spec;
}

class WarmStartTest : public TrainingFolder {
 protected:
  Weights TrainOld(const ModelSpec& spec, bool keep_slots = false) {
    RunOptions run;
    run.model_path = In("old.thalweg");
    run.keep_slots = keep_slots;
    Weights weights;
    const auto rows = Rows(spec);
    const auto report = TrainOn(spec, run, *rows, nullptr, &weights);
    EXPECT_TRUE(report.ok()) << report.status().message();
    return weights;
  }
  RunOptions Warm(const std::string& only = "") {
    RunOptions run;
    run.warm_start_model = In("old.thalweg");
    run.warm_start_only = only;
    run.on_event = [this](const TrainEvent& event) {
      if (event.kind == TrainEvent::Kind::kNote) notes_.push_back(event.text);
    };
    notes_.clear();
    return run;
  }
  Weights Started(const ModelSpec& spec, const std::string& only = "") { return StartedBy(spec, Warm(only)); }
  static Weights StartedBy(const ModelSpec& spec, const RunOptions& run) {
    Weights weights;
    Result<Trainer> trainer = Trainer::Create(spec, run);
    EXPECT_TRUE(trainer.ok()) << trainer.status().message();
    if (!trainer.ok()) return weights;
    for (const std::string& name : trainer->ParameterNames()) weights[name] = *trainer->GetParameter(name);
    return weights;
  }
  static std::vector<float> Row(const Weights& weights, const std::string& name, std::size_t row, std::size_t cols) {
    const std::vector<float>& all = weights.at(name);
    return {all.begin() + static_cast<std::ptrdiff_t>(row * cols), all.begin() + static_cast<std::ptrdiff_t>((row + 1) * cols)};
  }
  std::vector<std::string> notes_;
};

TEST_F(WarmStartTest, AWordKeepsItsWeightsWhereverItStands) {
  const Weights old = TrainOld(VocabularySpec({"s1", "s2", "s3"}));
  const Weights now = Started(VocabularySpec({"s9", "s3", "s1"}));   // equal size: once, s9 would have got s1's
  EXPECT_THAT(now.at(kWide), ElementsAreArray({0.0f, old.at(kWide)[2], old.at(kWide)[0], 0.0f}));
  EXPECT_NE(old.at(kWide)[0], 0);
  EXPECT_EQ(Row(now, kTable, 1, 4), Row(old, kTable, 2, 4));
  EXPECT_EQ(Row(now, kTable, 2, 4), Row(old, kTable, 0, 4));
  EXPECT_THAT(Row(now, kTable, 0, 4), Each(0));   // a new word
  EXPECT_THAT(Row(now, kTable, 3, 4), Each(0));   // words not listed
  // The kernel: 4 numbers of the embedding, then a row a word of the indicator, then x.
  for (const auto& [mine, theirs] : {std::pair(0, 0), {3, 3}, {5, 6}, {6, 4}, {8, 8}}) EXPECT_EQ(Row(now, kKernel, mine, 3), Row(old, kKernel, theirs, 3));
  EXPECT_THAT(Row(now, kKernel, 4, 3), Each(0));
  EXPECT_THAT(notes_, Contains(HasSubstr("by word; new words, and those not listed, begin with zeros: shop (2 of 3 words are there too)")));
}

TEST_F(WarmStartTest, AVocabularyMayGrowAndShrink) {
  const Weights old = TrainOld(VocabularySpec({"s1", "s2", "s3"}, 0));
  const Weights more = Started(VocabularySpec({"s3", "s4", "s1", "s5", "s2"}, 2));
  EXPECT_THAT(more.at(kWide), ElementsAreArray({old.at(kWide)[2], 0.0f, old.at(kWide)[0], 0.0f, old.at(kWide)[1], 0.0f, 0.0f}));
  EXPECT_THAT(Started(VocabularySpec({"s3"}, 0)).at(kWide), ElementsAreArray({old.at(kWide)[2]}));
}

TEST_F(WarmStartTest, EqualVocabulariesKeepAll) {
  const Weights old = TrainOld(VocabularySpec({"s1", "s2", "s3"}));
  EXPECT_EQ(Started(VocabularySpec({"s1", "s2", "s3"})), old);
  EXPECT_EQ(notes_.size(), 1u);
}

TEST_F(WarmStartTest, ACrossOfAnotherVocabularyBeginsAnewAndSaysSo) {
  const Weights old = TrainOld(VocabularySpec({"s1", "s2", "s3"}));
  EXPECT_THAT(old.at(kCross), Contains(Not(0)));
  EXPECT_THAT(Started(VocabularySpec({"s3", "s2", "s1"})).at(kCross), Each(0));
  EXPECT_THAT(notes_, Contains(HasSubstr("begin anew, they hash places in vocabularies that have other words there: shop_X_tags")));
}

TEST_F(WarmStartTest, ACrossKeepsItsWeightsWhereWordsWereAddedAtTheEnd) {
  const Weights old = TrainOld(VocabularySpec({"s1", "s2", "s3"}, 0));
  EXPECT_EQ(Started(VocabularySpec({"s1", "s2", "s3", "s4"}, 0)).at(kCross), old.at(kCross));
  TrainOld(VocabularySpec({"s1", "s2", "s3"}, 1));   // here s4 would have the id of words not listed
  EXPECT_THAT(Started(VocabularySpec({"s1", "s2", "s3", "s4"}, 1)).at(kCross), Each(0));
}

TEST_F(WarmStartTest, ACrossOfOtherKeysBeginsAnew) {
  TrainOld(VocabularySpec({"s1", "s2", "s3"}));
  ModelSpec spec = VocabularySpec({"s1", "s2", "s3"});
  for (ColumnSpec& column : spec.columns) {
    if (column.kind == "crossed") column.params["keys"] = Words{"tags", "column:shop"};
  }
  EXPECT_THAT(Started(spec).at(kCross), Each(0));
  EXPECT_THAT(notes_, Contains(HasSubstr("begin anew, other keys there: shop_X_tags")));
}

TEST_F(WarmStartTest, AColumnOfAnotherKindBeginsAnew) {
  TrainOld(VocabularySpec({"s1", "s2", "s3"}, 0));
  ModelSpec spec = VocabularySpec({"s1"}, 0);
  spec.columns[0] = HashBucketColumn("shop", 3);   // as many rows
  spec.columns.erase(spec.columns.begin() + 3);    // no cross
  spec.wide.columns = {"shop", "tags"};
  EXPECT_THAT(Started(spec).at(kWide), Each(0));
  EXPECT_THAT(notes_, Contains(HasSubstr("begin anew, of the kind \"vocabulary_list\" there: shop")));
}

TEST_F(WarmStartTest, AColumnThatIsAddedLeavesTheFirstLayerOfTheOthers) {
  ModelSpec spec = VocabularySpec({"s1", "s2", "s3"});
  const Weights old = TrainOld(spec);
  spec.columns.push_back(EmbeddingColumn("tags", 2));
  spec.deep.columns.push_back("tags_embedding");   // between shop_indicator and x
  const Weights now = Started(spec), cold = StartedBy(spec, {});
  EXPECT_EQ(Row(now, kKernel, 7, 3), Row(old, kKernel, 7, 3));
  EXPECT_EQ(Row(now, kKernel, 8, 3), Row(cold, kKernel, 8, 3));
  EXPECT_EQ(Row(now, kKernel, 10, 3), Row(old, kKernel, 8, 3));   // x
  EXPECT_THAT(notes_, Contains(HasSubstr("dnn/hiddenlayer_0/kernel: rows that begin anew: tags_embedding (not there)")));
}

TEST_F(WarmStartTest, ColumnsOfEqualWidthAreNotMistakenForEachOther) {
  TrainOld(SmallSpec());
  ModelSpec other = SmallSpec();
  for (ColumnSpec& column : other.columns) {
    if (column.name == "tags_embedding") column.name = "labels_embedding";   // 3 numbers, still before shop's
  }
  other.deep.columns = {"labels_embedding", "shop_embedding", "x"};
  const Weights now = Started(other), cold = StartedBy(other, {});
  EXPECT_EQ(Row(now, kKernel, 0, 8), Row(cold, kKernel, 0, 8));
  EXPECT_NE(Row(now, kKernel, 3, 8), Row(cold, kKernel, 3, 8));
}

TEST_F(WarmStartTest, ClassesKeepTheirLogits) {
  ModelSpec spec = VocabularySpec({"s1", "s2", "s3"});
  spec.task = spec.head.kind = "multiclass";
  spec.label = {"y", {"a", "b", "c"}, ""};
  const Weights old = TrainOld(spec);
  spec.label.classes = {"d", "b", "a", "e"};
  const Weights now = Started(spec);
  const std::vector<float>& from = old.at("dnn/logits/kernel");
  const std::vector<float>& to = now.at("dnn/logits/kernel");
  ASSERT_EQ(to.size(), 12u);
  for (std::size_t r = 0; r < 3; ++r) EXPECT_THAT(Row(now, "dnn/logits/kernel", r, 4), ElementsAreArray({0.0f, from[r * 3 + 1], from[r * 3], 0.0f}));
  EXPECT_THAT(now.at("linear/linear_model/bias_weights"),
              ElementsAreArray({0.0f, old.at("linear/linear_model/bias_weights")[1], old.at("linear/linear_model/bias_weights")[0], 0.0f}));
  EXPECT_THAT(notes_, Contains(HasSubstr("classes: 2 of 4 are there too; the others begin with zeros")));
}

TEST_F(WarmStartTest, AnotherPositiveClassIsNotTheOldOne) {
  TrainOld(VocabularySpec({"s1", "s2", "s3"}));
  ModelSpec spec = VocabularySpec({"s1", "s2", "s3"});
  spec.label = {"y", {"yes", "no"}, "no"};
  const Weights now = Started(spec);
  EXPECT_THAT(now.at(kWide), Each(0));
  EXPECT_THAT(notes_, Contains(HasSubstr("classes: none of them is there")));
}

TEST_F(WarmStartTest, OnlyTheChosenAreTaken) {
  const ModelSpec spec = VocabularySpec({"s1", "s2", "s3"});
  const Weights old = TrainOld(spec), cold = StartedBy(spec, {});
  const Weights wide = Started(spec, "linear/");
  EXPECT_EQ(wide.at(kWide), old.at(kWide));
  EXPECT_EQ(wide.at(kTable), cold.at(kTable));
  EXPECT_THAT(notes_, Contains(HasSubstr("not chosen")));
  EXPECT_EQ(Started(spec, ".*shop_embedding").at(kTable), old.at(kTable));
  // From the start of the name, as TensorFlow does it.
  EXPECT_THAT(Trainer::Create(spec, Warm("linear_model")).status().message(), HasSubstr("no parameter of this model has a name that begins as the expression says"));
  const Status status = Trainer::Create(spec, Warm("linear(")).status();
  EXPECT_EQ(status.code(), StatusCode::kUsage);
  EXPECT_THAT(status.message(), HasSubstr("\"linear(\" is not a regular expression"));
}

TEST_F(WarmStartTest, WhatOptimizersRememberMovesWithTheWords) {
  const auto train = [&](const ModelSpec& spec) {
    RunOptions run = Warm();
    Weights weights;
    const auto rows = Rows(spec, {.stream = 4});
    const auto report = TrainOn(spec, run, *rows, nullptr, &weights);
    EXPECT_TRUE(report.ok()) << report.status().message();
    return weights;
  };
  ModelSpec spec = VocabularySpec({"s1", "s2", "s3"}, 0);
  spec.columns.erase(spec.columns.begin() + 3);   // no cross
  spec.wide.columns = {"shop", "tags"};
  spec.columns.erase(spec.columns.begin() + 2);   // nor counts
  spec.deep.columns = {"shop_embedding", "x"};
  TrainOld(spec, true);
  const Weights straight = train(spec);
  EXPECT_THAT(notes_, Contains("the optimizers go on from step 39"));
  ModelSpec turned = spec;
  turned.columns[0].params["vocabulary"] = Words{"s3", "s1", "s2"};
  const Weights moved = train(turned);
  EXPECT_THAT(notes_, Contains("the optimizers go on from step 39"));
  EXPECT_THAT(moved.at(kWide), ElementsAreArray({straight.at(kWide)[2], straight.at(kWide)[0], straight.at(kWide)[1]}));
  EXPECT_EQ(Row(moved, kTable, 0, 4), Row(straight, kTable, 2, 4));
  // Some parameters only: the optimizers' memory would not be theirs.
  RunOptions run = Warm("dnn/");
  const auto rows = Rows(spec);
  ASSERT_TRUE(TrainOn(spec, run, *rows).ok());
  EXPECT_THAT(notes_, Contains(HasSubstr("the optimizers begin anew")));
}

TEST_F(WarmStartTest, ASharedTableOfColumnsThatDisagreeBeginsAnew) {
  const auto spec = [](Words shop, Words tags) {
    ModelSpec made = SmallSpec();
    ColumnSpec a = EmbeddingColumn("shop", 4), b = EmbeddingColumn("tags", 4);
    a.params["shared"] = b.params["shared"] = std::string("both");
    made.columns = {VocabularyListColumn("shop", std::move(shop)), VocabularyListColumn("tags", std::move(tags)), a, b, NumericColumn("x")};
    made.wide = {};
    made.deep.columns = {"shop_embedding", "tags_embedding", "x"};
    return made;
  };
  const Weights old = TrainOld(spec({"s1", "s2"}, {"s1", "s2"}));
  EXPECT_EQ(Row(Started(spec({"s2", "s1"}, {"s2", "s1"})), "both", 0, 4), Row(old, "both", 1, 4));
  const ModelSpec apart = spec({"s2", "s1"}, {"s1", "s2"});
  EXPECT_EQ(Started(apart).at("both"), StartedBy(apart, {}).at("both"));
  EXPECT_THAT(notes_, Contains(HasSubstr("the vocabularies of columns that share a table differ")));
}

}  // namespace
}  // namespace thalweg

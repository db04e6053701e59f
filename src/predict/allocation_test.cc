// Scoring allocates nothing once it has seen its largest batch. The whole test program counts; sanitizers bring allocators
// of their own.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <new>

#include <unistd.h>

#include "bundle/bundle.h"
#include "columns/fit.h"
#include "model/defaults.h"
#include "thalweg/request.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define THALWEG_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define THALWEG_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef THALWEG_COUNTS_ALLOCATIONS
#define THALWEG_COUNTS_ALLOCATIONS 1
#endif

#if THALWEG_COUNTS_ALLOCATIONS

namespace {
std::atomic<long> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace thalweg {
namespace {

TEST(Allocations, AreNoneOnceTheLargestRequestWasSeen) {
  const std::string path = testing::TempDir() + "/allocation_test." + std::to_string(getpid());
  ModelSpec spec;
  spec.task = "binary";
  spec.label = {"y", {"no", "yes"}, "yes"};
  spec.columns = {HashBucketColumn("user", 50), HashBucketColumn("item", 50), CrossedColumn({"user", "item"}, 100),
                  EmbeddingColumn("user", 4), EmbeddingColumn("item", 4), NumericColumn("price")};
  spec.wide.columns = {"user", "item", "item_X_user"};
  spec.deep.columns = {"user_embedding", "item_embedding", "price"};
  spec.deep.hidden_units = {64, 32};
  ASSERT_TRUE(SettleColumns(&spec).ok());
  for (const char* precision : {"fp32", "bf16"}) {
    spec.training.precision = precision;
    FillDefaults(&spec);
    auto model = WideDeepModel::Create(spec);
    ASSERT_TRUE(model.ok()) << model.status().message();
    BundleContents contents;
    contents.spec = &spec;
    for (const Parameter* parameter : (*model)->parameters()) contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
    ASSERT_TRUE(WriteBundle(path, contents).ok());
    const Result<Predictor> predictor = Predictor::Open(path);
    std::filesystem::remove(path);
    ASSERT_TRUE(predictor.ok()) << predictor.status().message();
    const Result<RequestScorer> scorer = RequestScorer::Create(&*predictor, {"user"});
    ASSERT_TRUE(scorer.ok()) << scorer.status().message();
    ExampleBuilder whole = predictor->NewExamples(), user = scorer->NewContext(), items = scorer->NewCandidates();
    ASSERT_TRUE(user.Text("user", "u 7").ok());
    user.EndRow();
    for (int i = 0; i < 200; ++i) {
      for (ExampleBuilder* rows : {&whole, &items}) {
        ASSERT_TRUE(rows->Text("item", "item " + std::to_string(i)).ok());
        ASSERT_TRUE(rows->Number("price", i).ok());
      }
      ASSERT_TRUE(whole.Text("user", "u 7").ok());
      whole.EndRow();
      items.EndRow();
    }
    const ExampleBatch rows = whole.Take(), context = user.Take(), candidates = items.Take();
    Predictions scores;
    const auto score = [&] {
      return predictor->Predict(rows, &scores).ok() && scorer->Score(context, candidates, &scores).ok();
    };
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(score());
    const long before = allocations;
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(score());
    EXPECT_EQ(allocations - before, 0) << precision;
  }
}

}  // namespace
}  // namespace thalweg

#endif

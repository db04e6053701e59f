// A pass of a predictor over rows, everything side by side: while one set of pieces is scored, the next is read and the
// one before is handed out.
#ifndef THALWEG_PREDICT_SCORE_ROWS_H_
#define THALWEG_PREDICT_SCORE_ROWS_H_

#include <functional>

#include "base/thread_pool.h"
#include "thalweg/prediction.h"

namespace thalweg {

struct ScoreCallbacks {
  // After a piece was read; `slot` < NumScoreSlots() is the same as in its `scored`, for what the caller keeps beside it.
  std::function<void(std::size_t slot, const ExampleBatch& rows)> read;
  // Each piece with its scores, in the order of the rows. An error ends the pass.
  std::function<Status(std::size_t slot, const ExampleBatch& rows, const Predictions& scores)> scored;
};

std::size_t NumScoreSlots(const ThreadPool& pool);

// Reads `rows` to their end. A call of either callback ends before the next of its kind begins, on any thread, but one of
// each may be under way at once. The first error, in the order of the rows, is returned, after what came before it was
// handed out.
Status ScoreRows(const Predictor& predictor, ExampleSource* rows, ThreadPool* pool, const ScoreCallbacks& callbacks);

}  // namespace thalweg

#endif  // THALWEG_PREDICT_SCORE_ROWS_H_

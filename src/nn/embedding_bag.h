// Rows of a table, picked by id and combined: tf.nn.safe_embedding_lookup_sparse. Both an embedding column and the
// linear weights of a categorical column (a table of one column a logit) are this.
//
//   out = (Σ w·e) / d,  d = 1 (sum), Σ w (mean), √(Σ w²) (sqrtn); w = 1 without weights
//
// Ids below 0 are dropped; mean and sqrtn drop those with a weight ≤ 0 too; nothing left gives zeros.
#ifndef THALWEG_NN_EMBEDDING_BAG_H_
#define THALWEG_NN_EMBEDDING_BAG_H_

#include <string_view>
#include <vector>

#include "nn/grouped_lists.h"
#include "nn/layer.h"
#include "nn/parameter.h"

namespace thalweg {

enum class Combiner { kSum, kMean, kSqrtN };
Result<Combiner> ParseCombiner(std::string_view text, std::string_view where);

class EmbeddingBag {
 public:
  // max_norm: each row of the table is scaled to that Euclidean norm when it is longer, before its weight; 0: never.
  // empty_picks_first: as TensorFlow, which looks up the table's first row where nothing is left, and then puts zeros
  // there: that row is touched, with a gradient of zero, which some optimizers move.
  // `table` outlives the bag.
  EmbeddingBag(const Parameter* table, Combiner combiner, double max_norm = 0, bool empty_picks_first = false)
      : table_(table), combiner_(combiner), max_norm_(static_cast<float>(max_norm)), empty_picks_first_(empty_picks_first) {}

  const Parameter& table() const { return *table_; }
  std::size_t dim() const { return table_->value.cols; }

  // Rows [begin, begin + out.rows) of `lists` → out [rows×dim].
  void Lookup(const IdLists& lists, std::size_t begin, MatrixView out) const;
  // The same, added to out.
  void AddLookup(const IdLists& lists, std::size_t begin, MatrixView out) const;

  // dout [B×dim] → gradient of the rows that were picked. `grouped` are the groups of `lists`; `scratch` keeps its
  // memory from call to call.
  void Gradient(const IdLists& lists, const GroupedLists& grouped, ConstMatrixView dout, std::vector<float>* scratch,
                SparseGradient* gradient) const;

 private:
  template <bool kAdd>
  void LookupRows(const IdLists& lists, std::size_t begin, MatrixView out) const;
  template <bool kAdd>
  void CombineRow(const IdLists& lists, std::size_t row, float* out) const;
  bool Dropped(const IdLists& lists, std::uint32_t position) const;
  bool AnyEmpty(const IdLists& lists) const;   // a row of which nothing is left
  float PackedNorm(std::size_t row) const;
  float InverseDenominator(const IdLists& lists, std::size_t row) const;
  void ClipGradient(const float* value, float* gradient) const;

  const Parameter* table_;
  Combiner combiner_;
  float max_norm_;
  bool empty_picks_first_;
};

}  // namespace thalweg

#endif  // THALWEG_NN_EMBEDDING_BAG_H_

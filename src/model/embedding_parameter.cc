#include "model/embedding_parameter.h"

#include <utility>

#include "base/strings.h"

namespace thalweg {

Result<EmbeddingBag> AddEmbedding(const ColumnUse& use, const std::string& scope, Part part, ParameterList* list) {
  const std::string where = "columns." + use.column;
  THALWEG_ASSIGN_OR_RETURN(const Combiner combiner, ParseCombiner(use.combiner, where + ".combiner"));
  if (!use.shared.empty()) {
    Parameter* known = list->Find(VariableScope(use.shared, true));
    if (known != nullptr) {
      if (known->shape != std::vector<std::int64_t>{use.num_buckets, static_cast<std::int64_t>(use.width)} || known->trainable != use.trainable) {
        return Status::BadConfig(where + ".shared: the columns that share " + Quote(use.shared) +
                                 " differ in buckets, dimension or trainable; they have one table");
      }
      known->rows_of.front().columns.push_back(use.column);
      return EmbeddingBag(known, combiner, use.max_norm, use.empty_picks_first);
    }
  }
  PartSpec initializer = use.initializer;
  if (initializer.kind.empty()) initializer.kind = "truncated_normal";
  Parameter table;
  table.name = use.shared.empty() ? scope + "/embedding_weights" : VariableScope(use.shared, true);
  table.part = part;
  table.shape = {use.num_buckets, static_cast<std::int64_t>(use.width)};
  table.table = true;
  table.trainable = use.trainable;
  table.rows_of.push_back({{use.column}, static_cast<std::size_t>(use.num_buckets), true});
  auto added = list->Add(std::move(table), initializer);
  if (!added.ok()) return added.status().At(where);
  return EmbeddingBag(*added, combiner, use.max_norm, use.empty_picks_first);
}

double TableCost(const EmbeddingBag& bag) { return 300.0 + 20.0 * static_cast<double>(bag.dim()); }

}  // namespace thalweg

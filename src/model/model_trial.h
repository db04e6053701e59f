// For tests: models of every kind of column use, and batches for them made up in memory.
#ifndef THALWEG_MODEL_MODEL_TRIAL_H_
#define THALWEG_MODEL_MODEL_TRIAL_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "model/wide_deep_model.h"

namespace thalweg {

// Wide: ids, a number, an indicator, an embedding. Deep: numbers, embeddings (mean, and sqrtn with max_norm), an
// indicator between them.
inline ModelSpec TrialSpec(const std::string& task) {
  ModelSpec spec;
  spec.task = task;
  spec.label.name = "y";
  if (task == "binary") spec.label.classes = {"no", "yes"};
  if (task == "multiclass" || task == "multilabel") spec.label.classes = {"a", "b", "c"};
  const auto text = [](const char* value) { return ParamValue(std::string(value)); };
  spec.columns = {
      {"age", "numeric", {}},
      {"city", "hash_bucket", {{"hash_bucket_size", std::int64_t{9}}}},
      {"city_embedding", "embedding", {{"column", text("city")}, {"dimension", std::int64_t{4}}}},
      {"city_indicator", "indicator", {{"column", text("city")}}},
      {"pair", "numeric", {{"shape", std::vector<std::int64_t>{2}}}},
      {"tags", "hash_bucket", {{"hash_bucket_size", std::int64_t{30}}}},
      {"tags_embedding",
       "embedding",
       {{"column", text("tags")}, {"combiner", text("sqrtn")}, {"dimension", std::int64_t{3}}, {"max_norm", 0.4}}},
      {"tags_wide", "embedding", {{"column", text("tags")}, {"dimension", std::int64_t{2}}}},
  };
  spec.wide.columns = {"city", "tags", "age", "city_indicator", "tags_wide"};
  spec.deep.columns = {"age", "city_embedding", "city_indicator", "pair", "tags_embedding"};
  spec.deep.hidden_units = {17, 6};
  spec.deep.activation = "tanh";
  return spec;
}

// Takes out the columns that no part names, and no column that one names stands on.
inline void DropUnusedColumns(ModelSpec* spec) {
  const auto named = [&](const std::string& name) {
    const auto in = [&](const std::vector<std::string>& names) { return std::ranges::count(names, name) > 0; };
    return in(spec->wide.columns) || in(spec->deep.columns);
  };
  const auto used = [&](const std::string& name) {
    return named(name) || std::ranges::any_of(spec->columns, [&](const ColumnSpec& column) {
             return named(column.name) && GetText(column.params, "column", "") == name;
           });
  };
  const std::vector<ColumnSpec> all = spec->columns;
  std::vector<ColumnSpec> kept;
  for (const ColumnSpec& column : all) {
    if (used(column.name)) kept.push_back(column);
  }
  spec->columns = std::move(kept);
}

// Rows with none, one or several ids, some unknown, one column in three weighted.
inline FeatureBatch TrialBatch(const WideDeepModel& model, std::size_t num_rows, std::uint64_t seed = 1) {
  FeatureBatch batch;
  Random random(seed, 1);
  batch.num_rows = num_rows;
  for (const CategoricalOutput& output : model.plan().categorical()) {
    IdLists& lists = batch.ids.emplace_back();
    lists.Clear();
    for (std::size_t r = 0; r < num_rows; ++r) {
      for (std::uint64_t n = random.Below(4); n > 0; --n) {
        lists.ids.push_back(
            static_cast<std::int32_t>(random.Below(static_cast<std::uint64_t>(output.num_buckets) + 1)) - 1);
        if (output.column == "tags") lists.weights.push_back(static_cast<float>(random.Uniform() * 2 - 0.3));
      }
      lists.offsets.push_back(static_cast<std::uint32_t>(lists.ids.size()));
    }
  }
  for (const DenseOutput& output : model.plan().dense()) {
    Matrix& dense = batch.dense.emplace_back(num_rows, output.width);
    for (float& v : dense.span()) v = static_cast<float>(random.Normal());
  }
  for (std::size_t r = 0; r < num_rows; ++r) {
    const std::string& task = model.spec().task;
    for (std::size_t i = 0; i < model.head().label_width(); ++i) {
      const std::uint64_t classes = task == "multiclass" ? model.head().num_logits() : 2;
      batch.label.push_back(task == "regression" ? static_cast<float>(random.Normal()) : static_cast<float>(random.Below(classes)));
    }
    batch.weight.push_back(static_cast<float>(random.Uniform() * 2));
  }
  return batch;
}

// Rows [begin, begin + count) of a batch.
inline FeatureBatch RowsOfBatch(const FeatureBatch& batch, std::size_t begin, std::size_t count) {
  FeatureBatch out;
  out.num_rows = count;
  for (const IdLists& lists : batch.ids) {
    IdLists& cut = out.ids.emplace_back();
    const std::uint32_t first = lists.offsets[begin], last = lists.offsets[begin + count];
    for (std::size_t r = begin; r <= begin + count; ++r) cut.offsets.push_back(lists.offsets[r] - first);
    cut.ids.assign(lists.ids.begin() + first, lists.ids.begin() + last);
    if (!lists.weights.empty()) cut.weights.assign(lists.weights.begin() + first, lists.weights.begin() + last);
  }
  for (const Matrix& dense : batch.dense) {
    Matrix& cut = out.dense.emplace_back(count, dense.cols());
    std::copy_n(dense.row(begin), count * dense.cols(), cut.data());
  }
  return out;
}

// One gradient of every parameter, dense, by name order; untouched and untrainable ones are zero. Also checks nothing
// is covered twice: `pieces_of` counts how often each element was written.
struct TrialGradients {
  double loss = 0;
  std::vector<Matrix> values;
  std::vector<std::vector<int>> written;
};

inline TrialGradients GradientsOf(WideDeepModel& model, const FeatureBatch& batch, const Run& run) {
  TrialGradients out;
  WideDeepModel::Workspace work;
  Matrix dlogits(batch.num_rows, model.head().num_logits());
  const ConstMatrixView logits = model.Forward(run, batch, &work);
  out.loss = model.head().Loss(logits, batch.label, batch.weight, dlogits.view(), run.pool);
  model.Backward(run, batch, dlogits.view(), &work);
  for (const Parameter* parameter : model.parameters()) {
    out.values.emplace_back(parameter->value.rows, parameter->value.cols).Fill(0);
    out.written.emplace_back(parameter->value.rows * parameter->value.cols, 0);
  }
  const auto& pieces = model.gradient_pieces();
  const auto one = [&](std::size_t i, int thread) {
    const GradientPiece& piece = pieces[i];
    Matrix& value = out.values[piece.parameter];
    std::vector<int>& written = out.written[piece.parameter];
    if (piece.table) {
      SparseGradient gradient;
      model.TableGradient(i, batch, work, thread, &gradient);
      for (int& w : written) ++w;
      for (std::size_t g = 0; g < gradient.rows.size(); ++g) {
        std::copy_n(gradient.values.row(g), value.cols(), value.row(static_cast<std::size_t>(gradient.rows[g])));
      }
      return;
    }
    const std::size_t rows = piece.row_end - piece.row_begin, cols = piece.col_end - piece.col_begin;
    model.DenseGradient(i, batch, work, thread,
                        {value.row(piece.row_begin) + piece.col_begin, rows, cols, value.cols()});
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < cols; ++c) ++written[(piece.row_begin + r) * value.cols() + piece.col_begin + c];
    }
  };
  if (run.pool != nullptr) {
    run.pool->ParallelFor(pieces.size(), one);
  } else {
    for (std::size_t i = 0; i < pieces.size(); ++i) one(i, 0);
  }
  return out;
}

}  // namespace thalweg

#endif  // THALWEG_MODEL_MODEL_TRIAL_H_

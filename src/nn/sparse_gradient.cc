#include <algorithm>

#include "nn/parameter.h"

namespace thalweg {

void AddGradients(const SparseGradient& a, const SparseGradient& b, SparseGradient* sum) {
  const std::size_t dim = std::max(a.values.cols(), b.values.cols());
  sum->rows.clear();
  sum->values.Resize(a.rows.size() + b.rows.size(), dim);
  for (std::size_t i = 0, j = 0; i < a.rows.size() || j < b.rows.size();) {
    const bool left = j == b.rows.size() || (i < a.rows.size() && a.rows[i] <= b.rows[j]);
    const bool right = i == a.rows.size() || (j < b.rows.size() && b.rows[j] <= a.rows[i]);
    float* to = sum->values.row(sum->rows.size());
    sum->rows.push_back(left ? a.rows[i] : b.rows[j]);
    std::copy_n(left ? a.values.row(i) : b.values.row(j), dim, to);
    if (left && right) {
      for (std::size_t c = 0; c < dim; ++c) to[c] += b.values.row(j)[c];
    }
    i += left;
    j += right;
  }
  sum->values.Resize(sum->rows.size(), dim);
}

}  // namespace thalweg

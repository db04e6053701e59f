#include "evaluate/compare_feedings.h"

#include <algorithm>

namespace thalweg {
namespace {

// One feeding, read and transformed batch by batch.
class Side {
 public:
  explicit Side(const Feeding& feeding) : plan(*feeding.plan), source_(*feeding.source) {}

  // Rows at hand, behind `at`; 0: no more.
  Result<std::size_t> Ready() {
    while (at == rows.num_rows && !ended_) {
      THALWEG_ASSIGN_OR_RETURN(const bool more, source_.Next(&rows));
      at = 0;
      if (!more) {
        ended_ = true;
        rows = {};
        break;
      }
      count += rows.num_rows;
      std::vector<std::pair<std::size_t, std::string>> bad;
      THALWEG_RETURN_IF_ERROR(plan.Transform(rows, &features, &bad));
      refused.assign(bad.empty() ? 0 : rows.num_rows, "");
      for (auto& [row, why] : bad) refused[row] = std::move(why);
    }
    return rows.num_rows - at;
  }

  Status CountTheRest() {
    while (!ended_) {
      THALWEG_ASSIGN_OR_RETURN(const bool more, source_.Next(&rows));
      if (more) count += rows.num_rows;
      ended_ = !more;
    }
    return Status::Ok();
  }

  const std::string& WhyRefused(std::size_t row) const {
    static const std::string none;
    return refused.empty() ? none : refused[row];
  }

  const FeaturePlan& plan;
  ExampleBatch rows;
  FeatureBatch features;
  std::vector<std::string> refused;   // empty: no row is
  std::size_t at = 0;
  std::uint64_t count = 0;

 private:
  ExampleSource& source_;
  bool ended_ = false;
};

// The ids of a row that stand for something, with weights, in order of id.
void SortedIds(const IdLists& lists, std::size_t row, std::vector<std::pair<std::int32_t, float>>* out) {
  out->clear();
  for (std::size_t i = lists.offsets[row]; i < lists.offsets[row + 1]; ++i) {
    if (lists.ids[i] >= 0) out->emplace_back(lists.ids[i], lists.weights.empty() ? 1.0f : lists.weights[i]);
  }
  std::sort(out->begin(), out->end());
}

std::vector<FedValue> ValuesOf(const FieldValues& values, std::size_t row) {
  std::vector<FedValue> out;
  for (std::size_t i = values.begin(row); i < values.end(row); ++i) {
    switch (values.dtype) {
      case DType::kText: out.emplace_back(std::string(values.text_at(i))); break;
      case DType::kInteger: out.emplace_back(values.integers[i]); break;
      case DType::kNumber: out.emplace_back(values.numbers[i]); break;
    }
  }
  return out;
}

class Comparison {
 public:
  Comparison(const std::array<Feeding, 2>& feedings, std::size_t keep) : sides_{Side(feedings[0]), Side(feedings[1])}, keep_(keep) {
    const FeaturePlan& plan = sides_[0].plan;
    for (std::size_t k = 0; k < plan.categorical().size(); ++k) AddColumn(plan.categorical()[k].column, true, k);
    for (std::size_t k = 0; k < plan.dense().size(); ++k) AddColumn(plan.dense()[k].column, false, k);
  }

  Result<FeedingsReport> Run() {
    for (;;) {
      THALWEG_ASSIGN_OR_RETURN(const std::size_t left, sides_[0].Ready());
      THALWEG_ASSIGN_OR_RETURN(const std::size_t right, sides_[1].Ready());
      const std::size_t count = std::min(left, right);
      if (count == 0) break;
      CompareRows(count);
      row_ += count;
      for (Side& side : sides_) side.at += count;
    }
    for (std::size_t s = 0; s < 2; ++s) {
      THALWEG_RETURN_IF_ERROR(sides_[s].CountTheRest());
      report_.rows[s] = sides_[s].count;
    }
    return std::move(report_);
  }

 private:
  // The fields of a column on one side: names and places in the rows, in order of name.
  using Fields = std::vector<std::pair<std::string, std::size_t>>;

  void AddColumn(const std::string& column, bool categorical, std::size_t index) {
    report_.columns.push_back({.column = column, .categorical = categorical, .index = index});
    std::array<Fields, 2>& fields = fields_.emplace_back();
    for (std::size_t s = 0; s < 2; ++s) {
      for (const std::size_t f : sides_[s].plan.FieldsOf(column)) fields[s].emplace_back(sides_[s].plan.schema().fields[f].name, f);
      std::sort(fields[s].begin(), fields[s].end());
    }
    for (const auto& [name, f] : fields[0]) report_.columns.back().fields.push_back(name);
  }

  // The next `count` rows of both sides.
  void CompareRows(std::size_t count) {
    differs_.assign(count, false);
    refused_.assign(count, false);
    for (std::size_t i = 0; i < count; ++i) Refused(i);
    for (std::size_t c = 0; c < report_.columns.size(); ++c) {
      ColumnDifferences& column = report_.columns[c];
      for (std::size_t i = 0; i < count; ++i) {
        if (refused_[i]) continue;
        ++column.rows;
        if (column.categorical ? SameIds(column.index, i) : SameNumbers(column.index, i)) continue;
        differs_[i] = true;
        ++column.differ;
        const bool wanted = column.first.size() < keep_;
        RowDifference difference{.row = row_ + i + 1};
        for (std::size_t s = 0; s < 2; ++s) difference.sides[s] = Fed(c, s, i, wanted);
        column.of_equal_values += difference.sides[0].fields == difference.sides[1].fields;
        if (wanted) column.first.push_back(std::move(difference));
      }
    }
    report_.rows_that_differ += static_cast<std::uint64_t>(std::count(differs_.begin(), differs_.end(), true));
  }

  void Refused(std::size_t i) {
    const std::string& left = sides_[0].WhyRefused(sides_[0].at + i);
    const std::string& right = sides_[1].WhyRefused(sides_[1].at + i);
    if (left.empty() && right.empty()) return;
    refused_[i] = true;
    if (!left.empty() && !right.empty()) {
      ++report_.refused_by_both;
      return;
    }
    differs_[i] = true;
    ++report_.refused_by_one;
    if (report_.first_refused.size() >= keep_) return;
    RowDifference difference{.row = row_ + i + 1};
    for (std::size_t s = 0; s < 2; ++s) {
      difference.sides[s].origin = sides_[s].rows.OriginOf(sides_[s].at + i).ToString();
      difference.sides[s].refused = sides_[s].WhyRefused(sides_[s].at + i);
    }
    report_.first_refused.push_back(std::move(difference));
  }

  bool SameIds(std::size_t index, std::size_t i) {
    for (std::size_t s = 0; s < 2; ++s) SortedIds(sides_[s].features.ids[index], sides_[s].at + i, &sorted_[s]);
    return sorted_[0] == sorted_[1];
  }

  bool SameNumbers(std::size_t index, std::size_t i) const {
    const Matrix& left = sides_[0].features.dense[index];
    const Matrix& right = sides_[1].features.dense[index];
    const auto* numbers = left.row(sides_[0].at + i);
    return std::equal(numbers, numbers + left.cols(), right.row(sides_[1].at + i));
  }

  // Side `s` of a row, for column `c`; `whole`: with what the column makes of it.
  FedRow Fed(std::size_t c, std::size_t s, std::size_t i, bool whole) const {
    const Side& side = sides_[s];
    const std::size_t row = side.at + i;
    const ColumnDifferences& column = report_.columns[c];
    FedRow fed;
    for (const auto& [name, f] : fields_[c][s]) fed.fields.emplace_back(name, ValuesOf(side.rows.fields[f], row));
    if (!whole) return fed;
    fed.origin = side.rows.OriginOf(row).ToString();
    if (column.categorical) {
      const IdLists& lists = side.features.ids[column.index];
      for (std::size_t k = lists.offsets[row]; k < lists.offsets[row + 1]; ++k) {
        fed.ids.push_back(lists.ids[k]);
        if (!lists.weights.empty()) fed.weights.push_back(lists.weights[k]);
      }
    } else {
      const Matrix& numbers = side.features.dense[column.index];
      fed.numbers.assign(numbers.row(row), numbers.row(row) + numbers.cols());
    }
    return fed;
  }

  std::array<Side, 2> sides_;
  std::size_t keep_;
  std::uint64_t row_ = 0;   // rows compared before the ones at hand
  FeedingsReport report_;
  std::vector<std::array<Fields, 2>> fields_;   // beside report_.columns
  std::vector<bool> differs_, refused_;         // of the rows at hand
  std::array<std::vector<std::pair<std::int32_t, float>>, 2> sorted_;
};

}  // namespace

Result<FeedingsReport> CompareFeedings(const std::array<Feeding, 2>& feedings, std::size_t keep) {
  return Comparison(feedings, keep).Run();
}

}  // namespace thalweg

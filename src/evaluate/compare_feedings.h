// The same rows, fed in two ways: what a model's columns make of one and of the other. What differs there is skew, however
// equal the rows look.
#ifndef THALWEG_EVALUATE_COMPARE_FEEDINGS_H_
#define THALWEG_EVALUATE_COMPARE_FEEDINGS_H_

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "columns/feature_plan.h"
#include "thalweg/example.h"

namespace thalweg {

struct Feeding {
  const FeaturePlan* plan = nullptr;   // both plans are of one spec, but for its fields' `dense`
  ExampleSource* source = nullptr;     // of plan->schema()
};

using FedValue = std::variant<std::string, std::int64_t, float>;

// One row of one feeding, as a column takes it.
struct FedRow {
  std::string origin;                                                 // "rows.csv row 17"; "" for rows from memory
  std::vector<std::pair<std::string, std::vector<FedValue>>> fields;  // that the column is made of; no value: missing
  std::vector<std::int32_t> ids;                                      // of a categorical column, in its order
  std::vector<float> weights;                                         // beside ids; empty: all 1
  std::vector<float> numbers;                                         // of a dense column
  std::string refused;                                                // why the model takes no such row; "" : it does
};

struct RowDifference {
  std::uint64_t row = 0;          // 1 is the first
  std::array<FedRow, 2> sides;
};

struct ColumnDifferences {
  std::string column;
  std::vector<std::string> fields;     // that it is made of
  bool categorical = false;
  std::size_t index = 0;               // into the plans' categorical() or dense()
  std::uint64_t rows = 0;              // compared
  std::uint64_t differ = 0;            // of them
  std::uint64_t of_equal_values = 0;   // of those: the column's fields hold the same values
  std::vector<RowDifference> first;
};

struct FeedingsReport {
  std::array<std::uint64_t, 2> rows{};   // of each feeding; row k of one is held to be row k of the other
  std::uint64_t refused_by_both = 0;     // not compared
  std::uint64_t refused_by_one = 0;      // not compared either, but a difference
  std::uint64_t rows_that_differ = 0;    // in any column, or refused by one
  std::vector<RowDifference> first_refused;      // by one; without fields, ids, numbers
  std::vector<ColumnDifferences> columns;        // categorical, then dense, in the plans' order
  bool equal() const { return rows[0] == rows[1] && rows_that_differ == 0; }
};

// Reads both sources to their ends. Ids are equal where they are the same ones with the same weights, in any order; -1,
// which stands for no id, does not count. Numbers are equal where they are as float32. At most `keep` differences of each
// column, the first ones, are kept. Errors are those of the sources.
Result<FeedingsReport> CompareFeedings(const std::array<Feeding, 2>& feedings, std::size_t keep);

}  // namespace thalweg

#endif  // THALWEG_EVALUATE_COMPARE_FEEDINGS_H_

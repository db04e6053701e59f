// Rows written as texts, and what columns make of them, for the tests of this room.
#ifndef THALWEG_COLUMNS_COLUMNS_TESTING_H_
#define THALWEG_COLUMNS_COLUMNS_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "columns/feature_plan.h"
#include "columns/fit.h"

namespace thalweg {

using TextRow = std::map<std::string, std::vector<std::string>>;   // field → values; a field that is not there is missing
using Ids = std::vector<std::vector<std::int32_t>>;                // of each row

// All columns in the wide part.
inline ModelSpec WideSpecOf(std::vector<ColumnSpec> columns) {
  ModelSpec spec;
  spec.label.name = "label";
  for (const ColumnSpec& column : columns) spec.wide.columns.push_back(column.name);
  spec.columns = std::move(columns);
  return spec;
}

// Settled and made.
inline Result<FeaturePlan> MakePlan(ModelSpec spec) {
  THALWEG_RETURN_IF_ERROR(SettleColumns(&spec));
  return FeaturePlan::Create(spec);
}

// What is wrong with the spec.
inline std::string WhyNot(ModelSpec spec) {
  const Result<FeaturePlan> plan = MakePlan(std::move(spec));
  return plan.ok() ? "nothing" : plan.status().message();
}

inline ExampleBatch RowsOf(const FeaturePlan& plan, const std::vector<TextRow>& rows) {
  ExampleBuilder builder(plan.schema());
  for (const TextRow& row : rows) {
    for (const auto& [field, values] : row) {
      const FieldSpec* known = plan.schema().Find(field);
      if (known == nullptr) {
        ADD_FAILURE() << "no column takes the field " << field;
        continue;
      }
      for (const std::string& value : values) {
        const Status added = known->dtype == DType::kNumber    ? builder.Number(field, std::stod(value))
                             : known->dtype == DType::kInteger ? builder.Integer(field, std::stoll(value))
                                                               : builder.Text(field, value);
        EXPECT_TRUE(added.ok()) << added.message();
      }
    }
    builder.EndRow();
  }
  return builder.Take();
}

inline Ids ListsOf(const IdLists& ids) {
  Ids lists;
  for (std::size_t r = 0; r < ids.num_rows(); ++r) lists.emplace_back(ids.ids.begin() + ids.offsets[r], ids.ids.begin() + ids.offsets[r + 1]);
  return lists;
}

inline Ids IdsOf(const FeaturePlan& plan, const std::string& column, const std::vector<TextRow>& rows) {
  IdLists ids;
  const Status made = plan.TransformColumn(RowsOf(plan, rows), column, &ids);
  EXPECT_TRUE(made.ok()) << made.message();
  return made.ok() ? ListsOf(ids) : Ids(rows.size(), {-99});
}

// Of the last of `columns`.
inline Ids IdsOf(std::vector<ColumnSpec> columns, const std::vector<TextRow>& rows) {
  const std::string column = columns.back().name;
  const Result<FeaturePlan> plan = MakePlan(WideSpecOf(std::move(columns)));
  if (!plan.ok()) {
    ADD_FAILURE() << plan.status().message();
    return Ids(rows.size(), {-99});
  }
  return IdsOf(*plan, column, rows);
}

// Statistics of fields of texts.
inline std::map<std::string, FieldStatistics> StatisticsOf(const std::vector<TextRow>& rows) {
  std::map<std::string, FieldStatistics> statistics;
  for (const TextRow& row : rows) {
    for (const auto& [field, values] : row) {
      const std::vector<std::string_view> texts(values.begin(), values.end());
      statistics[field].AddRow(texts);
    }
  }
  return statistics;
}

// Settles the spec and fits it to rows.
inline Status Fit(const std::vector<TextRow>& rows, ModelSpec* spec) {
  THALWEG_RETURN_IF_ERROR(SettleColumns(spec));
  const std::map<std::string, FieldStatistics> seen = StatisticsOf(rows);
  std::map<std::string, const FieldStatistics*> fit;
  for (const auto& [field, statistics] : seen) fit[field] = &statistics;
  return FitColumns(fit, seen, spec);
}

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_COLUMNS_TESTING_H_

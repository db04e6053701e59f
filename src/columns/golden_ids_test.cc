// Every categorical column of every reference model gives TensorFlow's ids, all, in order.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "columns/feature_plan.h"
#include "columns/fit.h"

namespace thalweg {
namespace {

using nlohmann::json;

std::string NameOf(const json& column) {
  if (column.is_string()) return column;
  const std::string kind = column["kind"];
  if (kind == "bucketized") return NameOf(column["column"]) + "_bucketized";
  if (kind == "weighted") return NameOf(column["column"]) + "_weighted_by_" + column["weight_key"].get<std::string>();
  if (kind == "crossed") {
    std::vector<std::string> keys;
    for (const json& key : column["columns"]) keys.push_back(NameOf(key));
    return CrossedColumn(keys, 1).name;
  }
  return column["key"];
}

// Adds the categorical columns that `column` is or stands on, each once.
void Add(const std::string& set, const json& column, std::map<std::string, ColumnSpec>* columns) {
  if (column.is_string()) return;
  const std::string kind = column["kind"];
  if (kind == "shared_embeddings") {
    for (const json& inner : column["columns"]) Add(set, inner, columns);
    return;
  }
  if (column.contains("column")) Add(set, column["column"], columns);
  if (kind == "indicator" || kind == "embedding") return;
  ColumnSpec spec{NameOf(column), kind, {}};
  for (const auto& [key, value] : column.items()) {
    if (key == "hash_bucket_size" || key == "num_buckets" || key == "num_oov_buckets" || key == "hash_key" ||
        (key == "default_value" && kind == "identity")) {
      spec.params[key] = value.get<std::int64_t>();
    } else if (key == "vocabulary") {
      spec.params[key] = value.get<std::vector<std::string>>();
    } else if (key == "boundaries") {
      spec.params[key] = value.get<std::vector<double>>();
    } else if (key == "shape") {
      spec.params[key] = value.get<std::vector<std::int64_t>>();
    } else if (key == "dtype") {
      spec.params[key] = std::string("integer");
    } else if (key == "file") {
      spec.params["vocabulary_file"] = std::string(THALWEG_TESTDATA) + "/golden/" + set + "/" + value.get<std::string>();
    } else if (key == "weight_key") {
      spec.params["weight"] = value.get<std::string>();
    } else if (key == "default_value") {
      spec.params[key] = value.is_array() ? value.get<std::vector<double>>() : std::vector<double>{value.get<double>()};
    }
  }
  if (kind == "bucketized") spec.params["source"] = NameOf(column["column"]);
  if (kind == "weighted") spec.params["column"] = NameOf(column["column"]);
  if (kind == "crossed") {
    std::vector<std::string> keys;
    for (const json& key : column["columns"]) {
      Add(set, key, columns);
      keys.push_back((key.is_string() ? "" : "column:") + NameOf(key));
    }
    spec.params["keys"] = keys;
  }
  columns->emplace(spec.name, spec);
}

class GoldenIds : public testing::TestWithParam<const char*> {};

TEST_P(GoldenIds, AreTensorFlows) {
  const std::string set = GetParam(), folder = std::string(THALWEG_TESTDATA) + "/golden/" + set + "/";
  const json model = json::parse(std::ifstream(folder + "model.json"));
  const json expected = json::parse(std::ifstream(folder + "ids.json"));
  std::map<std::string, ColumnSpec> columns;
  for (const char* part : {"linear", "dnn"}) {
    for (const json& column : model.value(part, json::array())) Add(set, column, &columns);
  }
  ModelSpec spec;
  for (const auto& [name, column] : columns) {
    spec.columns.push_back(column);
    spec.wide.columns.push_back(name);
  }
  const Status settled = SettleColumns(&spec);
  ASSERT_TRUE(settled.ok()) << settled.message();
  for (FieldSpec& field : spec.fields) field.dense = set == "dense_v2";   // fed as arrays
  Result<FeaturePlan> plan = FeaturePlan::Create(spec);
  ASSERT_TRUE(plan.ok()) << plan.status().message();

  ExampleBuilder builder(plan->schema());
  std::ifstream lines(folder + "rows.jsonl");
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line);
    for (const FieldSpec& field : plan->schema().fields) {
      if (!row.contains(field.name)) continue;
      const json values = row[field.name].is_array() ? row[field.name] : json::array({row[field.name]});
      for (const json& value : values) {
        const Status added = field.dtype == DType::kNumber    ? builder.Number(field.name, value)
                             : field.dtype == DType::kInteger ? builder.Integer(field.name, value)
                                                              : builder.Text(field.name, value.get<std::string>());
        ASSERT_TRUE(added.ok()) << added.message();
      }
    }
    builder.EndRow();
  }
  const ExampleBatch rows = builder.Take();
  for (const auto& [name, ids] : expected.items()) {
    IdLists ours;
    const Status transformed = plan->TransformColumn(rows, name, &ours);
    ASSERT_TRUE(transformed.ok()) << transformed.message();
    ASSERT_EQ(ours.num_rows(), ids.size());
    for (std::size_t r = 0; r < ids.size(); ++r) {
      const std::vector<std::int32_t> row(ours.ids.begin() + ours.offsets[r], ours.ids.begin() + ours.offsets[r + 1]);
      ASSERT_EQ(row, ids[r].get<std::vector<std::int32_t>>()) << name << " row " << r + 1;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenIds,
                         testing::Values("absent_v2", "census_v1", "census_v2", "dense_v2", "dnn_v2", "everything_v2", "ftrl_adam_v2",
                                         "linear_v2", "multiclass_v2", "regressor_v2"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace thalweg

// A tiny model and its file, for the tests of this room.
#ifndef THALWEG_BUNDLE_BUNDLE_TESTING_H_
#define THALWEG_BUNDLE_BUNDLE_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "bundle/bundle.h"
#include "bundle/format.h"
#include "columns/fit.h"
#include "model/defaults.h"

namespace thalweg {

inline ModelSpec TinySpec() {
  ModelSpec spec;
  spec.task = "binary";
  spec.label = {"y", {"no", "yes"}, "yes"};
  spec.columns = {HashBucketColumn("shop", 3), EmbeddingColumn("shop", 2), NumericColumn("x")};
  spec.wide.columns = {"shop"};
  spec.deep.columns = {"shop_embedding", "x"};
  spec.deep.hidden_units = {2};
  const Status settled = SettleColumns(&spec);
  EXPECT_TRUE(settled.ok()) << settled.message();
  FillDefaults(&spec);
  return spec;
}

// With rows that are long enough for int8, and enough of them.
inline ModelSpec PackableSpec() {
  ModelSpec spec = TinySpec();
  for (ColumnSpec& column : spec.columns) {
    if (column.name == "shop") column.params["hash_bucket_size"] = std::int64_t{12};
    if (column.name == "shop_embedding") column.params["dimension"] = std::int64_t{6};
  }
  return spec;
}

// A spec with a model of it, whose weights are those that training would begin with.
struct Made {
  explicit Made(ModelSpec s) : spec(std::move(s)) {
    auto created = WideDeepModel::Create(spec);
    EXPECT_TRUE(created.ok()) << created.status().message();
    model = std::move(created).value();
    contents.spec = &spec;
    contents.provenance = {{"seed", "1"}, {"version", "0.1.0"}};
    for (Parameter* parameter : model->parameters()) {
      contents.tensors.push_back({parameter->name, parameter->shape, parameter->storage.span()});
    }
  }

  // Tables in this form, of which only each `every`-th row is not zero.
  void Pack(NumberForm form, std::size_t every) {
    for (Parameter* parameter : model->parameters()) {
      if (!parameter->table) continue;
      for (std::size_t r = 0; r < parameter->storage.rows(); ++r) {
        for (std::size_t c = 0; c < parameter->storage.cols(); ++c) {
          parameter->storage.row(r)[c] = r % every == 1 % every ? 0.1f * static_cast<float>(r + 1) - 0.37f * static_cast<float>(c + 1) : 0.0f;
        }
      }
    }
    for (TensorToWrite& tensor : contents.tensors) {
      for (const Parameter* parameter : model->parameters()) {
        if (parameter->name == tensor.name && parameter->table) tensor.pack = form;
      }
    }
  }

  // Adds what a checkpoint has.
  void AddCheckpoint() {
    contents.position = {{"step", "3"}};
    const std::size_t parameters = contents.tensors.size();
    for (std::size_t i = 0; i < parameters; ++i) {
      TensorToWrite tensor = contents.tensors[i];
      const std::string name = tensor.name;
      tensor.name = "slots/" + name + "/accumulator";
      contents.tensors.push_back(tensor);
      tensor.name = "best/" + name;
      contents.tensors.push_back(tensor);
    }
  }

  std::string Bytes() const {
    const std::string path = Path();
    const Status written = WriteBundle(path, contents);
    EXPECT_TRUE(written.ok()) << written.message();
    std::string bytes = ReadFile(path, 1 << 30).value();
    std::filesystem::remove(path);
    return bytes;
  }

  static std::string Path() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    return testing::TempDir() + "/" + test->test_suite_name() + "." + test->name() + "." + std::to_string(getpid());
  }

  ModelSpec spec;
  std::unique_ptr<WideDeepModel> model;
  BundleContents contents;
};

// `bytes` stay the caller's.
inline Result<std::shared_ptr<const Bundle>> OpenBytes(const std::string& bytes) {
  return Bundle::FromBytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "m.thalweg", nullptr);
}

inline std::string Message(const std::string& bytes) {
  const auto opened = OpenBytes(bytes);
  EXPECT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().code(), StatusCode::kBadData);
  return opened.status().message();
}

}  // namespace thalweg

#endif  // THALWEG_BUNDLE_BUNDLE_TESTING_H_

// What is written comes back.
#include "bundle/bundle.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <thread>

#include "bundle/bundle_testing.h"

namespace thalweg {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

TEST(Bundle, WhatIsWrittenComesBack) {
  const Made made(TinySpec());
  const std::string bytes = made.Bytes();
  const auto bundle = OpenBytes(bytes);
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  EXPECT_EQ((*bundle)->spec(), made.spec);
  EXPECT_EQ((*bundle)->provenance(), made.contents.provenance);
  EXPECT_TRUE((*bundle)->position().empty());
  std::vector<std::string> names;
  for (const TensorToWrite& tensor : made.contents.tensors) {
    names.push_back(tensor.name);
    const TensorView* view = (*bundle)->Find(tensor.name);
    ASSERT_NE(view, nullptr);
    EXPECT_EQ(view->shape, tensor.shape);
    EXPECT_TRUE(std::ranges::equal(view->data, tensor.data)) << tensor.name;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(view->data.data()) % 64, 0u);
  }
  EXPECT_THAT((*bundle)->tensor_names(), UnorderedElementsAreArray(names));
  EXPECT_EQ((*bundle)->Find("no/such"), nullptr);
}

TEST(Bundle, EqualContentsGiveEqualBytesInWhateverOrder) {
  Made made(TinySpec());
  const std::string bytes = made.Bytes();
  std::ranges::reverse(made.contents.tensors);
  EXPECT_EQ(made.Bytes(), bytes);
}

TEST(Bundle, ModelPointsIntoTheFileOrHasACopy) {
  const Made made(TinySpec());
  const std::string bytes = made.Bytes();
  const auto bundle = OpenBytes(bytes);
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  for (const bool copy : {false, true, false}) {
    const auto model = LoadModel(*bundle, copy);
    ASSERT_TRUE(model.ok());
    for (const Parameter* parameter : (*model)->parameters()) {
      const TensorView* view = (*bundle)->Find(parameter->name);
      EXPECT_EQ(parameter->value.data == view->data.data(), !copy);
      EXPECT_TRUE(std::equal(view->data.begin(), view->data.end(), parameter->value.data));
      EXPECT_EQ(parameter->storage.size(), copy ? view->data.size() : 0);
    }
  }
}

TEST(Bundle, LongVocabulariesAreTensorsAndComeBack) {
  ModelSpec spec = TinySpec();
  std::vector<std::string> words = {std::string(5000, 'w'), "", "Ærø", std::string("\0\xff", 2)};
  for (int i = 0; i < 100; ++i) words.push_back("word " + std::to_string(i));
  spec.columns.push_back(VocabularyListColumn("city", words));
  spec.columns.push_back(VocabularyListColumn("town", {"one", "two"}));
  std::ranges::sort(spec.columns, {}, &ColumnSpec::name);
  spec.wide.columns = {"city", "shop", "town"};
  spec.fitted["shop"] = {{"seen", words}, {"seen_counts", std::vector<std::int64_t>(words.size(), 7)}};
  ASSERT_TRUE(SettleColumns(&spec).ok());
  const Made made(spec);
  const std::string bytes = made.Bytes();
  const auto bundle = OpenBytes(bytes);
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  EXPECT_EQ((*bundle)->spec(), spec);
  const std::string_view header = std::string_view(bytes).substr(0, bytes.find("  "));
  EXPECT_THAT(header,
              HasSubstr(R"("texts":"[[\"columns\", \"city\", \"vocabulary\"], [\"fitted\", \"shop\", \"seen\"]]")"));
  EXPECT_THAT(header, testing::Not(HasSubstr("word 17")));
  EXPECT_THAT(header, HasSubstr("two"));
}

TEST(Bundle, CheckpointKeepsSlotsBestWeightsAndPosition) {
  Made made(TinySpec());
  made.AddCheckpoint();
  const std::string bytes = made.Bytes();
  const auto bundle = OpenBytes(bytes);
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  EXPECT_EQ((*bundle)->position(), made.contents.position);
  EXPECT_EQ((*bundle)->tensor_names().size(), made.contents.tensors.size());
  EXPECT_TRUE(LoadModel(*bundle, false).ok());
}

TEST(Bundle, WeightThatIsNoNumberIsNotWritten) {
  Made made(TinySpec());
  made.model->parameters()[2]->storage.data()[1] = std::numeric_limits<float>::infinity();
  const Status status = WriteBundle(Made::Path(), made.contents);
  EXPECT_EQ(status.code(), StatusCode::kBadData);
  EXPECT_THAT(status.message(), HasSubstr("is inf: the training has diverged"));
  EXPECT_FALSE(std::filesystem::exists(Made::Path()));
}

TEST(Bundle, InfinityInASlotDoesNoHarm) {
  Made made(TinySpec());
  made.AddCheckpoint();
  const std::vector<float> infinite(made.contents.tensors[0].data.size(), std::numeric_limits<float>::infinity());
  for (TensorToWrite& tensor : made.contents.tensors) {
    if (tensor.name == "slots/" + made.contents.tensors[0].name + "/accumulator") tensor.data = infinite;
  }
  EXPECT_TRUE(OpenBytes(made.Bytes()).ok());
}

TEST(Bundle, FullDiskLeavesTheOldFile) {
  const Made made(TinySpec());
  EXPECT_EQ(WriteBundle("/dev/full", made.contents).code(), StatusCode::kIoError);
  EXPECT_EQ(WriteBundle("/no/such/folder/m.thalweg", made.contents).code(), StatusCode::kCannotWrite);
}

TEST(Bundle, WhatIsNoModelIsSaid) {
  EXPECT_EQ(Bundle::Open("/no/such/model", true).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(Message(""), HasSubstr("m.thalweg: is not a Thalweg model (it is empty)"));
  EXPECT_THAT(
      Message("age,income\n39,<=50K\n50,<=50K\n38,>50K\n53,<=50K\n28,<=50K\n37,<=50K\n49,<=50K\n52,<=50K\n31,>50K\n"),
      HasSubstr("is not a Thalweg model"));
  EXPECT_THAT(
      Message(std::string(
                  R"(H0000000{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})") +
              std::string(100, ' ')),
      HasSubstr("is not a Thalweg model"));
}

// 20,000 × 64 numbers in a table: five blocks of the file.
struct Large : Made {
  Large()
      : Made([] {
          ModelSpec spec = TinySpec();
          for (ColumnSpec& column : spec.columns) {
            if (column.name == "shop") column.params["hash_bucket_size"] = std::int64_t{20'000};
            if (column.name == "shop_embedding") column.params["dimension"] = std::int64_t{64};
          }
          return spec;
        }()) {
    path = Path();
    EXPECT_TRUE(WriteBundle(path, contents).ok());
  }
  ~Large() { std::filesystem::remove(path); }
  std::string path;
};

// Changes one byte of the file, in place.
void Harm(const std::string& path, std::uint64_t at) {
  std::FILE* file = std::fopen(path.c_str(), "r+b");
  std::fseek(file, static_cast<long>(at), SEEK_SET);
  const int byte = std::fgetc(file);
  std::fseek(file, static_cast<long>(at), SEEK_SET);
  std::fputc(byte ^ 1, file);
  std::fclose(file);
}

TEST(Bundle, BlocksAreCheckedAtOpenOrBeforeFirstUse) {
  const Large large;
  ASSERT_TRUE(Bundle::Open(large.path, true).ok());
  const std::uint64_t size = std::filesystem::file_size(large.path);
  ASSERT_GT(size, 4u << 20);
  Harm(large.path, size - (5 << 19));
  EXPECT_THAT(Bundle::Open(large.path, true).status().message(), HasSubstr("is damaged: bytes "));
  const auto bundle = Bundle::Open(large.path, false);
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  std::size_t harmed = 0;
  for (const std::string& name : (*bundle)->tensor_names()) harmed += (*bundle)->Verify(name).ok() ? 0 : 1;
  EXPECT_EQ(harmed, 1u);
  EXPECT_EQ(LoadModel(*bundle, false).status().code(), StatusCode::kBadData);
  EXPECT_TRUE(LoadModel(*bundle, false, false).ok());
}

TEST(Bundle, ManyThreadsMayVerifyAtOnce) {
  const Large large;
  const auto bundle = Bundle::Open(large.path, false);
  ASSERT_TRUE(bundle.ok());
  std::atomic<int> whole = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const auto model = LoadModel(*bundle, false);
      whole += model.ok() ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(whole, 4);
}

// Of fuzz/corpus/bundle:  bundle_test --gtest_also_run_disabled_tests --gtest_filter='*WriteSeeds*'
TEST(Bundle, DISABLED_WriteSeeds) {
  const std::string folder = std::string(THALWEG_TESTDATA) + "/../fuzz/corpus/bundle";
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const Made& made) {
    ASSERT_TRUE(WriteBundle(folder + "/" + name, made.contents).ok());
    std::ofstream(folder + "/" + name + ".json") << ToJson(made.spec);
  };
  Made checkpoint(TinySpec());
  checkpoint.AddCheckpoint();
  write("checkpoint", checkpoint);
  write("binary", Made(TinySpec()));
  Made packed(PackableSpec());
  packed.Pack(NumberForm::kInt8, 4);
  write("packed", packed);
  ModelSpec spec = TinySpec();
  spec.task = spec.head.kind = "multiclass";
  spec.label = {"y", {"red", "green", "blue"}, ""};
  spec.columns = {IdentityColumn("day", 3),
                  VocabularyListColumn("city", {"Oslo", "Rome"}, 1),
                  CrossedColumn({"city", "day"}, 3),
                  IndicatorColumn("day"),
                  NumericColumn("x"),
                  BucketizedColumn("x", {1, 2})};
  spec.wide.columns = {"city_X_day"};
  spec.deep.columns = {"day_indicator", "x_bucketized"};
  spec.deep.batch_norm = true;
  spec.fields.clear();
  ASSERT_TRUE(SettleColumns(&spec).ok());
  write("multiclass", Made(spec));
  std::vector<std::string> words;
  for (int i = 0; i < 66; ++i) words.push_back(std::to_string(i));
  spec = TinySpec();
  spec.columns = {VocabularyListColumn("city", words)};
  spec.fields.clear();
  spec.wide.columns = {"city"};
  spec.deep = {};
  ASSERT_TRUE(SettleColumns(&spec).ok());
  write("texts", Made(spec));
}

}  // namespace
}  // namespace thalweg

// Tables in other forms than float32, whole: what is written comes back, as near as the form can.
#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>

#include "bundle/bundle_testing.h"

namespace thalweg {
namespace {

using testing::HasSubstr;

// The numbers of a table as the file gives them.
std::vector<float> Numbers(const Bundle& bundle, const std::string& name) {
  const auto view = bundle.FindFloats(name);
  EXPECT_TRUE(view.ok()) << view.status().message();
  return {(*view)->data.begin(), (*view)->data.end()};
}

TEST(Packed, EachFormComesBack) {
  for (const NumberForm form : {NumberForm::kF32, NumberForm::kBf16, NumberForm::kInt8}) {
    for (const std::size_t every : {1, 2, 4, 100}) {
      SCOPED_TRACE(testing::Message() << NameOf(form) << " " << every);
      Made made(PackableSpec());
      made.Pack(form, every);
      const std::string bytes = made.Bytes();
      const auto bundle = OpenBytes(bytes);
      ASSERT_TRUE(bundle.ok()) << bundle.status().message();
      const auto copied = LoadModel(*bundle, true), mapped = LoadModel(*bundle, false);
      ASSERT_TRUE(copied.ok() && mapped.ok());
      for (std::size_t p = 0; p < made.model->parameters().size(); ++p) {
        const Parameter& parameter = *made.model->parameters()[p];
        const std::vector<float> numbers = Numbers(**bundle, parameter.name);
        ASSERT_EQ(numbers.size(), parameter.storage.size());
        EXPECT_EQ((*bundle)->Find(parameter.name)->shape, parameter.shape);
        double most = 0;
        for (const float x : parameter.storage.span()) most = std::max(most, std::abs(static_cast<double>(x)));
        const double within = !parameter.table || form == NumberForm::kF32 ? 0 : form == NumberForm::kBf16 ? most / 256 : most / 200;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          EXPECT_NEAR(numbers[i], parameter.storage.data()[i], within) << parameter.name << " " << i;
        }
        const auto twice = (*mapped)->GetParameter(parameter.name);
        ASSERT_TRUE(twice.ok());
        EXPECT_EQ(*twice, numbers);
        EXPECT_TRUE(std::ranges::equal((*copied)->parameters()[p]->storage.span(), numbers));
      }
    }
  }
}

TEST(Packed, ModelsThatGainNothingAreAsBefore) {
  Made made(PackableSpec());
  const std::string plain = made.Bytes();
  made.Pack(NumberForm::kF32, 1);
  for (TensorToWrite& tensor : made.contents.tensors) EXPECT_FALSE(tensor.name.starts_with("linear/linear_model/shop/") && !tensor.pack);
  EXPECT_THAT(made.Bytes(), HasSubstr(R"("format_version":"1")"));
  EXPECT_THAT(plain, HasSubstr(R"("format_version":"1")"));
}

TEST(Packed, FormsAreChosenByWhatIsSmaller) {
  Made made(PackableSpec());
  made.Pack(NumberForm::kInt8, 4);
  const std::string bytes = made.Bytes();
  const auto bundle = OpenBytes(bytes);
  ASSERT_TRUE(bundle.ok());
  const PackedTable& weights = *(*bundle)->Find("linear/linear_model/shop/weights")->packed;
  EXPECT_EQ(weights.form, NumberForm::kBf16);   // a scale each would take more
  EXPECT_EQ(weights.kept, 3u);
  const TensorView* table = (*bundle)->Find("dnn/input_from_feature_columns/input_layer/shop_embedding/embedding_weights");
  EXPECT_EQ(table->packed->form, NumberForm::kInt8);
  EXPECT_EQ(table->bytes, 3u * (6 + 4 + 4));
}

// Changes the byte in the middle of the file, in place.
void HarmMiddle(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "r+b");
  const long at = static_cast<long>(std::filesystem::file_size(path) / 2);
  std::fseek(file, at, SEEK_SET);
  const int byte = std::fgetc(file);
  std::fseek(file, at, SEEK_SET);
  std::fputc(byte ^ 1, file);
  std::fclose(file);
}

// 40,000 × 64 numbers in a table, in each form; the other tables are small.
struct LargeOf : Made {
  LargeOf(NumberForm form, std::size_t every)
      : Made([] {
          ModelSpec spec = TinySpec();
          for (ColumnSpec& column : spec.columns) {
            if (column.name == "shop") column.params["hash_bucket_size"] = std::int64_t{40'000};
            if (column.name == "shop_embedding") column.params["dimension"] = std::int64_t{64};
          }
          return spec;
        }()) {
    Pack(form, every);
    path = Path();
    EXPECT_TRUE(WriteBundle(path, contents).ok());
  }
  ~LargeOf() { std::filesystem::remove(path); }
  std::string path;
  static inline const std::string kTable = "dnn/input_from_feature_columns/input_layer/shop_embedding/embedding_weights";
};

TEST(Packed, RowsAreVerifiedByTheBlocksThatHaveThem) {
  for (const auto& [form, every] : std::vector<std::pair<NumberForm, std::size_t>>{
           {NumberForm::kF32, 1}, {NumberForm::kF32, 2}, {NumberForm::kBf16, 1}, {NumberForm::kInt8, 1}}) {
    SCOPED_TRACE(testing::Message() << NameOf(form) << " " << every);
    const LargeOf large(form, every);
    {
      const auto whole = Bundle::Open(large.path, false);
      ASSERT_TRUE(whole.ok()) << whole.status().message();
      const TensorView& table = *(*whole)->Find(LargeOf::kTable);
      std::vector<std::int32_t> all;
      for (std::int32_t r = -1; r < 40'000; ++r) all.push_back(r);
      EXPECT_TRUE((*whole)->VerifyRows(table, all).ok());
    }
    HarmMiddle(large.path);
    EXPECT_FALSE(Bundle::Open(large.path, true).ok());
    const auto bundle = Bundle::Open(large.path, false);
    ASSERT_TRUE(bundle.ok()) << bundle.status().message();
    const TensorView& table = *(*bundle)->Find(LargeOf::kTable);
    const std::vector<std::int32_t> first = {-1, 0, 1, 2, 3, 1, 39'999};
    std::vector<std::int32_t> middle;
    for (std::int32_t r = 10'000; r < 30'000; ++r) middle.push_back(r);
    for (int again = 0; again < 2; ++again) {
      EXPECT_TRUE((*bundle)->VerifyRows(table, first).ok());
      const Status status = (*bundle)->VerifyRows(table, middle);
      EXPECT_EQ(status.code(), StatusCode::kBadData);
      EXPECT_THAT(status.message(), HasSubstr(large.path + ": is damaged"));
      EXPECT_THAT(status.message(), HasSubstr("(block "));
      EXPECT_THAT(status.message(), HasSubstr(LargeOf::kTable));
    }
    EXPECT_FALSE((*bundle)->FindFloats(LargeOf::kTable).ok());
  }
}

TEST(Packed, ManyThreadsMayVerifyRowsAtOnce) {
  const LargeOf large(NumberForm::kInt8, 2);
  const auto bundle = Bundle::Open(large.path, false);
  ASSERT_TRUE(bundle.ok());
  std::atomic<int> whole = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::int32_t> rows;
      for (std::int32_t r = 0; r < 40'000; r += 7) rows.push_back((r + t * 5000) % 40'000);
      float row[64];
      const TensorView& table = *(*bundle)->Find(LargeOf::kTable);
      const bool ok = (*bundle)->VerifyRows(table, rows).ok();
      table.packed->Read(4242, 0, 64, row);
      whole += ok && row[0] == 0 ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(whole, 4);
}

}  // namespace
}  // namespace thalweg

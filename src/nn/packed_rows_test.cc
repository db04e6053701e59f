#include "nn/packed_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "nn/embedding_bag.h"

namespace thalweg {
namespace {

// A table of 100 rows in a form, every third row of it kept or all of them, and the same decoded.
struct Both {
  Both(NumberForm form, std::size_t cols, bool sparse) {
    const std::size_t rows = 100;
    packed.form = form;
    packed.rows = rows;
    packed.cols = cols;
    for (std::size_t r = 0; r < rows; ++r) {
      if (!sparse || r % 3 == 0) row_numbers.push_back(static_cast<std::uint32_t>(r));
    }
    packed.kept = row_numbers.size();
    data.resize(packed.kept * cols);
    scales.resize(packed.kept);
    std::vector<float> row(cols);
    for (std::size_t k = 0; k < packed.kept; ++k) {
      for (std::size_t c = 0; c < cols; ++c) row[c] = std::sin(static_cast<float>(row_numbers[k] * 7 + c * 3 + 1));
      EncodeRow(form, row.data(), cols, reinterpret_cast<std::uint8_t*>(data.data()) + k * cols * BytesOf(form), &scales[k]);
    }
    packed.data = data.data();
    packed.scales = scales.data();
    packed.row_numbers = sparse ? row_numbers.data() : nullptr;
    packed.MakeIndex();
    dense.Resize(rows, cols);
    for (std::size_t r = 0; r < rows; ++r) packed.Read(r, 0, cols, dense.row(r));
    plain.value = dense.view();
    as_packed.value = {nullptr, rows, cols, cols};
    as_packed.packed = &packed;
  }
  std::vector<std::uint32_t> row_numbers;
  std::vector<float> data, scales;   // room for any form
  PackedTable packed;
  Matrix dense;
  Parameter plain, as_packed;
};

IdLists RaggedLists(bool weights) {
  IdLists lists;
  lists.Clear();
  for (std::size_t r = 0; r < 150; ++r) {
    const std::size_t n = r % 40 == 7 ? 3 : r % 11 == 5 ? 0 : 1;
    for (std::size_t i = 0; i < n; ++i) lists.ids.push_back(r % 13 == 4 ? -1 : static_cast<std::int32_t>((r * 37 + i * 11) % 100));
    lists.offsets.push_back(static_cast<std::uint32_t>(lists.ids.size()));
  }
  for (std::size_t i = 0; weights && i < lists.ids.size(); ++i) lists.weights.push_back(0.25f * static_cast<float>(i % 7) - 0.5f);
  return lists;
}

TEST(PackedRows, ScoreToTheBitAsTheSameNumbersInFloat32) {
  for (const NumberForm form : {NumberForm::kF32, NumberForm::kBf16, NumberForm::kInt8}) {
    for (const std::size_t cols : {1, 3, 8, 16, 33, 100}) {
      for (const bool sparse : {false, true}) {
        const Both both(form, cols, sparse);
        for (const Combiner combiner : {Combiner::kSum, Combiner::kMean, Combiner::kSqrtN}) {
          for (const double max_norm : {0.0, 0.7}) {
            for (const bool weights : {false, true}) {
              SCOPED_TRACE(testing::Message() << NameOf(form) << " " << cols << " " << sparse << " " << max_norm << " " << weights);
              const IdLists lists = RaggedLists(weights);
              Matrix a(lists.num_rows(), cols), b(lists.num_rows(), cols);
              const EmbeddingBag plain(&both.plain, combiner, max_norm), packed(&both.as_packed, combiner, max_norm);
              a.Fill(9);
              b.Fill(9);
              plain.Lookup(lists, 0, a.view());
              packed.Lookup(lists, 0, b.view());
              ASSERT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0);
              plain.AddLookup(lists, 0, a.view());
              packed.AddLookup(lists, 0, b.view());
              ASSERT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0);
            }
          }
        }
      }
    }
  }
}

TEST(PackedRows, NumbersAreTheNearestOfTheirForm) {
  const float row[] = {1.00390625f, -1.01171875f, 3.4e38f, 1e-42f, 0, -0.5f};
  std::uint16_t half[6];
  float scale = -7;
  EncodeRow(NumberForm::kBf16, row, 6, half, &scale);
  EXPECT_THAT(half, testing::ElementsAre(0x3F80, 0xBF82, 0x7F7F, 0, 0, 0xBF00));   // ties to even; never infinite
  EXPECT_EQ(scale, -7);
  const float small[] = {-12.7f, 6.35f, 0.04f, 0.06f, 0};
  std::int8_t integers[5];
  EncodeRow(NumberForm::kInt8, small, 5, integers, &scale);
  EXPECT_FLOAT_EQ(scale, 0.1f);
  EXPECT_THAT(integers, testing::ElementsAre(-127, testing::AnyOf(63, 64), 0, 1, 0));
  for (const float most : {3.4028234e38f, 1e-45f, 1e-38f, 0.0f}) {
    const float extreme[] = {most, -most};
    std::int8_t two[2];
    EncodeRow(NumberForm::kInt8, extreme, 2, two, &scale);
    EXPECT_TRUE(std::isfinite(scale) && scale >= 0 && scale <= kLargestScale);
    EXPECT_NEAR(two[0] * static_cast<double>(scale), most, most * 0.02 + 1e-43);
  }
}

TEST(PackedRows, AreFoundWhereverTheyAre) {
  for (const std::vector<std::uint32_t>& kept : std::vector<std::vector<std::uint32_t>>{
           {}, {0}, {999'999}, {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 500'000}, {0, 999'999}}) {
    PackedTable table;
    table.rows = 1'000'000;
    table.kept = kept.size();
    const std::uint32_t none = 0;
    table.row_numbers = kept.empty() ? &none : kept.data();
    table.MakeIndex();
    for (std::size_t k = 0; k < kept.size(); ++k) EXPECT_EQ(table.Find(kept[k]), k);
    for (const std::size_t row : {1, 4, 19, 499'999, 500'001, 999'998}) EXPECT_EQ(table.Find(row), PackedTable::kNone);
  }
}

}  // namespace
}  // namespace thalweg

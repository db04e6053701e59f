#include "tensor/kernels.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace thalweg {
namespace {

// A matrix with columns to spare behind each row, which must not be touched.
class Padded {
 public:
  Padded(std::mt19937& random, std::size_t rows, std::size_t cols, std::size_t gap)
      : rows_(rows), cols_(cols), stride_(cols + gap), values_(rows * stride_ + 1) {
    std::uniform_real_distribution<float> draw(-1, 1);
    for (float& v : values_) v = draw(random);
  }
  MatrixView view() { return {values_.data(), rows_, cols_, stride_}; }
  ConstMatrixView view() const { return {values_.data(), rows_, cols_, stride_}; }
  MatrixView rows(std::size_t begin, std::size_t n) { return {values_.data() + begin * stride_, n, cols_, stride_}; }
  bool SameBits(const Padded& other) const {
    return std::memcmp(values_.data(), other.values_.data(), values_.size() * sizeof(float)) == 0;
  }

 private:
  std::size_t rows_, cols_, stride_;
  std::vector<float> values_;
};

// Runs each test once for every set of instructions that this machine has.
class KernelsTest : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { hwy::SetSupportedTargetsForTest(GetParam()); }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

  void ExpectProductsEqualPlainOnes(std::size_t batch, std::size_t in, std::size_t out, std::size_t gap) {
    SCOPED_TRACE(KernelNames() + ": " + std::to_string(batch) + " rows, " + std::to_string(in) + " -> " +
                 std::to_string(out) + ", gap " + std::to_string(gap));
    const Padded x(random_, batch, in, gap), w(random_, in, out, gap), dy(random_, batch, out, gap);
    Padded y(random_, batch, out, gap), plain_y = y;
    MultiplyAdd(x.view(), w.view(), y.view());
    ref::MultiplyAdd(x.view(), w.view(), plain_y.view());
    ASSERT_TRUE(y.SameBits(plain_y)) << "MultiplyAdd";

    Padded dx(random_, batch, in, gap), plain_dx = dx;
    MultiplyTransposed(dy.view(), w.view(), dx.view());
    ref::MultiplyTransposed(dy.view(), w.view(), plain_dx.view());
    ASSERT_TRUE(dx.SameBits(plain_dx)) << "MultiplyTransposed";

    Padded dw(random_, in, out, gap), plain_dw = dw;
    OuterProductSum(x.view(), dy.view(), dw.view());
    ref::OuterProductSum(x.view(), dy.view(), plain_dw.view());
    ASSERT_TRUE(dw.SameBits(plain_dw)) << "OuterProductSum";
  }

  // An element of a product over k: apart by at most a few roundings of the sum of the absolute products, ≤ k here.
  static void ExpectClose(const Padded& fast, const Padded& plain, std::size_t k, const char* what) {
    const ConstMatrixView a = fast.view(), b = plain.view();
    float most = 0;
    for (std::size_t i = 0; i < a.rows * a.stride; ++i) most = std::max(most, std::fabs(a.data[i] - b.data[i]));
    EXPECT_LE(most, 1e-6f * static_cast<float>(k + 1)) << what;
  }

  void ExpectBf16ProductsNearPlainOnes(std::size_t batch, std::size_t in, std::size_t out, std::size_t gap) {
    SCOPED_TRACE(KernelNames() + ": " + std::to_string(batch) + " rows, " + std::to_string(in) + " -> " +
                 std::to_string(out) + ", gap " + std::to_string(gap));
    const Padded x(random_, batch, in, gap), w(random_, in, out, gap), dy(random_, batch, out, gap);
    Padded y(random_, batch, out, gap), plain_y = y;
    MultiplyAdd(x.view(), w.view(), y.view(), Precision::kBf16);
    ref::MultiplyAdd(x.view(), w.view(), plain_y.view(), Precision::kBf16);
    ExpectClose(y, plain_y, in, "MultiplyAdd");

    Padded dx(random_, batch, in, gap), plain_dx = dx;
    MultiplyTransposed(dy.view(), w.view(), dx.view(), Precision::kBf16);
    ref::MultiplyTransposed(dy.view(), w.view(), plain_dx.view(), Precision::kBf16);
    ExpectClose(dx, plain_dx, out, "MultiplyTransposed");

    Padded dw(random_, in, out, gap), plain_dw = dw;
    OuterProductSum(x.view(), dy.view(), dw.view(), Precision::kBf16);
    ref::OuterProductSum(x.view(), dy.view(), plain_dw.view(), Precision::kBf16);
    ExpectClose(dw, plain_dw, batch, "OuterProductSum");
  }

  std::size_t Draw(std::size_t most) { return 1 + random_() % most; }

  std::mt19937 random_{7};
};

// The set in use and all below it: a machine that lacks the better ones.
std::vector<std::int64_t> TargetsOfThisMachine() {
  std::vector<std::int64_t> sets;
  std::string last;
  for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
    hwy::SetSupportedTargetsForTest(left);
    if (KernelNames() != last) sets.push_back(left);
    last = KernelNames();
  }
  hwy::SetSupportedTargetsForTest(0);
  return sets;
}
std::string TargetName(const testing::TestParamInfo<std::int64_t>& info) {
  hwy::SetSupportedTargetsForTest(info.param);
  const std::string name = KernelNames();
  hwy::SetSupportedTargetsForTest(0);
  return name;
}
INSTANTIATE_TEST_SUITE_P(Targets, KernelsTest, testing::ValuesIn(TargetsOfThisMachine()), TargetName);

TEST_P(KernelsTest, ProductsOfSmallOddShapesEqualThePlainOnesToTheBit) {
  for (std::size_t n = 1; n <= 70; ++n) ExpectProductsEqualPlainOnes(Draw(70), Draw(70), n, n % 4);
  for (std::size_t n = 1; n <= 70; ++n) ExpectProductsEqualPlainOnes(Draw(70), n, Draw(70), n % 3);
  for (std::size_t n = 1; n <= 70; ++n) ExpectProductsEqualPlainOnes(n, Draw(70), Draw(70), n % 5);
}

TEST_P(KernelsTest, NarrowLayersEqualThePlainOnesToTheBit) {
  for (std::size_t out = 1; out <= 9; ++out) {
    for (const std::size_t batch : {1, 7, 8, 9, 64, 600}) ExpectProductsEqualPlainOnes(batch, Draw(40), out, out % 3);
  }
}

TEST_P(KernelsTest, ProductsCutIntoSeveralBlocksEqualThePlainOnesToTheBit) {
  ExpectProductsEqualPlainOnes(270, 513, 33, 0);  // more rows and more depth than a block
  ExpectProductsEqualPlainOnes(5, 1030, 65, 3);
  ExpectProductsEqualPlainOnes(1030, 9, 3, 1);
  ExpectProductsEqualPlainOnes(128, 64, 256, 0);  // strides of powers of two
}

TEST_P(KernelsTest, ARowAloneEqualsTheRowInABatchToTheBit) {
  Padded x(random_, 100, 77, 2), w(random_, 77, 50, 0), y(random_, 100, 50, 1);
  for (const std::size_t cut : {1, 3, 16, 41}) {
    Padded whole = y, parts = y;
    MultiplyAdd(x.view(), w.view(), whole.view());
    for (std::size_t b = 0; b < 100; b += cut) {
      const std::size_t n = std::min<std::size_t>(cut, 100 - b);
      MultiplyAdd(x.rows(b, n), w.view(), parts.rows(b, n));
    }
    EXPECT_TRUE(whole.SameBits(parts)) << cut;
  }
}

TEST_P(KernelsTest, Bf16ProductsEqualThePlainOnesWithinRounding) {
  for (std::size_t n = 1; n <= 70; ++n) ExpectBf16ProductsNearPlainOnes(Draw(70), Draw(70), n, n % 4);
  for (std::size_t n = 1; n <= 70; ++n) ExpectBf16ProductsNearPlainOnes(Draw(70), n, Draw(70), n % 3);
  for (std::size_t n = 1; n <= 70; ++n) ExpectBf16ProductsNearPlainOnes(n, Draw(70), Draw(70), n % 5);
  ExpectBf16ProductsNearPlainOnes(520, 517, 37, 0);  // more rows and more depth than a block
  ExpectBf16ProductsNearPlainOnes(5, 1031, 65, 3);
  ExpectBf16ProductsNearPlainOnes(33, 9, 1030, 1);
  ExpectBf16ProductsNearPlainOnes(128, 64, 256, 0);  // strides of powers of two
}

TEST_P(KernelsTest, ABf16RowAloneEqualsTheRowInABatchToTheBit) {
  Padded x(random_, 100, 577, 2), w(random_, 577, 50, 0), y(random_, 100, 50, 1), dy(random_, 100, 50, 0);
  Padded dx(random_, 100, 577, 0), dw(random_, 577, 50, 0);
  Padded whole = y, whole_dx = dx, whole_dw = dw;
  MultiplyAdd(x.view(), w.view(), whole.view(), Precision::kBf16);
  MultiplyTransposed(dy.view(), w.view(), whole_dx.view(), Precision::kBf16);
  OuterProductSum(x.view(), dy.view(), whole_dw.view(), Precision::kBf16);
  for (const std::size_t cut : {1, 3, 16, 41}) {
    Padded parts = y, parts_dx = dx, parts_dw = dw;
    for (std::size_t b = 0; b < 100; b += cut) {
      const std::size_t n = std::min<std::size_t>(cut, 100 - b);
      MultiplyAdd(x.rows(b, n), w.view(), parts.rows(b, n), Precision::kBf16);
      MultiplyTransposed(dy.rows(b, n), w.view(), parts_dx.rows(b, n), Precision::kBf16);
    }
    for (std::size_t k = 0; k < 577; k += cut) {  // tiles of a kernel's gradient: some rows, half the columns
      for (const std::size_t col : {0, 20}) {
        ConstMatrixView columns = x.view(), slope = dy.view();
        MatrixView tile = parts_dw.rows(k, std::min<std::size_t>(cut, 577 - k));
        columns.data += k, columns.cols = tile.rows;
        slope.data += col, tile.data += col;
        slope.cols = tile.cols = col == 0 ? 20 : 30;
        OuterProductSum(columns, slope, tile, Precision::kBf16);
      }
    }
    EXPECT_TRUE(whole.SameBits(parts)) << cut;
    EXPECT_TRUE(whole_dx.SameBits(parts_dx)) << cut;
    EXPECT_TRUE(whole_dw.SameBits(parts_dw)) << cut;
  }
}

TEST_P(KernelsTest, Bf16KeepsWhatIsNotFinite) {
  Matrix x(1, 3), w(3, 8), y(1, 8);
  x.Fill(1), w.Fill(1), y.Fill(0);
  w.row(0)[0] = std::numeric_limits<float>::infinity(), w.row(1)[1] = std::nanf("");
  MultiplyAdd(x.view(), w.view(), y.view(), Precision::kBf16);
  EXPECT_EQ(y.row(0)[0], std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(y.row(0)[1]));
  EXPECT_EQ(y.row(0)[2], 3);
}

TEST_P(KernelsTest, AProductOverNothingIsItsStart) {
  Matrix x(3, 0), w(0, 2), y(3, 2), dx(3, 2), dw(2, 3);
  y.Fill(5);
  MultiplyAdd(x.view(), w.view(), y.view());
  EXPECT_EQ(y.row(2)[1], 5);
  dx.Fill(5);
  MultiplyTransposed(Matrix(3, 0).view(), Matrix(2, 0).view(), dx.view());
  EXPECT_EQ(dx.row(2)[1], 0);
  dw.Fill(5);
  OuterProductSum(Matrix(0, 2).view(), Matrix(0, 3).view(), dw.view());
  EXPECT_EQ(dw.row(1)[2], 0);
  MultiplyAdd(Matrix(0, 4).view(), Matrix(4, 2).view(), Matrix(0, 2).view());
}

TEST_P(KernelsTest, SumsAndDotsEqualThePlainOnesToTheBit) {
  for (std::size_t n = 0; n <= 150; ++n) {
    const Padded m(random_, Draw(9), n, 1), other(random_, 1, n, 0);
    const std::span<const float> x(m.view().data, n), y(other.view().data, n);
    EXPECT_EQ(Dot(x, y), ref::Dot(x, y)) << n;

    std::vector<float> sums(n, 3.0f), plain = sums;
    SumRows(m.view(), sums);
    ref::SumRows(m.view(), plain);
    EXPECT_EQ(sums, plain);
    Axpy(0.3f, x, sums);
    ref::Axpy(0.3f, x, plain);
    EXPECT_EQ(sums, plain);
  }
}

}  // namespace
}  // namespace thalweg

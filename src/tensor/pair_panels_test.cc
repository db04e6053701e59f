#include "tensor/pair_panels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <vector>

namespace thalweg {
namespace {

class PairPanelsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasFastBf16()) GTEST_SKIP() << "this processor has no products of bf16";
  }
  Matrix Draw(std::size_t rows, std::size_t cols) {
    std::uniform_real_distribution<float> draw(-1, 1);
    Matrix m(rows, cols);
    for (float& v : m.span()) v = draw(random_);
    return m;
  }
  static bool SameBits(const Matrix& a, const Matrix& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
  }
  static ConstMatrixView Part(const Matrix& m, std::size_t row, std::size_t rows, std::size_t col, std::size_t cols) {
    return {m.row(row) + col, rows, cols, m.cols()};
  }
  // Packed piece by piece, as blocks and tiles come.
  static PairPanels Pack(const Matrix& m, std::size_t rows, std::size_t cols) {
    PairPanels packed;
    packed.Resize(m.rows(), m.cols());
    for (std::size_t r = 0; r < m.rows(); r += rows) {
      for (std::size_t c = 0; c < m.cols(); c += cols) {
        packed.Pack(r, c, Part(m, r, std::min(rows, m.rows() - r), c, std::min(cols, m.cols() - c)));
      }
    }
    return packed;
  }
  std::mt19937 random_{7};
};

TEST_F(PairPanelsTest, ProductsOfPackedKernelsHaveTheBitsOfTheOthers) {
  for (const auto& [batch, in, out] : std::vector<std::array<std::size_t, 3>>{
           {1, 1, 8}, {5, 17, 64}, {130, 429, 100}, {300, 33, 65}, {7, 1100, 80}, {64, 64, 64}, {2, 3, 257}}) {
    SCOPED_TRACE(testing::Message() << batch << " rows, " << in << " -> " << out);
    const Matrix x = Draw(batch, in), w = Draw(in, out), bias = Draw(1, out), dy = Draw(batch, out);
    Matrix y(batch, out), packed_y(batch, out), dx(batch, in), packed_dx(batch, in);
    for (std::size_t r = 0; r < batch; ++r) std::copy_n(bias.data(), out, y.row(r));
    MultiplyAdd(x.view(), w.view(), y.view(), Precision::kBf16);
    const PairPanels panels = Pack(w, 64, 48);
    MultiplyAdd(x.view(), panels, bias.data(), packed_y.view());
    EXPECT_TRUE(SameBits(y, packed_y));
    for (std::size_t r = 0; r < batch; ++r) std::copy_n(bias.data(), out, packed_y.row(r));
    MultiplyAdd(x.view(), panels, nullptr, packed_y.view());
    EXPECT_TRUE(SameBits(y, packed_y)) << "on top of what y holds";

    PairPanels transposed;
    transposed.Resize(out, in);
    for (std::size_t k = 0; k < in; k += 32) transposed.PackTransposed(0, k, Part(w, k, std::min<std::size_t>(32, in - k), 0, out));
    MultiplyTransposed(dy.view(), w.view(), dx.view(), Precision::kBf16);
    Multiply(dy.view(), transposed, packed_dx.view());
    EXPECT_TRUE(SameBits(dx, packed_dx));
  }
}

TEST_F(PairPanelsTest, TilesOfAPackedGradientHaveTheBitsOfTheWhole) {
  for (const auto& [batch, in, out] :
       std::vector<std::array<std::size_t, 3>>{{1, 5, 8}, {63, 200, 65}, {700, 70, 130}, {1200, 17, 40}}) {
    SCOPED_TRACE(testing::Message() << batch << " rows, " << in << " -> " << out);
    const Matrix x = Draw(batch, in), dy = Draw(batch, out);
    Matrix dw(in, out), tiled(in, out);
    OuterProductSum(x.view(), dy.view(), dw.view(), Precision::kBf16);
    const PairPanels packed_x = Pack(x, 64, in), packed_dy = Pack(dy, 128, out);
    for (std::size_t r = 0; r < in; r += 37) {
      for (std::size_t c = 0; c < out; c += 48) {
        const MatrixView tile = {tiled.row(r) + c, std::min<std::size_t>(37, in - r), std::min<std::size_t>(48, out - c), out};
        OuterProductSum(packed_x, r, packed_dy, c, tile);
      }
    }
    EXPECT_TRUE(SameBits(dw, tiled));
  }
}

}  // namespace
}  // namespace thalweg

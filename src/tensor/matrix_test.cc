#include "tensor/matrix.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <new>
#include <utility>

namespace thalweg {
namespace {

TEST(MatrixTest, KeepsItsMemoryWhenItGetsSmaller) {
  Matrix m(10, 10);
  const float* before = m.data();
  m.Resize(3, 7);
  m.Resize(4, 25);
  EXPECT_EQ(m.data(), before);
  EXPECT_EQ(m.row(2) - m.data(), 50);
  EXPECT_EQ(m.size(), 100u);
}

TEST(MatrixTest, RowsBeginOnACacheLineAndCanBeFilledWhateverTheSize) {
  for (const std::size_t rows : {1, 1000, 2000000}) {
    Matrix m(rows, 3);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(m.data()) % 64, 0u);
    m.Fill(2);
    EXPECT_EQ(m.row(rows - 1)[2], 2);
  }
}

TEST(MatrixTest, WhatWasMovedFromIsEmptyAndMayBeUsedAgain) {
  Matrix m(2, 2);
  Matrix other = std::move(m);
  EXPECT_EQ(m.size(), 0u);
  m.Resize(1, 4);
  m.Fill(1);
  other = std::move(m);
  EXPECT_EQ(other.cols(), 4u);
  EXPECT_EQ(m.rows(), 0u);
}

TEST(MatrixTest, ASizeBeyondAllMemoryThrows) {
  Matrix m(1, 1);
  const std::size_t half = std::size_t{1} << 33;
  EXPECT_THROW(m.Resize(half, half), std::bad_alloc);
  m.Resize(2, 2);
  EXPECT_EQ(m.size(), 4u);
}

}  // namespace
}  // namespace thalweg

// What numbers of TensorFlow and ours may differ by: TensorFlow differs from itself by that when rows of a batch change places.
#ifndef THALWEG_TESTS_PARITY_CLOSE_H_
#define THALWEG_TESTS_PARITY_CLOSE_H_

#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace thalweg {

inline void ExpectClose(double ours, double theirs, const std::string& what) {
  EXPECT_NEAR(ours, theirs, 1e-6 + 1e-5 * std::fabs(theirs)) << what;
}

}  // namespace thalweg

#endif  // THALWEG_TESTS_PARITY_CLOSE_H_

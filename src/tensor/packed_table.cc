#include "tensor/packed_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace thalweg {
namespace {

constexpr float kLargestInteger = 127;
constexpr std::uint32_t kLargestBf16 = 0x7F7F;
constexpr double kRounds = 6755399441055744;  // 1.5 · 2^52: beside it a number has no digits after the point, ties to even

std::uint16_t ToBf16(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t sign = bits >> 31 << 15, magnitude = bits & 0x7FFFFFFF;
  const std::uint32_t rounded = (magnitude + 0x7FFF + (magnitude >> 16 & 1)) >> 16;
  return static_cast<std::uint16_t>(sign | std::min(rounded, kLargestBf16));
}

float FromBf16(std::uint16_t x) { return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16); }

}  // namespace

std::size_t BytesOf(NumberForm form) {
  return form == NumberForm::kF32 ? sizeof(float) : form == NumberForm::kBf16 ? sizeof(std::uint16_t) : sizeof(std::int8_t);
}

const char* NameOf(NumberForm form) {
  return form == NumberForm::kF32 ? "fp32" : form == NumberForm::kBf16 ? "bf16" : "int8";
}

void EncodeRow(NumberForm form, const float* row, std::size_t n, void* to, float* scale) {
  switch (form) {
    case NumberForm::kF32:
      std::memcpy(to, row, n * sizeof(float));
      return;
    case NumberForm::kBf16:
      std::transform(row, row + n, static_cast<std::uint16_t*>(to), ToBf16);
      return;
    case NumberForm::kInt8: {
      float most = 0;
      for (std::size_t i = 0; i < n; ++i) most = std::max(most, std::fabs(row[i]));
      *scale = std::min(most / kLargestInteger, kLargestScale);
      // Of rows of the smallest subnormals nothing is left.
      const double by = *scale > 0 ? 1.0 / static_cast<double>(*scale) : 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        const double q = std::clamp(static_cast<double>(row[i]) * by, -127.0, 127.0);
        static_cast<std::int8_t*>(to)[i] = static_cast<std::int8_t>((q + kRounds) - kRounds);
      }
      return;
    }
  }
}

void PackedTable::MakeIndex() {
  if (row_numbers == nullptr) return;
  shift = 0;
  while (rows >> shift > 2 * kept + 1) ++shift;
  starts.assign((rows >> shift) + 2, 0);
  std::size_t at = 0;
  for (std::size_t run = 0; run < starts.size(); ++run) {
    while (at < kept && row_numbers[at] >> shift < run) ++at;
    starts[run] = static_cast<std::uint32_t>(at);
  }
}

void PackedTable::Read(std::size_t row, std::size_t first, std::size_t count, float* to) const {
  const std::size_t place = Find(row);
  if (place == kNone) {
    std::fill_n(to, count, 0.0f);
    return;
  }
  const std::size_t at = place * cols + first;
  switch (form) {
    case NumberForm::kF32:
      std::memcpy(to, static_cast<const float*>(data) + at, count * sizeof(float));
      return;
    case NumberForm::kBf16:
      std::transform(static_cast<const std::uint16_t*>(data) + at, static_cast<const std::uint16_t*>(data) + at + count, to, FromBf16);
      return;
    case NumberForm::kInt8: {
      const float scale = scales[place];
      const auto* from = static_cast<const std::int8_t*>(data) + at;
      for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]) * scale;
      return;
    }
  }
}

}  // namespace thalweg

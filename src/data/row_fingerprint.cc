#include "data/row_fingerprint.h"

#include <bit>

#include "base/hash.h"

namespace thalweg {
namespace {

constexpr std::uint32_t kMissing = 0xffffffffu;  // as a length impossible, as a float a NaN, which no value is

template <class T>
std::uint32_t Extend(std::uint32_t crc, const T* data, std::size_t count) {
  return Crc32c(data, count * sizeof(T), crc);
}

}  // namespace

RowFingerprint::RowFingerprint(const Schema& schema) : schema_(schema), chains_(schema.fields.size()) {}

void RowFingerprint::Add(const ExampleBatch& batch) {
  for (std::size_t f = 0; f < chains_.size(); ++f) {
    AddField(schema_.fields[f], batch.fields[f], batch.num_rows, &chains_[f]);
  }
  label_ = Extend(label_, batch.label.data(), batch.label.size());
  weight_ = Extend(weight_, batch.weight.data(), batch.weight.size());
  num_rows_ += batch.num_rows;
}

void RowFingerprint::AddField(const FieldSpec& spec, const FieldValues& v, std::size_t num_rows, Chain* chain) {
  const std::size_t first = num_rows == 0 ? 0 : v.begin(0);
  const std::size_t n = num_rows == 0 ? 0 : v.end(num_rows - 1) - first;
  scratch_.resize(num_rows);
  if (spec.many || spec.dtype == DType::kInteger) {
    for (std::size_t row = 0; row < num_rows; ++row)
      scratch_[row] = static_cast<std::uint32_t>(v.end(row) - v.begin(row));
  } else if (spec.dtype == DType::kText) {
    const std::uint32_t* offsets = v.text_offsets.data();
    if (v.row_offsets.empty()) {
      for (std::size_t row = 0; row < num_rows; ++row) scratch_[row] = offsets[row + 1] - offsets[row];
    } else {
      for (std::size_t row = 0; row < num_rows; ++row) {
        const std::size_t i = v.begin(row);
        scratch_[row] = i == v.end(row) ? kMissing : offsets[i + 1] - offsets[i];
      }
    }
  } else {
    for (std::size_t row = 0; row < num_rows; ++row) {
      const std::size_t i = v.begin(row);
      scratch_[row] = i == v.end(row) ? kMissing : std::bit_cast<std::uint32_t>(v.numbers[i]);
    }
  }
  chain->rows = Extend(chain->rows, scratch_.data(), num_rows);

  switch (spec.dtype) {
    case DType::kText:
      if (spec.many) {
        scratch_.resize(n);
        for (std::size_t i = 0; i < n; ++i) scratch_[i] = v.text_offsets[first + i + 1] - v.text_offsets[first + i];
        chain->lengths = Extend(chain->lengths, scratch_.data(), n);
      }
      if (n > 0) {
        const std::uint32_t begin = v.text_offsets[first];
        chain->values = Extend(chain->values, v.text + begin, v.text_offsets[first + n] - begin);
      }
      break;
    case DType::kInteger:
      chain->values = Extend(chain->values, v.integers.data() + first, n);
      break;
    case DType::kNumber:
      if (spec.many) chain->values = Extend(chain->values, v.numbers.data() + first, n);
      break;
  }
}

std::uint64_t RowFingerprint::value() const {
  std::uint64_t all = FingerprintCat64(num_rows_, (std::uint64_t{label_} << 32) | weight_);
  for (std::size_t f = 0; f < chains_.size(); ++f) {
    const FieldSpec& spec = schema_.fields[f];
    all = FingerprintCat64(all, Fingerprint64(spec.name));
    all = FingerprintCat64(all, (std::uint64_t{chains_[f].rows} << 32) | chains_[f].values);
    all = FingerprintCat64(all, (std::uint64_t{chains_[f].lengths} << 32) | static_cast<std::uint32_t>(spec.dtype));
  }
  return all;
}

}  // namespace thalweg

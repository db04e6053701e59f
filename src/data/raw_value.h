// One value of a raw column, whatever the column's type is.
#ifndef THALWEG_DATA_RAW_VALUE_H_
#define THALWEG_DATA_RAW_VALUE_H_

#include <bit>

#include "data/raw_table.h"

namespace thalweg {

struct RawValue {
  RawType type = RawType::kNull;  // never kMixed
  std::string_view text;
  bool flag = false;
  std::int64_t int64 = 0;
  std::uint64_t uint64 = 0;
  double number = 0;  // kFloat and kDouble
};

// Value `i` of its values; whether it is there (row_valid, value_valid) is not looked at.
inline RawValue ValueAt(const RawColumn& raw, std::size_t i) {
  RawValue v;
  const bool mixed = raw.type == RawType::kMixed;
  v.type = mixed ? raw.tags[i] : raw.type;
  switch (v.type) {
    case RawType::kText:
      v.text = raw.text_at(i);
      break;
    case RawType::kBool:
      v.flag = (mixed ? raw.bits[i] : raw.bools[i]) != 0;
      break;
    case RawType::kInt64:
      v.int64 = mixed ? static_cast<std::int64_t>(raw.bits[i]) : raw.int64s[i];
      break;
    case RawType::kUint64:
      v.uint64 = mixed ? raw.bits[i] : raw.uint64s[i];
      break;
    case RawType::kFloat:
      v.number = mixed ? std::bit_cast<float>(static_cast<std::uint32_t>(raw.bits[i])) : raw.floats[i];
      break;
    case RawType::kDouble:
      v.number = mixed ? std::bit_cast<double>(raw.bits[i]) : raw.doubles[i];
      break;
    case RawType::kNull:
    case RawType::kMixed:
      break;
  }
  return v;
}

// Its text, as data/cell.h says; nothing for a null. Defined in cell.cc.
void AppendText(const RawValue& value, std::string* out);

}  // namespace thalweg

#endif  // THALWEG_DATA_RAW_VALUE_H_

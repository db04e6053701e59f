#include "readers/plain_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "readers/csv_header.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "readers/plain_rows.cc"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace thalweg {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kBytes = 64;   // looked at together, a bit each

struct Marks {
  std::uint64_t cells = 0, rows = 0, other = 0;   // separators and line feeds; line feeds; quotes and carriage returns
};

HWY_INLINE Marks MarksOf(const std::uint8_t* text, std::uint8_t separator) {
  const hn::CappedTag<std::uint8_t, kBytes> d;
  const std::size_t lanes = hn::Lanes(d);
  std::uint8_t cells[kBytes / 8], rows[kBytes / 8], other[kBytes / 8];
  for (std::size_t i = 0; i < kBytes; i += lanes) {
    const auto bytes = hn::LoadU(d, text + i);
    const auto feeds = hn::Eq(bytes, hn::Set(d, '\n'));
    hn::StoreMaskBits(d, hn::Or(feeds, hn::Eq(bytes, hn::Set(d, separator))), cells + i / 8);
    hn::StoreMaskBits(d, feeds, rows + i / 8);
    hn::StoreMaskBits(d, hn::Or(hn::Eq(bytes, hn::Set(d, '"')), hn::Eq(bytes, hn::Set(d, '\r'))), other + i / 8);
  }
  const auto word = [](const std::uint8_t* bits) {
    std::uint64_t w = 0;
    for (int i = 7; i >= 0; --i) w = w << 8 | bits[i];
    return w;
  };
  return {word(cells), word(rows), word(other)};
}

std::size_t FindCellEndsOn(std::string_view text, std::size_t begin, char separator, std::size_t num_columns,
                           std::size_t max_rows, std::uint32_t* HWY_RESTRICT ends, bool* plain) {
  *plain = true;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t found = 0, rows = 0;
  for (std::size_t at = begin; at < text.size(); at += kBytes) {
    std::uint8_t last[kBytes] = {};
    const std::uint8_t* from = bytes + at;
    std::uint64_t there = ~std::uint64_t{0};   // bits of bytes that are text
    if (at + kBytes > text.size()) {
      std::memcpy(last, from, text.size() - at);
      from = last;
      there >>= kBytes - (text.size() - at);
    }
    Marks marks = MarksOf(from, static_cast<std::uint8_t>(separator));
    marks.cells &= there;
    // Eight at a time, more than there are: no branch for each.
    std::uint64_t left = marks.cells;
    const auto count = static_cast<std::size_t>(std::popcount(left));
    for (std::size_t i = 0; i < count; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) {
        ends[found + i + k] = static_cast<std::uint32_t>(at) + static_cast<std::uint32_t>(std::countr_zero(left | std::uint64_t{1} << 63));
        left &= left - 1;
      }
    }
    // Each line feed must be the last of a row's ends, and no quote come before it.
    for (std::uint64_t feeds = marks.rows & there; feeds != 0; feeds &= feeds - 1) {
      const std::uint64_t before = (feeds & -feeds) - 1;
      if ((marks.other & before) != 0 ||
          found + static_cast<std::size_t>(std::popcount(marks.cells & before)) + 1 != (rows + 1) * num_columns) {
        *plain = false;
        return rows;
      }
      if (++rows == max_rows) return rows;
    }
    if ((marks.other & there) != 0) {
      *plain = false;
      return rows;
    }
    found += count;
    if (found > (rows + 1) * num_columns) {   // a row of too many
      *plain = false;
      return rows;
    }
  }
  return rows;
}

}  // namespace HWY_NAMESPACE
}  // namespace thalweg
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace thalweg {

HWY_EXPORT(FindCellEndsOn);

std::size_t FindCellEnds(std::string_view text, std::size_t begin, char separator, std::size_t num_columns, std::size_t max_rows,
                         std::uint32_t* ends, bool* plain) {
  return HWY_DYNAMIC_DISPATCH(FindCellEndsOn)(text, begin, separator, num_columns, max_rows, ends, plain);
}

namespace {

constexpr std::size_t kMostEnds = 4096;   // cells of the rows that are cut together: they stay in cache until they are copied
constexpr std::size_t kShort = 16;        // bytes that are copied at once, whatever the cell's size

}  // namespace

PlainRows::PlainRows(char separator, std::size_t num_columns, std::vector<std::int32_t> wanted, bool trim)
    : separator_(separator), num_columns_(num_columns), wanted_(std::move(wanted)), trim_(trim), last_bytes_(wanted_.size()) {}

std::shared_ptr<const PlainRows::Cells> PlainRows::Take(std::string_view text, std::size_t max_rows) {
  // An empty line is a row of one empty cell, and none.
  if (num_columns_ < 2) return nullptr;
  const std::size_t rows_at_once = std::max<std::size_t>(kMostEnds / num_columns_, 1);
  ends_.resize(rows_at_once * num_columns_ + 64);
  auto cells = std::make_shared<Cells>();
  while (cells->rows < max_rows) {
    bool plain = true;
    const std::size_t rows = FindCellEnds(text, cells->used, separator_, num_columns_,
                                          std::min(rows_at_once, max_rows - cells->rows), ends_.data(), &plain);
    if (!plain) return nullptr;
    if (rows == 0) break;
    if (cells->rows == 0) {
      cells->columns.resize(wanted_.size());
      for (std::size_t c = 0; c < wanted_.size(); ++c) {
        cells->columns[c].offsets = std::make_unique_for_overwrite<std::uint32_t[]>(max_rows + 1);
        cells->columns[c].offsets[0] = 0;
        cells->columns[c].text.Room(std::min(last_bytes_[c] * max_rows / last_rows_ * 9 / 8, text.size()) + 256);
      }
    }
    Copy(text, cells->used, cells->rows, rows, cells.get());
    cells->rows += rows;
    cells->used = ends_[rows * num_columns_ - 1] + 1;
  }
  if (cells->rows == 0) return nullptr;
  for (std::size_t c = 0; c < wanted_.size(); ++c) last_bytes_[c] = cells->columns[c].text.size();
  last_rows_ = cells->rows;
  return cells;
}

void PlainRows::Copy(std::string_view text, std::size_t row_begin, std::size_t first, std::size_t rows, Cells* cells) const {
  const char* end_of_text = text.data() + text.size();
  for (std::size_t c = 0; c < wanted_.size(); ++c) {
    const auto column = static_cast<std::size_t>(wanted_[c]);
    const std::uint32_t* ends = ends_.data() + column;
    // A cell begins behind the end of the one before it.
    const auto begin_of = [&](std::size_t row) -> std::size_t {
      return row == 0 && column == 0 ? row_begin : std::size_t{*(ends + row * num_columns_ - 1)} + 1;
    };
    std::size_t bytes = 0;
    for (std::size_t row = 0; row < rows; ++row) bytes += ends[row * num_columns_] - begin_of(row);
    Growing<char>& to = cells->columns[c].text;
    to.Room(bytes + kShort);
    char* at = to.data() + to.size();
    std::uint32_t* offset = cells->columns[c].offsets.get() + first;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t begin = begin_of(row);
      std::string_view cell = text.substr(begin, ends[row * num_columns_] - begin);
      if (trim_) cell = TrimCell(cell);
      if (cell.size() <= kShort && static_cast<std::size_t>(end_of_text - cell.data()) >= kShort) {
        std::memcpy(at, cell.data(), kShort);
        at += cell.size();
      } else {
        at = CopyShort(at, cell.data(), cell.size());
      }
      *++offset = static_cast<std::uint32_t>(at - to.data());
    }
    to.SetSize(static_cast<std::size_t>(at - to.data()));
  }
}

}  // namespace thalweg
#endif  // HWY_ONCE

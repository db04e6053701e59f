#include "data/gather.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "data/pipeline.h"

namespace thalweg {
namespace {

constexpr std::uint64_t kMaxOffset = std::numeric_limits<std::uint32_t>::max();

// One field of one batch, as the loops want it.
struct View {
  const std::uint32_t* row_offsets;  // nullptr: one value in each row
  const void* values;                // numbers or integers
  const std::uint32_t* text_offsets;
  const char* text;
  std::uint32_t text_end;            // of all its texts
  // The values of a row; kRagged false promises one in each.
  template <bool kRagged>
  std::size_t begin(std::size_t row) const {
    return kRagged && row_offsets != nullptr ? row_offsets[row] : row;
  }
  template <bool kRagged>
  std::size_t end(std::size_t row) const {
    return kRagged && row_offsets != nullptr ? row_offsets[row + 1] : row + 1;
  }
};
using Views = std::vector<View>;
using Refs = std::span<const RowRef>;

View ViewOf(const FieldValues& field) {
  View view{field.row_offsets.empty() ? nullptr : field.row_offsets.data(), nullptr, field.text_offsets.data(),
            field.text, field.text_offsets.empty() ? 0 : field.text_offsets.back()};
  if (field.dtype == DType::kNumber) view.values = field.numbers.data();
  if (field.dtype == DType::kInteger) view.values = field.integers.data();
  return view;
}

// Most texts are short: so many bytes are moved at once, whatever the size, where both sides have them.
constexpr std::size_t kShort = 16;

struct Sizes {
  std::uint64_t values = 0;
  std::uint64_t text_bytes = 0;
};

// Also where the values of each row begin, when kRagged. Bytes of text are those of the rows, or of all rows of the batches
// where most are wanted: a bound that needs no look at each.
template <bool kRagged>
Sizes Measure(const Views& views, Refs refs, bool text, bool most, std::vector<std::uint32_t>* row_offsets) {
  Sizes sizes;
  if (!kRagged) sizes.values = refs.size();
  if (text && most) {
    for (const View& view : views) sizes.text_bytes += view.text_end - view.text_offsets[0];
    text = false;
  }
  if (!kRagged && !text) return sizes;
  if (kRagged) row_offsets->assign(refs.size() + 1, 0);
  std::uint32_t* offset = row_offsets->data();
  for (const RowRef ref : refs) {
    const View& view = views[ref.batch];
    const std::size_t begin = view.begin<kRagged>(ref.row), end = view.end<kRagged>(ref.row);
    if (kRagged) *++offset = static_cast<std::uint32_t>(sizes.values += end - begin);
    if (text && end > begin) sizes.text_bytes += view.text_offsets[end] - view.text_offsets[begin];
  }
  return sizes;
}

// The field's only allocation: 64-bit words first, so that every part is aligned.
class Block {
 public:
  explicit Block(std::uint64_t bytes)
      : words_(std::make_shared_for_overwrite<std::uint64_t[]>(bytes / 8 + 1)),
        at_(reinterpret_cast<char*>(words_.get())) {}
  template <class T>
  T* Take(std::uint64_t n) {
    T* taken = reinterpret_cast<T*>(at_);
    at_ += n * sizeof(T);
    return taken;
  }
  std::shared_ptr<const void> owner() const { return words_; }

 private:
  std::shared_ptr<std::uint64_t[]> words_;
  char* at_;
};

template <bool kRagged, class T>
void CopyNumbers(const Views& views, Refs refs, T* out) {
  for (const RowRef ref : refs) {
    const View& view = views[ref.batch];
    const T* from = static_cast<const T*>(view.values);
    for (std::size_t i = view.begin<kRagged>(ref.row), end = view.end<kRagged>(ref.row); i < end; ++i) *out++ = from[i];
  }
}

// `text` has kShort bytes more than the texts.
template <bool kRagged>
void CopyTexts(const Views& views, Refs refs, std::uint32_t* offsets, char* text) {
  std::uint32_t total = 0;
  *offsets++ = 0;
  for (const RowRef ref : refs) {
    const View& view = views[ref.batch];
    for (std::size_t i = view.begin<kRagged>(ref.row), end = view.end<kRagged>(ref.row); i < end; ++i) {
      const std::uint32_t from = view.text_offsets[i], size = view.text_offsets[i + 1] - from;
      if (size <= kShort && from + kShort <= view.text_end) {
        std::memcpy(text + total, view.text + from, kShort);
      } else {
        std::memcpy(text + total, view.text + from, size);
      }
      total += size;
      *offsets++ = total;
    }
  }
}

template <bool kRagged>
Result<FieldValues> GatherField(DType dtype, const Views& views, Refs refs, bool most, std::vector<std::uint32_t>* row_offsets) {
  FieldValues out;
  out.dtype = dtype;
  const bool text = dtype == DType::kText;
  Sizes sizes = Measure<kRagged>(views, refs, text, most, row_offsets);
  if (most && sizes.text_bytes > kMaxOffset) sizes = Measure<kRagged>(views, refs, text, false, row_offsets);
  if (sizes.values > kMaxOffset || sizes.text_bytes > kMaxOffset) {
    return Status::BadData(
        "a batch of " + std::to_string(refs.size()) + " rows holds " +
        (text ? std::to_string(sizes.text_bytes) + " bytes" : std::to_string(sizes.values) + " values") +
        " of one field, more than a batch can hold (2^32 - 1); use a smaller batch size");
  }
  // Widest parts first: integers, then numbers and offsets, then text.
  const std::uint64_t value_bytes =
      text ? 4 * (sizes.values + 1) + sizes.text_bytes + kShort : sizes.values * (dtype == DType::kInteger ? 8 : 4);
  Block block(value_bytes + (kRagged ? 4 * (refs.size() + 1) : 0));
  out.owner = block.owner();
  if (dtype == DType::kInteger) {
    std::int64_t* integers = block.Take<std::int64_t>(sizes.values);
    CopyNumbers<kRagged>(views, refs, integers);
    out.integers = {integers, sizes.values};
  }
  if (dtype == DType::kNumber) {
    float* numbers = block.Take<float>(sizes.values);
    CopyNumbers<kRagged>(views, refs, numbers);
    out.numbers = {numbers, sizes.values};
  }
  if (kRagged) {
    std::uint32_t* offsets = block.Take<std::uint32_t>(refs.size() + 1);
    std::copy(row_offsets->begin(), row_offsets->end(), offsets);
    out.row_offsets = {offsets, refs.size() + 1};
  }
  if (text) {
    std::uint32_t* offsets = block.Take<std::uint32_t>(sizes.values + 1);
    char* bytes = block.Take<char>(sizes.text_bytes + kShort);
    CopyTexts<kRagged>(views, refs, offsets, bytes);
    out.text_offsets = {offsets, sizes.values + 1};
    out.text = bytes;
  }
  return out;
}

// `member` of each row, as many as a row has; empty only when no batch has any.
void GatherFloats(std::span<const ExampleBatch* const> batches, std::span<const RowRef> refs,
                  std::vector<float> ExampleBatch::*member, float absent, std::vector<float>* out) {
  const auto any =
      std::find_if(batches.begin(), batches.end(), [&](const ExampleBatch* b) { return !(b->*member).empty(); });
  if (any == batches.end()) return;
  const std::size_t width = ((*any)->*member).size() / (*any)->num_rows;
  out->reserve(refs.size() * width);
  for (const RowRef ref : refs) {
    const std::vector<float>& from = batches[ref.batch]->*member;
    for (std::size_t i = 0; i < width; ++i) out->push_back(from.empty() ? absent : from[ref.row * width + i]);
  }
}

RowOrigins GatherOrigins(std::span<const ExampleBatch* const> batches, std::span<const RowRef> refs) {
  RowOrigins out;
  const bool any =
      std::any_of(batches.begin(), batches.end(), [](const ExampleBatch* b) { return !b->origins.rows.empty(); });
  if (!any) return out;
  // new_file[b][f]: where file f of batch b stands in `out`.
  std::vector<std::vector<std::uint32_t>> new_file(batches.size());
  for (std::size_t b = 0; b < batches.size(); ++b) {
    std::vector<std::shared_ptr<const std::string>> files = batches[b]->origins.files;
    if (files.empty()) files.emplace_back();
    for (const auto& file : files) {
      const auto found = std::find(out.files.begin(), out.files.end(), file);
      new_file[b].push_back(static_cast<std::uint32_t>(found - out.files.begin()));
      if (found == out.files.end()) out.files.push_back(file);
    }
  }
  out.rows.reserve(refs.size());
  if (out.files.size() > 1) out.file_of.reserve(refs.size());
  for (const RowRef ref : refs) {
    const RowOrigins& from = batches[ref.batch]->origins;
    const std::uint64_t first = from.rows.empty() ? 1 : from.rows[0];
    out.rows.push_back(from.rows.size() > 1 ? from.rows[ref.row] : first + ref.row);
    if (out.files.size() > 1)
      out.file_of.push_back(new_file[ref.batch][from.file_of.empty() ? 0 : from.file_of[ref.row]]);
  }
  return out;
}

}  // namespace

Result<ExampleBatch> GatherRows(std::span<const ExampleBatch* const> batches, std::span<const RowRef> refs) {
  ExampleBatch out;
  out.num_rows = refs.size();
  if (batches.empty()) return out;
  out.fields.reserve(batches[0]->fields.size());
  Views views(batches.size());
  std::vector<std::uint32_t> row_offsets;  // scratch
  std::size_t all_rows = 0;
  for (const ExampleBatch* batch : batches) all_rows += batch->num_rows;
  const bool most = 2 * refs.size() >= all_rows;
  for (std::size_t f = 0; f < batches[0]->fields.size(); ++f) {
    bool ragged = false;
    for (std::size_t b = 0; b < batches.size(); ++b) {
      views[b] = ViewOf(batches[b]->fields[f]);
      ragged |= views[b].row_offsets != nullptr;
    }
    const DType dtype = batches[0]->fields[f].dtype;
    THALWEG_ASSIGN_OR_RETURN(FieldValues field, ragged ? GatherField<true>(dtype, views, refs, most, &row_offsets)
                                                       : GatherField<false>(dtype, views, refs, most, &row_offsets));
    out.fields.push_back(std::move(field));
  }
  GatherFloats(batches, refs, &ExampleBatch::label, 0.0f, &out.label);
  GatherFloats(batches, refs, &ExampleBatch::weight, 1.0f, &out.weight);
  out.origins = GatherOrigins(batches, refs);
  return out;
}

ExampleBatch Gather(const ExampleBatch& from, std::span<const std::uint32_t> index) {
  std::vector<RowRef> refs;
  refs.reserve(index.size());
  for (const std::uint32_t row : index) refs.push_back({0, row});
  const ExampleBatch* batch = &from;
  return GatherRows({&batch, 1}, refs).value();  // never larger than `from`, so never too large
}

ExampleBatch Slice(const ExampleBatch& from, std::size_t begin, std::size_t end) {
  const std::size_t rows = end - begin;
  if (rows == from.num_rows) return from;
  ExampleBatch out;
  out.num_rows = rows;
  out.fields.reserve(from.fields.size());
  for (const FieldValues& field : from.fields) {
    FieldValues part = field;
    const std::size_t first = field.begin(begin);
    const std::size_t values = rows == 0 ? 0 : field.end(end - 1) - first;
    if (!field.row_offsets.empty()) {
      // They must begin at 0, so they are made anew; the rest of the memory stays with its owner.
      struct Offsets {
        std::shared_ptr<const void> values;
        std::vector<std::uint32_t> of_rows;
      };
      auto offsets = std::make_shared<Offsets>(Offsets{field.owner, std::vector<std::uint32_t>(rows + 1)});
      for (std::size_t row = 0; row <= rows; ++row) {
        offsets->of_rows[row] = field.row_offsets[begin + row] - static_cast<std::uint32_t>(first);
      }
      part.row_offsets = offsets->of_rows;
      part.owner = std::move(offsets);
    }
    if (field.dtype == DType::kNumber) part.numbers = field.numbers.subspan(first, values);
    if (field.dtype == DType::kInteger) part.integers = field.integers.subspan(first, values);
    if (!field.text_offsets.empty()) part.text_offsets = field.text_offsets.subspan(first, values + 1);
    out.fields.push_back(std::move(part));
  }
  const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
  if (!from.label.empty()) {
    const std::size_t width = from.label.size() / from.num_rows;
    out.label.assign(from.label.begin() + at(begin * width), from.label.begin() + at(end * width));
  }
  if (!from.weight.empty()) out.weight.assign(from.weight.begin() + at(begin), from.weight.begin() + at(end));
  const RowOrigins& origins = from.origins;
  out.origins.files = origins.files;
  if (origins.rows.size() > 1) {
    out.origins.rows.assign(origins.rows.begin() + at(begin), origins.rows.begin() + at(end));
  } else {
    out.origins.rows = {origins.rows.empty() ? 1 + begin : origins.rows[0] + begin};
  }
  if (!origins.file_of.empty()) {
    out.origins.file_of.assign(origins.file_of.begin() + at(begin), origins.file_of.begin() + at(end));
  }
  return out;
}

}  // namespace thalweg

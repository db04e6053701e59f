// Text in blocks: UTF-8, or Latin-1 made UTF-8; a byte-order mark at the beginning is not part of it.
#ifndef THALWEG_READERS_TEXT_INPUT_H_
#define THALWEG_READERS_TEXT_INPUT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "readers/byte_stream.h"

namespace thalweg {

// Rows longer than this are errors: memory does not depend on the input.
inline constexpr std::size_t kMaxRowBytes = 16u << 20;

// A window on the text that moves on.
class TextInput {
 public:
  TextInput(std::shared_ptr<ByteStream> bytes, std::string name, bool latin1);
  // Reads until the window has at least `size` bytes, or there are no more. The end gets a line feed where the last
  // line has none.
  Status Fill(std::size_t size);
  // The next line without what ends it, a line feed or a carriage return (the second of a pair makes an empty line); a null
  // view at the end. It is consumed by its size and 1 more. kBadData: longer than a row may be; it is row `row` and was to be
  // `expected`.
  Result<std::string_view> NextLine(std::uint64_t row, std::string_view expected);
  std::string_view window() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void Consume(std::size_t size) { begin_ += size; }
  bool at_end() const { return at_end_; }  // the window is the rest
  const std::string& name() const { return name_; }

 private:
  Status ReadMore(std::size_t size);
  void Room(std::size_t size);

  std::shared_ptr<ByteStream> bytes_;
  std::string name_;
  bool latin1_;
  bool began_ = false;
  bool at_end_ = false;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::vector<char> raw_;  // Latin-1 as read
};

}  // namespace thalweg

#endif  // THALWEG_READERS_TEXT_INPUT_H_

#include "readers/text_input.h"

#include <algorithm>
#include <cstring>

#include "base/strings.h"
#include "readers/format.h"

namespace thalweg {

TextInput::TextInput(std::shared_ptr<ByteStream> bytes, std::string name, bool latin1)
    : bytes_(std::move(bytes)), name_(std::move(name)), latin1_(latin1) {}

// Makes room for `size` bytes after the window.
void TextInput::Room(std::size_t size) {
  const std::size_t have = end_ - begin_;
  if (end_ + size <= buffer_.size()) return;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, have);
    begin_ = 0;
    end_ = have;
  }
  if (have + size > buffer_.size()) buffer_.resize(have + size);
}

Status TextInput::ReadMore(std::size_t size) {
  char* to;
  if (latin1_) {
    raw_.resize(size);
    to = raw_.data();
  } else {
    Room(size);
    to = buffer_.data() + end_;
  }
  const arrow::Result<std::int64_t> got = bytes_->Read(static_cast<std::int64_t>(size), to);
  if (!got.ok()) return FromArrowStatus(got.status(), name_ + ": broken or cut short");
  const std::size_t count = static_cast<std::size_t>(*got);
  if (!latin1_) {
    end_ += count;
  } else {
    Room(2 * count);
    for (std::size_t i = 0; i < count; ++i) {  // U+0080 to U+00FF are two bytes of UTF-8
      const unsigned char c = static_cast<unsigned char>(raw_[i]);
      if (c < 0x80) {
        buffer_[end_++] = static_cast<char>(c);
      } else {
        buffer_[end_++] = static_cast<char>(0xC0 | (c >> 6));
        buffer_[end_++] = static_cast<char>(0x80 | (c & 0x3F));
      }
    }
  }
  if (count < size) {
    at_end_ = true;
    const char last = end_ > begin_ ? buffer_[end_ - 1] : '\n';
    if (last != '\n' && last != '\r') {
      Room(1);
      buffer_[end_++] = '\n';
    }
  }
  return Status::Ok();
}

Status TextInput::Fill(std::size_t size) {
  if (!began_) {
    began_ = true;
    const arrow::Result<std::string_view> first = bytes_->Peek(3);
    if (!first.ok()) return FromArrowStatus(first.status(), name_);
    if (first->substr(0, 2) == "\xff\xfe" || first->substr(0, 2) == "\xfe\xff") {
      return Status::BadData(name_ +
                             ": is UTF-16 by its byte-order mark; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)");
    }
    if (*first == "\xef\xbb\xbf") {
      char mark[3];
      const arrow::Result<std::int64_t> got = bytes_->Read(3, mark);
      if (!got.ok()) return FromArrowStatus(got.status(), name_);
    }
  }
  while (!at_end_ && end_ - begin_ < size) THALWEG_RETURN_IF_ERROR(ReadMore(size - (end_ - begin_)));
  return Status::Ok();
}

Result<std::string_view> TextInput::NextLine(std::uint64_t row, std::string_view expected) {
  std::size_t looked = 0;
  while (true) {
    const std::string_view text = window();
    const std::size_t feed = text.find('\n', looked);
    const std::size_t end = std::min(feed, text.substr(0, feed).find('\r', looked));
    if (end != text.npos) return text.substr(0, end);
    if (at_end_) return std::string_view();  // its last line has been ended
    looked = text.size();
    if (looked >= kMaxRowBytes) {
      return Status::BadData(name_ + " row " + std::to_string(row) + ": is longer than " +
                             std::to_string(kMaxRowBytes >> 20) + " MiB and begins " + Quote(text) + "; expected " +
                             std::string(expected));
    }
    THALWEG_RETURN_IF_ERROR(Fill(std::min(std::max(kBlockBytes, 2 * looked), kMaxRowBytes)));
  }
}

}  // namespace thalweg

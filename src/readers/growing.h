// An array that grows and is not cleared first: what readers fill value by value.
#ifndef THALWEG_READERS_GROWING_H_
#define THALWEG_READERS_GROWING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace thalweg {

template <class T>
class Growing {
 public:
  std::size_t size() const { return size_; }
  std::size_t room() const { return room_; }
  T* data() { return at_.get(); }
  std::span<const T> span() const { return {at_.get(), size_}; }
  T& operator[](std::size_t i) { return at_[i]; }
  const T& operator[](std::size_t i) const { return at_[i]; }

  // Space for `more` values after the last.
  void Room(std::size_t more) {
    if (size_ + more > room_) Grow(size_ + more);
  }
  void Push(T value) {
    Room(1);
    at_[size_++] = value;
  }
  void SetSize(std::size_t size) { size_ = size; }  // within the room

 private:
  void Grow(std::size_t need) {
    const std::size_t room = std::max({need, 2 * room_, std::size_t{64}});
    auto at = std::make_unique_for_overwrite<T[]>(room);
    if (size_ > 0) std::memcpy(at.get(), at_.get(), size_ * sizeof(T));
    at_ = std::move(at);
    room_ = room;
  }
  std::unique_ptr<T[]> at_;
  std::size_t size_ = 0, room_ = 0;
};

// Copies short texts without a call; returns the end of the copy.
inline char* CopyShort(char* to, const char* from, std::size_t size) {
  if (size > 16) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {
    std::uint64_t head, tail;
    std::memcpy(&head, from, 8);
    std::memcpy(&tail, from + size - 8, 8);
    std::memcpy(to, &head, 8);
    std::memcpy(to + size - 8, &tail, 8);
  } else if (size >= 4) {
    std::uint32_t head, tail;
    std::memcpy(&head, from, 4);
    std::memcpy(&tail, from + size - 4, 4);
    std::memcpy(to, &head, 4);
    std::memcpy(to + size - 4, &tail, 4);
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  return to + size;
}

}  // namespace thalweg

#endif  // THALWEG_READERS_GROWING_H_

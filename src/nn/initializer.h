// First values of parameters: a family of parts. A value depends on (seed, parameter's name, element) and nothing else,
// so that parameters may be filled in any order, by any number of threads.
#ifndef THALWEG_NN_INITIALIZER_H_
#define THALWEG_NN_INITIALIZER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "thalweg/kinds.h"

namespace thalweg {

class Initializer {
 public:
  virtual ~Initializer() = default;
  // Elements begin, begin + 1, … of the parameter, row-major. begin is a multiple of 4 (numbers are drawn by fours).
  virtual void Fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t begin, std::span<float> out) const = 0;
};

// What the scale of a draw may follow from.
struct Fans {
  std::size_t in = 1, out = 1;  // of a kernel [in, out]; of a table [buckets, dimension]
};

FamilyInfo InitializerKinds();
// An unknown kind or a parameter out of range: kBadConfig that begins with `where`.
Result<std::unique_ptr<Initializer>> MakeInitializer(const PartSpec& spec, Fans fans, std::string_view where);

}  // namespace thalweg

#endif  // THALWEG_NN_INITIALIZER_H_

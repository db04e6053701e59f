// Where the ids of one model stand among those of another, so that what was learnt of a word goes to that word, whatever its
// place in the vocabulary.
#ifndef THALWEG_COLUMNS_ID_MOVES_H_
#define THALWEG_COLUMNS_ID_MOVES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "thalweg/model_spec.h"

namespace thalweg {

inline constexpr std::int64_t kNotThere = -1;

struct IdMoves {
  enum class Kind {
    kSame,     // an id means here what it means there, as far as both have it
    kByWord,   // by `from`
    kLost,     // nothing there is of use here, for `why`
  } kind = Kind::kSame;
  // kByWord: [ids here]: the id there, or kNotThere: a new word, or a bucket that words not listed share.
  std::vector<std::int64_t> from;
  // For people, to go before the columns' names. kLost: why; kSame: "" or what differs all the same: "other cuts there".
  std::string why;
  std::size_t known = 0, words = 0;   // kByWord: so many of the words are there
  std::string column;                 // the one that gives the ids here, which may stand below the one asked for
};

// From the words there to those here; never kSame. kLost when none is there.
IdMoves MoveWords(const std::vector<std::string>& there, const std::vector<std::string>& here, std::int64_t oov_buckets);

class IdMover {
 public:
  // Of two settled specs, fitted values and all. Errors: those of a spec that is not.
  static Result<IdMover> Create(const ModelSpec& there, const ModelSpec& here);

  // Of a column that a tower uses (by ids, or through indicator or embedding): its name there, and here.
  Result<IdMoves> Between(const std::string& there, const std::string& here) const;

 private:
  IdMover(ModelSpec there, ModelSpec here) : there_(std::move(there)), here_(std::move(here)) {}
  Result<IdMoves> OfColumns(const ColumnSpec& there, const ColumnSpec& here) const;
  Result<IdMoves> OfCross(const ColumnSpec& there, const ColumnSpec& here) const;

  ModelSpec there_, here_;
};

}  // namespace thalweg

#endif  // THALWEG_COLUMNS_ID_MOVES_H_

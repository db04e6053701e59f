#include "predict/score_rows.h"

#include <utility>
#include <vector>

namespace thalweg {
namespace {

constexpr std::size_t kPieces = 4;  // of a set, for each thread: enough that the last is no long wait
constexpr std::size_t kSets = 3;    // being read, being scored, being handed out

struct Piece {
  ExampleBatch rows;
  Predictions scores;
  Status status;
};

struct Set {
  std::vector<Piece> pieces;
  std::size_t filled = 0;
  std::size_t first_slot = 0;
  Status read;  // of what follows the filled ones
  bool last = false;
};

std::size_t SetSize(const ThreadPool& pool) { return static_cast<std::size_t>(pool.num_threads()) * kPieces; }

}  // namespace

std::size_t NumScoreSlots(const ThreadPool& pool) { return SetSize(pool) * kSets; }

Status ScoreRows(const Predictor& predictor, ExampleSource* rows, ThreadPool* pool, const ScoreCallbacks& callbacks) {
  Set sets[kSets];
  for (std::size_t s = 0; s < kSets; ++s) {
    sets[s].pieces.resize(SetSize(*pool));
    sets[s].first_slot = s * SetSize(*pool);
  }
  const auto read = [&](Set* set) {
    set->filled = 0;
    while (set->filled < set->pieces.size()) {
      Piece& piece = set->pieces[set->filled];
      Result<bool> more = rows->Next(&piece.rows);
      if (!more.ok() || !*more) {
        set->last = true;
        if (!more.ok()) set->read = more.status();
        return;
      }
      if (callbacks.read) callbacks.read(set->first_slot + set->filled, piece.rows);
      ++set->filled;
    }
  };
  const auto hand_out = [&](Set* set) -> Status {
    for (std::size_t i = 0; i < set->filled; ++i) {
      Piece& piece = set->pieces[i];
      THALWEG_RETURN_IF_ERROR(piece.status);
      THALWEG_RETURN_IF_ERROR(callbacks.scored(set->first_slot + i, piece.rows, piece.scores));
      piece.rows = {};
    }
    return set->read;
  };
  Set *scored = &sets[0], *next = &sets[1], *before = &sets[2];
  read(scored);
  for (;;) {
    Status handed;
    const bool reads = !scored->last;
    // Reading first: it is the longest of the tasks.
    pool->ParallelFor(scored->filled + 2, [&](std::size_t i, int) {
      if (i == 0) {
        if (reads) read(next);
      } else if (i == 1) {
        handed = hand_out(before);
      } else {
        Piece& piece = scored->pieces[i - 2];
        piece.status = predictor.Predict(piece.rows, &piece.scores);
      }
    });
    THALWEG_RETURN_IF_ERROR(handed);
    if (!reads) return hand_out(scored);
    before->filled = 0;
    Set* const free = before;
    before = scored;
    scored = next;
    next = free;
  }
}

}  // namespace thalweg

#include "columns/id_moves.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "base/strings.h"
#include "columns/settle.h"

namespace thalweg {
namespace {

using Kind = IdMoves::Kind;

IdMoves Lost(std::string why) {
  IdMoves moves;
  moves.kind = Kind::kLost;
  moves.why = std::move(why);
  return moves;
}

// The column whose ids those of `name` are: an indicator, an embedding and weights leave them as they are.
Result<const ColumnSpec*> SourceOfIds(const ModelSpec& spec, const std::string& name) {
  const ColumnSpec* column = FindSettledColumn(spec, name);
  while (column != nullptr) {
    THALWEG_ASSIGN_OR_RETURN(const ColumnKind* kind, FindColumnKind(*column));
    const bool passes = kind->role == ColumnKind::Role::kIndicator || kind->role == ColumnKind::Role::kEmbedding;
    if (!passes && column->kind != "weighted") break;
    column = FindSettledColumn(spec, GetText(column->params, "column", ""));
  }
  return column;
}

bool IsVocabulary(const ColumnSpec& column) { return column.kind == "vocabulary_list" || column.kind == "vocabulary_file"; }

struct Words {
  std::vector<std::string> words;
  std::int64_t oov_buckets = 0;
};
Words WordsOf(const ColumnSpec& column, const ModelSpec& spec) {
  const Params params = WithFitted(column, spec);
  return {GetTexts(params, "vocabulary"), GetInteger(params, "num_oov_buckets", 0)};
}

bool HasSame(const Params& a, const Params& b, std::string_view name) {
  const auto in_a = a.find(name), in_b = b.find(name);
  return in_a == a.end() || in_b == b.end() ? (in_a == a.end()) == (in_b == b.end()) : in_a->second == in_b->second;
}

}  // namespace

IdMoves MoveWords(const std::vector<std::string>& there, const std::vector<std::string>& here, std::int64_t oov_buckets) {
  std::unordered_map<std::string_view, std::int64_t> place;
  place.reserve(there.size());
  for (std::size_t i = 0; i < there.size(); ++i) place.emplace(there[i], static_cast<std::int64_t>(i));
  IdMoves moves;
  moves.kind = Kind::kByWord;
  moves.words = here.size();
  moves.from.reserve(here.size() + static_cast<std::size_t>(oov_buckets));
  for (const std::string& word : here) {
    const auto found = place.find(word);
    moves.from.push_back(found == place.end() ? kNotThere : found->second);
    moves.known += found != place.end();
  }
  if (moves.known == 0) return Lost("no word in common");
  moves.from.resize(moves.from.size() + static_cast<std::size_t>(oov_buckets), kNotThere);
  return moves;
}

Result<IdMover> IdMover::Create(const ModelSpec& there, const ModelSpec& here) {
  IdMover mover(there, here);
  THALWEG_RETURN_IF_ERROR(CheckColumns(&mover.there_));
  THALWEG_RETURN_IF_ERROR(CheckColumns(&mover.here_));
  return mover;
}

Result<IdMoves> IdMover::Between(const std::string& there, const std::string& here) const {
  THALWEG_ASSIGN_OR_RETURN(const ColumnSpec* theirs, SourceOfIds(there_, there));
  THALWEG_ASSIGN_OR_RETURN(const ColumnSpec* mine, SourceOfIds(here_, here));
  if (theirs == nullptr || mine == nullptr) return Lost("not there");
  THALWEG_ASSIGN_OR_RETURN(IdMoves moves, OfColumns(*theirs, *mine));
  moves.column = mine->name;
  return moves;
}

Result<IdMoves> IdMover::OfColumns(const ColumnSpec& there, const ColumnSpec& here) const {
  if (IsVocabulary(there) && IsVocabulary(here)) {
    const Words old = WordsOf(there, there_), now = WordsOf(here, here_);
    if (old.words == now.words && old.oov_buckets == now.oov_buckets) return IdMoves{};
    return MoveWords(old.words, now.words, now.oov_buckets);
  }
  if (there.kind != here.kind) return Lost(fmt::format("of the kind {} there", Quote(there.kind)));
  if (here.kind == "crossed") return OfCross(there, here);
  IdMoves moves;
  if (here.kind == "bucketized" && !HasSame(WithFitted(there, there_), WithFitted(here, here_), "boundaries")) {
    moves.why = "other cuts there, their weights are taken all the same";
  }
  return moves;
}

// A cross hashes ids of its key columns: where these mean other words its buckets mean other pairs, and nothing can be moved.
// Words that were added at the end leave the ids of the others, unless ids of words not listed came after them.
Result<IdMoves> IdMover::OfCross(const ColumnSpec& there, const ColumnSpec& here) const {
  if (!HasSame(there.params, here.params, "keys") || !HasSame(there.params, here.params, "hash_key")) {
    return Lost("other keys there");
  }
  THALWEG_ASSIGN_OR_RETURN(const ColumnKind* kind, FindColumnKind(here));
  THALWEG_ASSIGN_OR_RETURN(const ColumnLinks links, kind->links(here, here_));
  IdMoves same;
  for (const std::string& key : links.columns) {
    THALWEG_ASSIGN_OR_RETURN(const ColumnSpec* theirs, SourceOfIds(there_, key));
    THALWEG_ASSIGN_OR_RETURN(const ColumnSpec* mine, SourceOfIds(here_, key));
    THALWEG_ASSIGN_OR_RETURN(const IdMoves moves, Between(key, key));
    if (moves.kind == Kind::kSame && same.why.empty() && !moves.why.empty()) same.why = "of columns of other cuts there, their weights are taken all the same";
    if (moves.kind == Kind::kSame) continue;
    if (moves.kind == Kind::kByWord) {
      const Words old = WordsOf(*theirs, there_), now = WordsOf(*mine, here_);
      const bool longer = old.oov_buckets == 0 && old.words.size() <= now.words.size() &&
                          std::equal(old.words.begin(), old.words.end(), now.words.begin());
      if (longer) continue;
    }
    return Lost("they hash places in vocabularies that have other words there");
  }
  return same;
}

}  // namespace thalweg

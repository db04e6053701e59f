#include "train/warm_start.h"

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/strings.h"
#include "columns/id_moves.h"

namespace thalweg {
namespace {

constexpr std::size_t kMostListed = 10;
constexpr const char* kOtherShape = "of another shape there";
constexpr std::size_t kLongestName = 2000;   // std::regex goes a level down for each byte

std::string List(std::span<const std::string> names) {
  return Join(names.first(std::min(names.size(), kMostListed)), ", ") + (names.size() > kMostListed ? ", …" : "");
}

std::size_t Rows(std::span<const std::int64_t> shape) { return shape.size() > 1 ? static_cast<std::size_t>(shape[0]) : 1; }
std::size_t Cols(std::span<const std::int64_t> shape) { return static_cast<std::size_t>(shape.back()); }

// What a logit is of: a class each, or the positive one; {}: no class.
std::vector<std::string> ClassesOf(const ModelSpec& spec) {
  if (HasNumberLabels(spec.task)) return {};
  if (spec.task == "binary" && spec.label.classes.size() == 2) return {spec.label.classes[1]};
  return spec.label.classes;
}

}  // namespace

class WarmStart::Planner {
 public:
  Planner(const Bundle& bundle, const std::regex* only, WideDeepModel* theirs, WideDeepModel* mine, const IdMover& mover)
      : bundle_(bundle), only_(only), theirs_(std::as_const(*theirs).parameters()), mine_(mine->parameters()), mover_(mover),
        their_classes_(ClassesOf(theirs->spec())), my_classes_(ClassesOf(mine->spec())) {}

  Status Run(WarmStart* start) {
    if (their_classes_ != my_classes_ && !their_classes_.empty() && !my_classes_.empty()) {
      classes_ = MoveWords(their_classes_, my_classes_, 0);
    }
    for (const Parameter* parameter : mine_) {
      Source source;
      if (only_ != nullptr && !Chosen(parameter->name)) {
        ++left_out_;
      } else {
        THALWEG_ASSIGN_OR_RETURN(std::string why, Plan(*parameter, &source));
        if (source.view == nullptr) anew_.push_back(parameter->name + (why.empty() ? "" : " (" + why + ")"));
      }
      start->whole_ &= source.view != nullptr || !parameter->trainable;
      start->sources_.push_back(std::move(source));
    }
    const std::size_t taken = mine_.size() - left_out_ - anew_.size();
    if (taken == 0) return Nothing(start->path_);
    std::string text = fmt::format("warm start: {} of {} parameters from {}", taken, mine_.size(), start->path_);
    if (left_out_ > 0) text += fmt::format("; {} not chosen", left_out_);
    start->notes_.push_back(anew_.empty() ? text : text + "; anew: " + List(anew_));
    for (const auto& [what, columns] : told_) {
      const std::vector<std::string> names(columns.begin(), columns.end());
      start->notes_.push_back(fmt::format("warm start: {}: {}", what, List(names)));
    }
    if (used_classes_) start->notes_.push_back("warm start: classes: " + ClassNote());
    return Status::Ok();
  }

 private:
  bool Chosen(const std::string& name) const {
    return name.size() <= kLongestName && std::regex_search(name, *only_, std::regex_constants::match_continuous);
  }

  std::string ClassNote() const {
    if (classes_->kind == IdMoves::Kind::kLost) return "none of them is there";
    return fmt::format("{} of {} are there too; the others begin with zeros", classes_->known, classes_->words);
  }

  Status Nothing(const std::string& path) const {
    std::vector<std::string> there, here = anew_;
    for (const Parameter* parameter : theirs_) there.push_back(parameter->name);
    if (left_out_ == mine_.size()) {
      for (const Parameter* parameter : mine_) here.push_back(parameter->name);
      return Status::Usage("warm start: no parameter of this model has a name that begins as the expression says. Here: " + List(here));
    }
    return Status::Usage(path + ": no parameter of it has the name and shape of one of this model. There: " + List(there) +
                         "; here: " + List(here));
  }

  // Fills in where `parameter` is from; otherwise says why it begins anew.
  Result<std::string> Plan(const Parameter& parameter, Source* source) {
    const auto found = std::find_if(theirs_.begin(), theirs_.end(), [&](const Parameter* p) { return p->name == parameter.name; });
    if (found == theirs_.end()) return std::string();
    const Parameter& old = **found;
    if (old.shape.size() != parameter.shape.size()) return std::string(kOtherShape);
    Source plan;
    if (old.of_logits && parameter.of_logits && classes_) {
      used_classes_ = true;
      if (classes_->kind == IdMoves::Kind::kLost) return std::string("of other classes there");
      for (const std::int64_t from : classes_->from) plan.cols.push_back(from == kNotThere ? kZero : from);
    } else if (Cols(old.shape) != Cols(parameter.shape)) {
      return std::string(kOtherShape);
    }
    if (parameter.rows_of.empty() || old.rows_of.empty()) {
      if (Rows(old.shape) != Rows(parameter.shape)) return std::string(kOtherShape);
    } else {
      std::string why;
      THALWEG_ASSIGN_OR_RETURN(const bool any, PlanRows(old, parameter, &plan, &why));
      if (!any) return why;
    }
    THALWEG_ASSIGN_OR_RETURN(plan.view, bundle_.FindFloats(parameter.name));
    *source = std::move(plan);
    return std::string();
  }

  // Run by run of rows. A table has one; a first kernel one for each column. False: none has a source, for *reason, where
  // that is not told of the column.
  Result<bool> PlanRows(const Parameter& old, const Parameter& parameter, Source* plan, std::string* reason) {
    std::vector<std::int64_t> rows;
    bool any = false;
    for (const RowRun& run : parameter.rows_of) {
      std::size_t begin = 0;
      const RowRun* from = nullptr;
      for (const RowRun& candidate : old.rows_of) {
        // A table of one run was found by its own name, whatever the column is called.
        const bool same = parameter.rows_of.size() == 1 && old.rows_of.size() == 1 ? true : candidate.columns.front() == run.columns.front();
        if (same && candidate.ids == run.ids) from = &candidate;
        if (from != nullptr) break;
        begin += candidate.rows;
      }
      std::string why;
      if (from == nullptr) {
        why = "not there";
      } else if (!run.ids) {
        if (from->rows != run.rows) why = kOtherShape;
        for (std::size_t i = 0; why.empty() && i < run.rows; ++i) rows.push_back(static_cast<std::int64_t>(begin + i));
      } else {
        THALWEG_ASSIGN_OR_RETURN(const IdMoves moves, MovesOf(*from, run));
        if (moves.kind == IdMoves::Kind::kLost) why = moves.why;
        if (moves.kind == IdMoves::Kind::kSame && from->rows != run.rows) why = kOtherShape;
        for (std::size_t i = 0; why.empty() && i < run.rows; ++i) {
          const std::int64_t at = moves.kind == IdMoves::Kind::kSame ? static_cast<std::int64_t>(i) : moves.from[i];
          rows.push_back(at == kNotThere ? kZero : static_cast<std::int64_t>(begin) + at);
        }
        if (why.empty() && moves.kind == IdMoves::Kind::kByWord) {
          told_["by word; new words, and those not listed, begin with zeros"].insert(
              fmt::format("{} ({} of {} words are there too)", moves.column, moves.known, moves.words));
        } else if (why.empty() && !moves.why.empty()) {
          told_[moves.why].insert(moves.column);
        }
      }
      any |= why.empty();
      if (why.empty()) continue;
      rows.resize(rows.size() + run.rows, kInitial);
      if (parameter.rows_of.size() > 1) {
        told_[parameter.name + ": rows that begin anew"].insert(fmt::format("{} ({})", run.columns.front(), why));
      } else if (why == kOtherShape) {
        *reason = why;
      } else {
        told_["begin anew, " + why].insert(run.columns.front());
      }
    }
    if (!any && parameter.rows_of.size() > 1) *reason = "of other columns there";
    bool moved = Rows(old.shape) != rows.size();
    for (std::size_t i = 0; i < rows.size() && !moved; ++i) moved = rows[i] != static_cast<std::int64_t>(i);
    if (moved) plan->rows = std::move(rows);
    return any;
  }

  // Of a table that several columns share only if all of them agree.
  Result<IdMoves> MovesOf(const RowRun& from, const RowRun& run) {
    std::optional<IdMoves> all;
    for (const std::string& column : run.columns) {
      const bool there = std::find(from.columns.begin(), from.columns.end(), column) != from.columns.end();
      if (!there && run.columns.size() > 1) continue;   // a column that joined: the others say what the rows are
      THALWEG_ASSIGN_OR_RETURN(IdMoves moves, mover_.Between(there ? column : from.columns.front(), column));
      if (all && (all->kind != moves.kind || all->from != moves.from)) {
        return Lost("the vocabularies of columns that share a table differ");
      }
      all = std::move(moves);
    }
    return all ? *all : Lost("other columns share the table there");
  }

  static IdMoves Lost(std::string why) {
    IdMoves moves;
    moves.kind = IdMoves::Kind::kLost;
    moves.why = std::move(why);
    return moves;
  }

  const Bundle& bundle_;
  const std::regex* only_;
  std::vector<const Parameter*> theirs_;
  std::vector<Parameter*> mine_;
  const IdMover& mover_;
  std::vector<std::string> their_classes_, my_classes_;
  std::optional<IdMoves> classes_;   // where they differ
  bool used_classes_ = false;
  std::size_t left_out_ = 0;
  std::vector<std::string> anew_;
  std::map<std::string, std::set<std::string>> told_;   // by what is to be told: of which columns
};

Result<WarmStart> WarmStart::Create(const std::string& path, const std::string& only, WideDeepModel* model) {
  WarmStart start;
  start.path_ = path;
  THALWEG_ASSIGN_OR_RETURN(start.bundle_, Bundle::Open(path, true));
  std::optional<std::regex> expression;
  if (!only.empty()) {
    try {
      expression.emplace(only);
    } catch (const std::regex_error& error) {
      return Status::Usage("warm start: " + Quote(only, 200) + " is not a regular expression: " + Printable(error.what()));
    }
  }
  THALWEG_ASSIGN_OR_RETURN(const std::unique_ptr<WideDeepModel> theirs, start.bundle_->NewModel());
  THALWEG_ASSIGN_OR_RETURN(const IdMover mover, IdMover::Create(theirs->spec(), model->spec()));
  Planner planner(*start.bundle_, expression ? &*expression : nullptr, theirs.get(), model, mover);
  try {
    THALWEG_RETURN_IF_ERROR(planner.Run(&start));
  } catch (const std::regex_error& error) {
    return Status::Usage("warm start: " + Quote(only, 200) + " takes too long to match: " + Printable(error.what()));
  }
  return start;
}

void WarmStart::Apply(WideDeepModel* model) const {
  const std::vector<Parameter*> parameters = model->parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (Takes(p)) Move(sources_[p], *sources_[p].view, true, parameters[p]->storage.span());
  }
}

bool WarmStart::CanMove(std::size_t parameter, const TensorView& view) const {
  return Takes(parameter) && view.data.size() == sources_[parameter].view->data.size();
}

void WarmStart::Move(std::size_t parameter, const TensorView& view, std::span<float> to) const {
  Move(sources_[parameter], view, false, to);
}

void WarmStart::Move(const Source& source, const TensorView& view, bool zeros, std::span<float> to) const {
  if (source.rows.empty() && source.cols.empty()) {
    std::copy(view.data.begin(), view.data.end(), to.begin());
    return;
  }
  const std::size_t their_cols = Cols(source.view->shape), cols = source.cols.empty() ? their_cols : source.cols.size();
  for (std::size_t r = 0; r < to.size() / cols; ++r) {
    const std::int64_t row = source.rows.empty() ? static_cast<std::int64_t>(r) : source.rows[r];
    if (row == kInitial) continue;
    for (std::size_t c = 0; c < cols; ++c) {
      const std::int64_t col = source.cols.empty() ? static_cast<std::int64_t>(c) : source.cols[c];
      if (row >= 0 && col >= 0) to[r * cols + c] = view.data[static_cast<std::size_t>(row) * their_cols + static_cast<std::size_t>(col)];
      else if (zeros) to[r * cols + c] = 0;
    }
  }
}

}  // namespace thalweg

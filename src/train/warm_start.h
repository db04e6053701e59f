// Starting from another model: which numbers of its file go where. What was learnt of a word, a class or a column goes to
// that word, class or column, whatever its place here.
#ifndef THALWEG_TRAIN_WARM_START_H_
#define THALWEG_TRAIN_WARM_START_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bundle/bundle.h"
#include "model/wide_deep_model.h"

namespace thalweg {

class WarmStart {
 public:
  // From the model file at `path`, for the parameters of `model` whose names match the regular expression `only` from their
  // start ("": all). Errors: as Bundle::Open; kUsage: `only` is none, or no parameter is chosen or fits.
  static Result<WarmStart> Create(const std::string& path, const std::string& only, WideDeepModel* model);

  // To all parameters that take something. Rows and columns of new words and classes become zeros, where the others moved.
  void Apply(WideDeepModel* model) const;

  // The same for something that is kept beside a parameter, in the file's tensor `view`: what has no source is left.
  void Move(std::size_t parameter, const TensorView& view, std::span<float> to) const;
  // Move can be done: the tensor has the shape of the parameter there.
  bool CanMove(std::size_t parameter, const TensorView& view) const;
  // The parameter takes something.
  bool Takes(std::size_t parameter) const { return sources_[parameter].view != nullptr; }
  // Every parameter that is trained takes something.
  bool whole() const { return whole_; }

  const Bundle& bundle() const { return *bundle_; }
  const std::string& path() const { return path_; }
  // What is taken, and what is not and why, in words.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  class Planner;
  // Sources of rows and columns, beside the places there (≥ 0).
  static constexpr std::int64_t kZero = -1, kInitial = -2;
  struct Source {
    const TensorView* view = nullptr;      // null: nothing is taken
    std::vector<std::int64_t> rows, cols;  // [ours]; empty: each from the one of its number
  };
  void Move(const Source& source, const TensorView& view, bool zeros, std::span<float> to) const;

  std::string path_;
  std::shared_ptr<const Bundle> bundle_;
  std::vector<Source> sources_;   // by parameter of the model
  std::vector<std::string> notes_;
  bool whole_ = true;
};

}  // namespace thalweg

#endif  // THALWEG_TRAIN_WARM_START_H_

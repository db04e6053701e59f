// Labels: the class index of a text, or a number.
//
// A class is met by its own text first. Failing that, numbers are compared as numbers (a label 1.0 is the class "1")
// and booleans without regard to case and to how they are written ("True", true and 1 are the class "true" or "1"), so
// that a label column means the same in CSV, JSON and Parquet. Where two classes would be one that way ("7" and "007")
// only their own texts count.
#ifndef THALWEG_DATA_LABEL_H_
#define THALWEG_DATA_LABEL_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/cell.h"
#include "thalweg/model_spec.h"

namespace thalweg {

class LabelDecoder {
 public:
  // `field` has the label's missing marks. kBadConfig: a task of classes without classes, or with equal ones.
  static Result<LabelDecoder> Create(std::string_view task, const LabelSpec& label, FieldSpec field);

  // Fills (*label)[B]. Rows without a label, or with one that is not a number, go to *bad; rows of a class that is not
  // known to *unknown. Both in order of rows; their labels are 0.
  Status Decode(const RawColumn& raw, std::size_t num_rows, std::vector<float>* label, std::vector<BadCell>* bad,
                std::vector<BadCell>* unknown) const;

  // The index of the class that `text` names, or -1.
  int ClassOf(std::string_view text) const;

 private:
  FieldSpec field_;
  std::vector<std::string> classes_;  // empty: a number
  std::map<std::string, int, std::less<>> exact_, loose_;
};

}  // namespace thalweg

#endif  // THALWEG_DATA_LABEL_H_

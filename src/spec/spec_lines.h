// Where the keys of a spec stand, for checks that come after its parsing (parameters, references between columns) and
// know only a dotted path.
#ifndef THALWEG_SPEC_SPEC_LINES_H_
#define THALWEG_SPEC_SPEC_LINES_H_

#include <map>
#include <string>
#include <string_view>

#include "thalweg/model_spec.h"
#include "thalweg/status.h"

namespace thalweg {

struct SpecLines {
  std::string origin;                            // "spec.toml"
  std::map<std::string, int, std::less<>> line;  // by path: "columns.age.boundaries", "wide.optimizer"
};

// As ParseModelSpec of model_spec.h; fills *lines, which may be null.
Result<ModelSpec> ParseModelSpec(std::string_view text, std::string_view origin, SpecLines* lines);

// A message that begins with a known path ("columns.age.boundaries: …"), or with one that lies in a known table, gets
// "spec.toml line 12: " before it; any other status is returned as it is.
Status AtLine(const SpecLines& lines, const Status& status);

}  // namespace thalweg

#endif  // THALWEG_SPEC_SPEC_LINES_H_

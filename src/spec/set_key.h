// One key of a spec, changed from outside: `--set training.batch_size=512`.
#ifndef THALWEG_SPEC_SET_KEY_H_
#define THALWEG_SPEC_SET_KEY_H_

#include <string_view>

#include "thalweg/model_spec.h"
#include "thalweg/status.h"

namespace thalweg {

// `key` is a dotted TOML key (`wide.optimizer.learning_rate`, `columns."a.b".kind`); `value` a TOML value, or, when it
// is none, a text as it stands. The spec is checked as a whole, as ParseModelSpec does; kBadConfig begins with the key
// and names the nearest known one; *spec is then unchanged.
Status SetSpecKey(ModelSpec* spec, std::string_view key, std::string_view value);

}  // namespace thalweg

#endif  // THALWEG_SPEC_SET_KEY_H_

// How every part (column, layer, optimizer, head, metric, reader) describes itself. From these tables come the check
// of a spec, the command line's `kinds`, the reference pages and, later, the Python classes: nothing else lists them.
#ifndef THALWEG_KINDS_H_
#define THALWEG_KINDS_H_

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "thalweg/status.h"

namespace thalweg {

using ParamValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>,
                                std::vector<std::string>>;
// Sorted by name, so that equal specs print equally. A parameter that is not there has its default.
using Params = std::map<std::string, ParamValue, std::less<>>;

enum class ParamType {
  kBool,
  kInteger,   // std::int64_t
  kNumber,    // double; an integer is taken too
  kText,      // std::string
  kIntegers,  // lists
  kNumbers,
  kTexts,
  kInput,     // the name of a field or a column (std::string)
  kInputs,    // several of them
};

struct ParamInfo {
  const char* name;
  ParamType type;
  const char* default_text;  // as it would be written in TOML; "" when there is none but the parameter may be left out;
                             // nullptr when it must be given
  const char* range;         // for people: "> 0", "[0, 1)", "one of: mean, sum, sqrtn"
  const char* help;          // one sentence
  // For the check of numbers (each element of a list): min ≤ x ≤ max, or strict where the flag is set.
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_open = false;
  bool max_open = false;
  // For the check of texts: the allowed ones, space separated; nullptr: any.
  const char* choices = nullptr;
};

struct KindInfo {
  const char* name;      // as in a spec: "crossed"
  const char* help;      // one sentence
  std::span<const ParamInfo> params;
  const char* source = "";  // the paper and equation, or the TensorFlow symbol it agrees with
};

struct FamilyInfo {
  const char* name;  // "columns", "layers", "optimizers", "learning_rates", "heads", "metrics", "readers"
  const char* help;
  std::vector<KindInfo> kinds;
};

// A part as a spec names it: kind and parameters. Plain data.
struct PartSpec {
  std::string kind;
  Params params;
  bool operator==(const PartSpec&) const = default;
};

// Typed look-ups: the value given, or the fallback. The spec has been checked, so a value of another type aborts.
bool GetBool(const Params& params, std::string_view name, bool fallback);
std::int64_t GetInteger(const Params& params, std::string_view name, std::int64_t fallback);
double GetNumber(const Params& params, std::string_view name, double fallback);
std::string GetText(const Params& params, std::string_view name, std::string_view fallback);
std::vector<std::int64_t> GetIntegers(const Params& params, std::string_view name);
std::vector<double> GetNumbers(const Params& params, std::string_view name);   // integers are taken too
std::vector<std::string> GetTexts(const Params& params, std::string_view name);

// Every parameter is known to `info`, has its type, lies in its range; required ones are there. `where` begins the
// message ("columns.age"); unknown names get the nearest known one. Integers given for numbers become numbers.
Status CheckParams(const KindInfo& info, std::string_view where, Params* params);

}  // namespace thalweg

#endif  // THALWEG_KINDS_H_

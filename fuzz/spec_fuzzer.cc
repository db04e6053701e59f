// Any bytes are a spec or an error; a spec prints, in both forms, to what reads back equal.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "spec/spec_lines.h"
#include "thalweg/model_spec.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void ComesBack(const thalweg::ModelSpec& spec) {
  const auto json = thalweg::ParseModelSpec(thalweg::ToJson(spec), "json");
  Check(json.ok() && *json == spec);
  thalweg::ModelSpec without_fitted = spec;  // which is not for people
  without_fitted.fitted.clear();
  const auto toml = thalweg::ParseModelSpec(thalweg::ToToml(spec), "toml");
  Check(toml.ok() && *toml == without_fitted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  thalweg::SpecLines lines;
  const auto spec = thalweg::ParseModelSpec(text, "spec", &lines);
  if (spec.ok()) {
    ComesBack(*spec);
  } else {
    Check(spec.status().code() == thalweg::StatusCode::kBadConfig && !spec.status().message().empty());
  }
  return 0;
}

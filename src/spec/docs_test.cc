// docs/spec.md against the code.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/file.h"
#include "spec/keys.h"
#include "thalweg/model_spec.h"

namespace thalweg {
namespace {

std::string Docs() { return ReadFile(THALWEG_TESTDATA "/../docs/spec.md", 1 << 20).value(); }

std::vector<ModelSpec> Examples() {
  std::vector<ModelSpec> specs;
  const std::string text = Docs(), fence = "```toml\n";
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at + 1)) {
    const std::size_t begin = at + fence.size();
    Result<ModelSpec> spec = ParseModelSpec(text.substr(begin, text.find("```\n", begin) - begin), "docs/spec.md");
    EXPECT_TRUE(spec.ok()) << spec.status().message();
    if (spec.ok()) specs.push_back(std::move(spec).value());
  }
  return specs;
}

// Collects the names of keys.
template <class T>
struct ListKeys {
  std::set<std::string>* names;
  void Note(const char* name) { names->insert(name); }
  void Text(const char* name, std::string T::*) { Note(name); }
  void Value(const char* name, std::string T::*) { Note(name); }
  void Bool(const char* name, bool T::*) { Note(name); }
  void Type(const char* name, DType T::*) { Note(name); }
  void Byte(const char* name, std::string T::*) { Note(name); }
  void Choice(const char* name, std::string T::*, const char*) { Note(name); }
  void Integer(const char* name, std::int64_t T::*, std::int64_t, std::int64_t) { Note(name); }
  void Number(const char* name, double T::*, NumberRange) { Note(name); }
  void OptionalNumber(const char* name, std::optional<double> T::*) { Note(name); }
  void Integers(const char* name, std::vector<std::int64_t> T::*, std::int64_t, std::int64_t, std::size_t) {
    Note(name);
  }
  void Classes(const char* name, std::vector<std::string> T::*) { Note(name); }
  void Distinct(const char* name, std::vector<std::string> T::*) { Note(name); }
  void Names(const char* name, std::vector<std::string> T::*) { Note(name); }
  void Part(const char* name, PartSpec T::*) { Note(name); }
};

TEST(SpecDocs, ExamplesAreSpecs) { EXPECT_EQ(Examples().size(), 2u); }

TEST(SpecDocs, TheCompleteExampleLeavesNoMemberEmpty) {
  const ModelSpec spec = Examples().back();
  EXPECT_FALSE(spec.weight.empty() || spec.label.positive.empty() || spec.read.names.empty() || spec.fields.empty() ||
               spec.wide.columns.empty() || spec.deep.columns.empty() || spec.head.params.empty());
  EXPECT_EQ(spec.columns.size(), 6u);
  EXPECT_EQ(spec.training.early_stopping_steps, 2000);
  EXPECT_EQ(spec.training.early_stopping_metric, "auc");
}

TEST(SpecDocs, EveryKeyHasItsRow) {
  std::set<std::string> names = {"task", "weight", "head", "baseline", "profile", "tensorflow_faults", "label"};
  ListKeys<LabelSpec> label{&names};
  LabelKeys(label);
  ListKeys<ReadSpec> read{&names};
  ReadSpecKeys(read);
  ListKeys<FieldSpec> field{&names};
  FieldKeys(field);
  ListKeys<WideSpec> wide{&names};
  WideKeys(wide);
  ListKeys<DeepSpec> deep{&names};
  DeepKeys(deep);
  ListKeys<TrainingSpec> training{&names};
  TrainingKeys(training);
  const std::string docs = Docs();
  for (const std::string& name : names) EXPECT_NE(docs.find("\n| `" + name + "` |"), std::string::npos) << name;
}

}  // namespace
}  // namespace thalweg

#include "thalweg/kinds.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/registry.h"

namespace thalweg {
namespace {

constexpr ParamInfo kParams[] = {
    {.name = "source", .type = ParamType::kInput, .default_text = nullptr, .range = "", .help = "what is cut"},
    {.name = "boundaries", .type = ParamType::kNumbers, .default_text = "", .range = "", .help = "the cuts"},
    {.name = "rate",
     .type = ParamType::kNumber,
     .default_text = "0.5",
     .range = "[0, 1)",
     .help = "the rate",
     .min = 0,
     .max = 1,
     .max_open = true},
    {.name = "size", .type = ParamType::kInteger, .default_text = "1", .range = "> 0", .help = "the size", .min = 1},
    {.name = "combiner",
     .type = ParamType::kText,
     .default_text = "mean",
     .range = "",
     .help = "how",
     .choices = "mean sum sqrtn"},
    {.name = "keys", .type = ParamType::kInputs, .default_text = "", .range = "", .help = "what is crossed"},
};
constexpr KindInfo kKind = {.name = "cut", .help = "cuts", .params = kParams};

std::string Check(Params params) {
  params.emplace("source", "age");
  return CheckParams(kKind, "columns.x", &params).message();
}

TEST(Kinds, RightParametersPassAndWholeNumbersBecomeNumbers) {
  Params params = {{"source", "age"},
                   {"rate", std::int64_t{0}},
                   {"boundaries", std::vector<std::int64_t>{1, 2}},
                   {"keys", std::vector<std::int64_t>{}}};
  const Status status = CheckParams(kKind, "columns.x", &params);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(params["rate"], ParamValue(0.0));
  EXPECT_EQ(params["boundaries"], ParamValue(std::vector<double>{1, 2}));
  EXPECT_TRUE(GetTexts(params, "keys").empty());
}

TEST(Kinds, AWrongParameterIsToldWithWhatWasExpected) {
  EXPECT_EQ(
      Check({{"bondaries", true}}),
      "columns.x.bondaries: \"bondaries\" is not a parameter of cut. Did you mean \"boundaries\"? Parameters: source, "
      "boundaries, rate, size, combiner, keys");
  EXPECT_EQ(Check({{"size", 8.0}}), "columns.x.size: found 8.0, expected an integer");
  EXPECT_EQ(Check({{"size", std::int64_t{0}}}), "columns.x.size: found 0, expected > 0");
  EXPECT_EQ(Check({{"rate", 1.0}}), "columns.x.rate: found 1.0, expected [0, 1)");
  EXPECT_EQ(Check({{"rate", std::numeric_limits<double>::quiet_NaN()}}),
            "columns.x.rate: found nan, expected a finite number");
  EXPECT_EQ(Check({{"boundaries", "18"}}), "columns.x.boundaries: found \"18\", expected a list of numbers");
  EXPECT_EQ(Check({{"combiner", "maen"}}),
            "columns.x.combiner: \"maen\" is not a choice. Did you mean \"mean\"? Choices: mean, sum, sqrtn");
  EXPECT_EQ(Check({{"keys", std::vector<std::string>{"a", ""}}}),
            "columns.x.keys: found an empty name, expected a field or column");
}

TEST(Kinds, AMissingParameterIsTold) {
  Params none;
  EXPECT_EQ(CheckParams(kKind, "columns.x", &none).message(),
            "columns.x: cut needs \"source\", the name of a field or column: what is cut");
}

TEST(Kinds, LookUpsFallBack) {
  const Params params = {{"a", std::int64_t{3}}, {"b", std::vector<std::int64_t>{1}}, {"c", "text"}};
  EXPECT_EQ(GetInteger(params, "a", 7), 3);
  EXPECT_EQ(GetNumber(params, "a", 7), 3.0);
  EXPECT_EQ(GetNumber(params, "absent", 7), 7.0);
  EXPECT_EQ(GetNumbers(params, "b"), std::vector<double>{1});
  EXPECT_EQ(GetText(params, "c", ""), "text");
  EXPECT_TRUE(GetBool(params, "absent", true));
  EXPECT_DEATH(GetBool(params, "a", true), "was not checked");
}

TEST(Kinds, AnUnknownKindIsToldWithTheKnownOnes) {
  struct Entry {
    const KindInfo* info;
  };
  const Entry entries[] = {{&kKind}};
  EXPECT_EQ(FindKind(std::span<const Entry>(entries), "cut", "column").value(), entries);
  const Status status = FindKind(std::span<const Entry>(entries), "cot", "kind of column").status();
  EXPECT_EQ(status.code(), StatusCode::kBadConfig);
  EXPECT_EQ(status.message(), "\"cot\" is not a kind of column. Did you mean \"cut\"? Kinds: cut");
  EXPECT_EQ(FamilyOf("columns", "", std::span<const Entry>(entries)).kinds.size(), 1u);
}

}  // namespace
}  // namespace thalweg

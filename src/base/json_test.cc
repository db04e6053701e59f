#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace thalweg {
namespace {

using testing::HasSubstr;

std::string WhyNot(std::string_view text) {
  const Result<Json> json = ParseJson(text, "x.json");
  EXPECT_FALSE(json.ok()) << text;
  if (json.ok()) return "";
  EXPECT_EQ(json.status().code(), StatusCode::kBadData);
  return json.status().message();
}

TEST(Json, KeepsTheOrderOfKeysAndTheKindsOfNumbers) {
  const std::string text = R"({"b": 1, "a": [1.0, -2, 1e+300, 0.1], "c": {"x": null, "": true}, "d": "\"\u0000\n東"})";
  EXPECT_EQ(FormatJson(ParseJson(text, "x").value()), text);
  EXPECT_EQ(FormatJson(ParseJson(" [ ] ", "x").value()), "[]");
  EXPECT_EQ(FormatJson(ParseJson("[[1], [2, 3], {}]", "x").value(), 2), "[\n  [1],\n  [2, 3],\n  {}\n]");
}

TEST(Json, FloatsPrintAsShortAsTheyAre) {
  EXPECT_EQ(FormatJson(Json(AsPrinted(0.1f))), "0.1");
  EXPECT_EQ(FormatJson(Json(0.1f)), "0.10000000149011612");
  EXPECT_EQ(FormatJsonNumber(3.0f), "3.0");
  EXPECT_EQ(FormatJson(Json(std::numeric_limits<double>::quiet_NaN())), "null");
  EXPECT_EQ(FormatJsonText("\xff"), "\"\xEF\xBF\xBD\"");
}

TEST(Json, ErrorsNameTheLine) {
  EXPECT_THAT(WhyNot("{\n\"a\": 1,\n\"b\": }"), HasSubstr("x.json line 3: not JSON: "));
  EXPECT_EQ(WhyNot("{\"a\": 1,\n\n \"a\": 2}"), "x.json line 3: key \"a\" is there twice, first in line 1");
  EXPECT_EQ(WhyNot("[1,\n1e999]"), "x.json line 2: found \"1e999\", a number past the range of a double");
  EXPECT_EQ(WhyNot("[99999999999999999999]"), "x.json line 1: found 99999999999999999999, an integer past 64 bits");
}

TEST(Json, WhatIsNotJsonIsAnError) {
  for (const char* bad :
       {"", " ", "{", "[1", "{} x", "nan", "'a'", "{\"a\" 1}", "[1,]", "\"\xff\"", "\"\\ud800\"", "01"}) {
    EXPECT_NE(WhyNot(bad), "") << bad;
  }
  EXPECT_NE(WhyNot(std::string_view("\0", 1)), "");
}

TEST(Json, DepthAndSizeAreBounded) {
  EXPECT_TRUE(ParseJson(std::string(32, '[') + std::string(32, ']'), "x").ok());
  EXPECT_THAT(WhyNot(std::string(33, '[') + std::string(33, ']')), HasSubstr("more than 32"));
  EXPECT_THAT(WhyNot(std::string(1 << 20, '[')), HasSubstr("more than 32"));
  EXPECT_FALSE(ParseJson("[1, 2]", "x", {.max_bytes = 5}).ok());
}

TEST(Json, ManyKeysTakeNoQuadraticTime) {
  std::string text = "{";
  for (int i = 0; i < 100000; ++i) text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ParseJson(text + "}", "x").value().size(), 100000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Json, EventsTellTheLineOfEachValue) {
  struct Lines : JsonEvents {
    std::string seen;
    Status See(const std::string& what, int line) {
      seen += what + std::to_string(line) + " ";
      return what == "stop" ? Status::BadData("stopped") : Status::Ok();
    }
    Status Null(int line) override { return See("null", line); }
    Status Bool(bool, int line) override { return See("bool", line); }
    Status Integer(std::int64_t, int line) override { return See("int", line); }
    Status Unsigned(std::uint64_t, int line) override { return See("unsigned", line); }
    Status Number(double, int line) override { return See("num", line); }
    Status Text(std::string text, int line) override { return See(text, line); }
    Status Key(std::string key, int line) override { return See(key, line); }
    Status StartObject(int line) override { return See("{", line); }
    Status EndObject() override { return See("}", 0); }
    Status StartArray(int line) override { return See("[", line); }
    Status EndArray() override { return See("]", 0); }
  };
  Lines lines;
  EXPECT_TRUE(ParseJsonEvents("{\"k\":\n[1\n,2.5\n,18446744073709551615,\nnull]}\n", "x", &lines).ok());
  EXPECT_EQ(lines.seen, "{1 k1 [2 int2 num3 unsigned4 null5 ]0 }0 ");
  Lines stopped;
  EXPECT_EQ(ParseJsonEvents("[\"stop\", 1]", "x", &stopped).message(), "stopped");
}

}  // namespace
}  // namespace thalweg

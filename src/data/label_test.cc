#include "data/label.h"

#include <gmock/gmock.h>

namespace thalweg {
namespace {

using testing::HasSubstr;

LabelDecoder Classes(std::vector<std::string> classes) {
  LabelSpec label;
  label.name = "y";
  label.classes = std::move(classes);
  return LabelDecoder::Create("multiclass", label, FieldSpec()).value();
}

TEST(LabelTest, AClassIsMetByItsText) {
  const LabelDecoder label = Classes({"<=50K", ">50K"});
  EXPECT_EQ(label.ClassOf(">50K"), 1);
  EXPECT_EQ(label.ClassOf("<=50K"), 0);
  EXPECT_EQ(label.ClassOf("<=50k"), -1);
}

TEST(LabelTest, NumbersAreComparedAsNumbers) {
  const LabelDecoder label = Classes({"0", "1"});
  for (const char* text : {"1", "1.0", "1e0", "+1"}) EXPECT_EQ(label.ClassOf(text), 1) << text;
  EXPECT_EQ(label.ClassOf("0.0"), 0);
  EXPECT_EQ(label.ClassOf("2"), -1);
}

TEST(LabelTest, BooleansMeanTheSameHoweverWritten) {
  for (const LabelDecoder& label : {Classes({"0", "1"}), Classes({"false", "true"}), Classes({"False", "True"})}) {
    EXPECT_EQ(label.ClassOf("true"), 1);
    EXPECT_EQ(label.ClassOf("TRUE"), 1);
    EXPECT_EQ(label.ClassOf("1"), 1);
    EXPECT_EQ(label.ClassOf("false"), 0);
    EXPECT_EQ(label.ClassOf("0"), 0);
  }
}

TEST(LabelTest, ClassesThatAreOneNumberAreToldApartByTheirTexts) {
  const LabelDecoder label = Classes({"7", "007", "07"});
  EXPECT_EQ(label.ClassOf("7"), 0);
  EXPECT_EQ(label.ClassOf("007"), 1);
  EXPECT_EQ(label.ClassOf("7.0"), -1);
}

TEST(LabelTest, WithoutClassesOrWithEqualOnesThereIsNoLabel) {
  LabelSpec label;
  label.name = "y";
  EXPECT_EQ(LabelDecoder::Create("binary", label, FieldSpec()).status().code(), StatusCode::kBadConfig);
  label.classes = {"a", "a"};
  EXPECT_THAT(LabelDecoder::Create("binary", label, FieldSpec()).status().message(), HasSubstr("listed twice"));
}

}  // namespace
}  // namespace thalweg

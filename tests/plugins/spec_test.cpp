// The grammar of specs: what is read, what is refused and where, and that text() reads back.
#include <gtest/gtest.h>

#include "plugins/expect_usage_error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

TEST(Spec, NameAlone) {
  const auto spec = Spec::parse("quadratic-game");
  EXPECT_EQ(spec.name, "quadratic-game");
  EXPECT_TRUE(spec.values.empty());
}

TEST(Spec, KeysAndValuesInOrder) {
  const auto spec = Spec::parse("bilinear:dimension=200,structure=dense,shift=-1e-3,file=a b.mtx,when=10:30");
  EXPECT_EQ(spec.name, "bilinear");
  EXPECT_EQ(
      spec.values,
      (Values{
          {"dimension", "200"}, {"structure", "dense"}, {"shift", "-1e-3"}, {"file", "a b.mtx"}, {"when", "10:30"}}));
}

TEST(Spec, BracketsHoldSpecs) {
  const auto spec = Spec::parse("induced:first=[topk:k=10],second=[induced:first=[none],second=[randk:k=1,x=2]],n=1");
  EXPECT_EQ(spec.values,
            (Values{{"first", "topk:k=10"}, {"second", "induced:first=[none],second=[randk:k=1,x=2]"}, {"n", "1"}}));
  EXPECT_EQ(Spec::parse(spec.values[1].second).values[1].second, "randk:k=1,x=2");
  EXPECT_EQ(Spec::parse("a:x=[]").values, (Values{{"x", ""}}));
}

TEST(Spec, BracketsAroundTheWhole) { EXPECT_EQ(Spec::parse("[ball:radius=1]"), Spec::parse("ball:radius=1")); }

TEST(Spec, KeyTwiceIsKept) {
  EXPECT_EQ(Spec::parse("a:k=1,k=2").values, (Values{{"k", "1"}, {"k", "2"}}));  // Parameters refuses it
}

TEST(Spec, TextReadsBack) {
  for (const std::string text :
       {"none", "randk:fraction=0.1", "a:b=1,c=2,d=x y", "induced:first=[topk:k=10],second=[randk:k=10]",
        "a:b=[c:d=[e:f=1]],g=[[x][y]]", "a:empty=[]", "a:b=[x,y]", "a:b=[x=y]", "a:b=[10:30]"})
    EXPECT_EQ(Spec::parse(text).text(), text);
  EXPECT_EQ(Spec::parse("a:b=[plain]").text(), "a:b=plain");
  const Spec spec{"a", {{"k", "[x]"}, {"l", ""}, {"m", "n:o=p,q=r"}}};
  EXPECT_EQ(Spec::parse(spec.text()), spec);
}

TEST(Spec, ErrorsShowTextAndPlace) {
  const auto error = [](const std::string& text) { return testing::usage_error([&] { (void)Spec::parse(text); }); };
  EXPECT_EQ(error(""), "'', character 1: expected a name, found the end");
  EXPECT_EQ(error(":k=1"), "':k=1', character 1: expected a name, found ':'");
  EXPECT_EQ(error("randk "), "'randk ', character 6: expected ':' or the end, found ' '");
  EXPECT_EQ(error("randk,k=1"), "'randk,k=1', character 6: expected ':' or the end, found ','");
  EXPECT_EQ(error("randk:"), "'randk:', character 7: expected a key, found the end");
  EXPECT_EQ(error("randk:=1"), "'randk:=1', character 7: expected a key, found '='");
  EXPECT_EQ(error("randk:k"), "'randk:k', character 8: expected '=', found the end");
  EXPECT_EQ(error("randk:k="), "'randk:k=', character 9: expected a value, found the end");
  EXPECT_EQ(error("randk:k=,l=1"), "'randk:k=,l=1', character 9: expected a value, found ','");
  EXPECT_EQ(error("randk:k=1,"), "'randk:k=1,', character 11: expected a key, found the end");
  EXPECT_EQ(error("a:b=[c"), "'a:b=[c', character 5: '[' is never closed");
  EXPECT_EQ(error("a:b=[[c]"), "'a:b=[[c]', character 5: '[' is never closed");
  EXPECT_EQ(error("a:b=c]"), "'a:b=c]', character 6: unexpected ']' in a value (a spec as value needs brackets)");
  EXPECT_EQ(error("a:b=c:d=1"), "'a:b=c:d=1', character 8: unexpected '=' in a value (a spec as value needs brackets)");
  EXPECT_EQ(error("a:b=[c]d=1"), "'a:b=[c]d=1', character 8: expected ',' or the end, found 'd'");
  EXPECT_EQ(error("[a]b"), "'[a]b', character 4: unexpected text after ']'");
  EXPECT_EQ(error("[[a]]"), "'[a]', character 1: expected a name, found '['");
  EXPECT_EQ(error("a\nb"), "'a\\x0ab', character 2: expected ':' or the end, found '\\x0a'");
}

TEST(Spec, IsNestedSoFarAndNoFurther) {
  const auto nested = [](std::size_t levels) {
    std::string text = "none";
    for (std::size_t level = 0; level < levels; ++level) text = "induced:first=[" + text + "]";
    return text;
  };
  EXPECT_NO_THROW((void)Spec::parse(nested(64)));
  const auto refused = testing::usage_error([&] { (void)Spec::parse(nested(65)); });
  EXPECT_NE(refused.find("nested more than 64 levels deep"), std::string::npos) << refused;
}

TEST(Spec, LongAndDeepTextEnds) {
  EXPECT_THROW((void)Spec::parse(std::string(100000, '[')), UsageError);
  EXPECT_THROW((void)Spec::parse(std::string(50000, '[') + std::string(50000, ']')), UsageError);
  std::string long_name(100000, 'a');
  long_name += '!';
  const auto text = testing::usage_error([&] { (void)Spec::parse(long_name); });
  EXPECT_LT(text.size(), 200U);
}

}  // namespace
}  // namespace vireo

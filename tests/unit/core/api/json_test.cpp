// SPDX-License-Identifier: Apache-2.0
#include "core/api/json.h"

#include <gtest/gtest.h>

#include "core/api/json_fields.h"

namespace cardea::api {
namespace {

using namespace std::string_view_literals;

TEST(Json, ReadsAndWritesEveryKind) {
  constexpr std::string_view kText =
      R"({"a":[1,-2,0,true,false,null],"b":{"c":"x\"\\\n\u0001ü"},"d":9007199254740991})";
  const auto json = Json::parse(kText);
  ASSERT_TRUE(json.ok()) << json.failure().detail;
  EXPECT_EQ(json->text(), kText);
}

TEST(Json, BlanksAndEscapesAreTakenOff) {
  const auto json = Json::parse(" { \"a\" :\t[ \"\\u00fc\\ud83d\\ude00\\/\\b\" ]\r\n} ");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->text(), "{\"a\":[\"ü😀/\\b\"]}");
}

TEST(Json, CanonicalFormSortsNames) {
  const auto json = Json::parse(R"({"b":1,"a":{"z":1,"y":[{"d":1,"c":2}]}})");
  EXPECT_EQ(json->canonical().text(), R"({"a":{"y":[{"c":2,"d":1}],"z":1},"b":1})");
}

class JsonRefused : public testing::TestWithParam<std::string_view> {};
TEST_P(JsonRefused, IsMalformed) { EXPECT_EQ(Json::parse(GetParam()).error(), Error::frame_malformed); }
INSTANTIATE_TEST_SUITE_P(Rows, JsonRefused,
                         testing::Values(""sv, " "sv, "{"sv, "["sv, "{}x"sv, "{} {}"sv, "{\"a\":1,}"sv,
                                         "[1,]"sv, "[,1]"sv, "{a:1}"sv, "{\"a\" 1}"sv, "{\"a\":1 \"b\":2}"sv,
                                         "{\"a\":1,\"a\":2}"sv, "{\"a\":1,\"\\u0061\":2}"sv, "01"sv, "-0"sv,
                                         "+1"sv, "1.0"sv, "1e3"sv, "-"sv, "9007199254740992"sv,
                                         "99999999999999999999"sv, "nul"sv, "True"sv, "NaN"sv, "'a'"sv,
                                         "\"a"sv, "\"\\x\""sv, "\"\\u12\""sv, "\"\\ud800\""sv,
                                         "\"\\ud800\\u0041\""sv, "\"\\udc00\""sv, "\"\n\""sv, "\"\0\""sv,
                                         "\"\xff\""sv, "\"\xc0\x80\""sv, "[[[[[[[[[[1]]]]]]]]]]"sv,
                                         "/* */1"sv, "\xef\xbb\xbf{}"sv));

TEST(Json, DepthIsBounded) {
  EXPECT_TRUE(Json::parse("[[[[[[[[1]]]]]]]]").ok());
  EXPECT_FALSE(Json::parse(std::string(100'000, '[')).ok());
}

TEST(Json, ManyNamesAreRefused) {
  std::string text = "{";
  for (int i = 0; i < 65; ++i)
    text += (i ? ",\"n" : "\"n") + std::to_string(i) + "\":1";
  EXPECT_FALSE(Json::parse(text + "}").ok());
}

TEST(JsonFields, TakesWhatFits) {
  const auto json =
      Json::parse(R"({"t":"ok","n":7,"f":true,"b":"AAEC","o":{"x":1},"l":[1,2],"w":"lost"})").value();
  JsonFields fields(json);
  EXPECT_EQ(fields.text("t", 1, 4), "ok");
  EXPECT_EQ(fields.number("n", 1, 7), 7u);
  EXPECT_TRUE(fields.boolean("f"));
  EXPECT_EQ(fields.bytes("b", 3), (Bytes{0, 1, 2}));
  EXPECT_NE(fields.object("o").find("x"), nullptr);
  EXPECT_EQ(fields.array("l", 2).size(), 2u);
  EXPECT_EQ(fields.choice("w", "lost|stolen"), "lost");
  EXPECT_FALSE(fields.has("absent"));
  EXPECT_TRUE(fields.complete().ok());
}

template <typename Ask>
std::string complaint(std::string_view text, Ask ask,
                      JsonFields::Unknown unknown = JsonFields::Unknown::refuse) {
  const auto json = Json::parse(text).value();
  JsonFields fields(json, unknown);
  ask(fields);
  const Status status = fields.complete();
  return status.ok() ? "" : status.failure().detail;
}

TEST(JsonFields, SaysWhatIsWrong) {
  using F = JsonFields&;
  EXPECT_EQ(complaint("[]", [](F) {}), "“body” is not an object");
  EXPECT_EQ(complaint("{}", [](F f) { f.text("a", 1, 2); }), "“a” is missing");
  EXPECT_EQ(complaint("{\"a\":null}", [](F f) { f.text("a", 1, 2); }), "“a” is missing");
  EXPECT_EQ(complaint("{\"a\":\"xyz\"}", [](F f) { f.text("a", 1, 2); }),
            "“a” is not a text of the right length");
  EXPECT_EQ(complaint("{\"a\":1}", [](F f) { f.text("a", 1, 2); }), "“a” is not a text of the right length");
  EXPECT_EQ(complaint("{\"a\":8}", [](F f) { f.number("a", 1, 7); }), "“a” is not a number in its range");
  EXPECT_EQ(complaint("{\"a\":\"AAE=\"}", [](F f) { f.bytes("a", 2); }),
            "“a” is not base64url of the right length");
  EXPECT_EQ(complaint("{\"a\":\"AAEC\"}", [](F f) { f.bytes("a", 2); }),
            "“a” is not base64url of the right length");
  EXPECT_EQ(complaint("{\"a\":[1,2]}", [](F f) { f.array("a", 1); }),
            "“a” is not a list of the right length");
  EXPECT_EQ(complaint("{\"a\":\"x\"}", [](F f) { f.choice("a", "y|z"); }), "“a” is not one of y|z");
  EXPECT_EQ(complaint("{\"a\":\"-x\"}", [](F f) { f.account("a"); }), "“a” is not an account name");
  EXPECT_EQ(complaint("{\"a\":1,\"b\":2}", [](F f) { f.number("a", 1, 7); }), "“b” is not known here");
  EXPECT_EQ(complaint(
                "{\"a\":1,\"b\":2}", [](F f) { f.number("a", 1, 7); }, JsonFields::Unknown::ignore),
            "");
  EXPECT_EQ(complaint("{\"a\":\"AB\"}", [](F f) { f.identifier<UserId>("a"); }),
            "“a” is not a text of the right length");
}

TEST(Identifiers, HaveOneText) {
  const std::string text = "000102030405060708090a0b0c0d0e0f";
  const auto id = UserId::from_text(text);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->text(), text);
  EXPECT_FALSE(UserId::from_text("000102030405060708090A0B0C0D0E0F").ok());
  EXPECT_FALSE(UserId::from_text(text + "00").ok());
  EXPECT_FALSE(UserId::from_text("").ok());
  EXPECT_FALSE(UserId::from_bytes(Bytes(15)).ok());
}

}  // namespace
}  // namespace cardea::api

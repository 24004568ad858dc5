// SPDX-License-Identifier: Apache-2.0
#include "core/records/record_title.h"

#include <gtest/gtest.h>

namespace cardea::records {
namespace {

std::optional<std::string> title(std::string_view body) { return record_title(as_bytes(body)); }

TEST(RecordTitle, IsFoundWhereverItStands) {
  EXPECT_EQ(title(R"({"title":"Mail"})"), "Mail");
  EXPECT_EQ(title(" \t\r\n{ \"title\" : \"Mail\" , \"secret\":\"s\"}"), "Mail");
  EXPECT_EQ(title(R"({"kind":"web","secret":"a,b}c","title":"Mail"})"), "Mail");
  EXPECT_EQ(title(R"({"n":1.5e3,"t":true,"x":null,"title":"Mail"})"), "Mail");
  EXPECT_EQ(title(R"({"title":""})"), "");
}

// A title of something inside the record is not the record's.
TEST(RecordTitle, OnlyTheOutermostObjectCounts) {
  EXPECT_EQ(title(R"({"form":{"title":"inner","f":[{"title":"x"},"]}"]},"title":"outer"})"), "outer");
  EXPECT_EQ(title(R"({"form":{"title":"inner"}})"), std::nullopt);
  EXPECT_EQ(title(R"({"notes":"\"title\":\"trick\"","title":"real"})"), "real");
  EXPECT_EQ(title(R"({"notes":"ends in a backslash \\","title":"real"})"), "real");
}

TEST(RecordTitle, EscapesThatMatterAreUndoneAndOthersAreHidden) {
  EXPECT_EQ(title(R"({"title":"a \"b\" \\ \/ c"})"), "a \"b\" \\ / c");
  EXPECT_EQ(title(R"({"title":"a\nb\u0041c"})"), "a?b?c");
  EXPECT_EQ(title("{\"title\":\"Büro €\"}"), "Büro €");
}

TEST(RecordTitle, WhatIsNoSuchObjectHasNone) {
  for (const char* body :
       {"", "{", "{}", "[]", "title", R"("title")", R"({"title"})", R"({"title":})", R"({"title":7})",
        R"({"title":{"title":"x"}})", R"({"title":"no end)", R"({"title":"ends in escape\)",
        R"({"a":1 "title":"x"})", R"({"a":"no end,"title":"x"})", R"([{"title":"x"}])",
        R"({"a":[1,2,"title":"x")"}) {
    EXPECT_EQ(title(body), std::nullopt) << body;
  }
}

TEST(RecordTitle, IsCutAt256Bytes) {
  EXPECT_EQ(title("{\"title\":\"" + std::string(256, 'a') + "\"}")->size(), 256U);
  EXPECT_EQ(title("{\"title\":\"" + std::string(20'000, 'a') + "\"}")->size(), 256U);
}

TEST(RecordTitle, TheSetIsFoundBesideIt) {
  const auto set = [](std::string_view body) { return record_set(as_bytes(body)); };
  EXPECT_EQ(set(R"({"title":"Mail","secret":"set","set":"Office"})"), "Office");
  EXPECT_EQ(set(R"({"set":"","title":"Mail"})"), "");
  EXPECT_EQ(set(R"({"title":"Mail"})"), std::nullopt);
  EXPECT_EQ(set(R"({"set":7})"), std::nullopt);
}

}  // namespace
}  // namespace cardea::records

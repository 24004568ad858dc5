// SPDX-License-Identifier: Apache-2.0
// The calls about a user's home region, for sample_calls.cpp.
#pragma once

#include "tests/unit/upstream/sample_parts.h"
#include "upstream/region_calls.h"

namespace cardea::upstream {
namespace {

void add_regions(std::vector<SampleCall>& out) {
  const Json::Array others{Json::Object{{"region", "south"}, {"url", "https://south.example"}}};
  const Json asked = Json::Object{{"region", "north"},
                                  {"epoch", 1},
                                  {"state", "asked"},
                                  {"record_days", true},
                                  {"relocation", Json::Object{{"to", "south"}, {"since", 1'800'000'000}}},
                                  {"others", others}};
  out.push_back({.name = "get_home_region",
                 .run =
                     [](ServerClient& c) {
                       return status_of(get_home_region(c, fixture().device_request, fixture().user));
                     },
                 .method = "GET",
                 .path = "/v1/account/region",
                 .query = "?user_id=" + fixture().user.text(),
                 .keyid = dev(),
                 .answer = asked,
                 .optional = {"epoch", "relocation"}});
  out.push_back({.name = "record_days",
                 .run = [](ServerClient& c) { return record_days(c, fixture().session_request, true); },
                 .method = "PUT",
                 .path = "/v1/account/region",
                 .body = R"({"record_days":true})",
                 .keyid = ses(),
                 .status = 204});
  const auto answers = [](const std::string& to) {
    return [to](ServerClient& c) { return status_of(answer_relocation(c, fixture().session_request, to)); };
  };
  out.push_back({.name = "answer_relocation: move",
                 .run = answers("south"),
                 .method = "POST",
                 .path = "/v1/account/region/move",
                 .body = R"({"answer":"move","to":"south"})",
                 .keyid = ses(),
                 .may_repeat = false,
                 .answer = Json::Object{{"region", "north"},
                                        {"epoch", 1},
                                        {"state", "agreed"},
                                        {"record_days", true},
                                        {"to", "south"},
                                        {"others", others}},
                 .optional = {"epoch", "to"}});
  out.push_back({.name = "answer_relocation: stay",
                 .run = answers(""),
                 .method = "POST",
                 .path = "/v1/account/region/move",
                 .body = R"({"answer":"stay"})",
                 .keyid = ses(),
                 .may_repeat = false,
                 .answer = Json::Object{{"region", "north"},
                                        {"epoch", 1},
                                        {"state", "here"},
                                        {"record_days", false},
                                        {"others", others}},
                 .optional = {"epoch"}});
}

}  // namespace
}  // namespace cardea::upstream

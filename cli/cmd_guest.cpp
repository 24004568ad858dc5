// SPDX-License-Identifier: Apache-2.0
#include "cli/cmd_guest.h"

#include "cli/cmd_operation.h"
#include "core/api/json.h"

namespace cardea::cli {
namespace {

Result<Answer> list(const Invocation& invocation, Console& console) {
  const text::Language language = invocation.global.language();
  const Failure unreadable = fail(Error::frame_malformed, error_text(Error::frame_malformed, {}, language));
  Answer all;
  api::Json::Array guests;
  for (std::string after;;) {
    Request request{invocation.verb->operation, {}};
    if (!after.empty()) request.arguments.emplace_back("after", after);
    TRY_ASSIGN(const Answer page, ask_daemon(invocation, request, console, console));
    const auto json = api::Json::parse(page.json);
    const api::Json* list = json.ok() ? json->find("guests") : nullptr;
    if (list == nullptr || list->array() == nullptr) return unreadable;
    guests.insert(guests.end(), list->array()->begin(), list->array()->end());
    // A last page may be empty when guests were removed meanwhile; what it says is then for an empty list.
    if (all.message.empty())
      all.message = page.message;
    else if (!list->array()->empty())
      all.message += "\n" + page.message;
    const api::Json* next = json->find("next");
    if (next == nullptr) break;
    // In the order of names, so it comes to an end.
    if (next->string() == nullptr || *next->string() <= after) return unreadable;
    after = *next->string();
  }
  all.json = api::Json(api::Json::Object{{"guests", std::move(guests)}}).text();
  return all;
}

}  // namespace

int run_guest_list(const Invocation& invocation) { return with_console(invocation, list); }

}  // namespace cardea::cli

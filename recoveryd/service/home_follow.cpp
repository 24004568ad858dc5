// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/home_follow.h"

#include "core/api/forward.h"
#include "upstream/server_url.h"

namespace cardea::recoveryd {

Status follow_home(Context& context, const std::string& user, const upstream::ForwardAnswer& answer) {
  std::string url;
  TRY(context.enrolments.update(user, [&](login::EnrolmentRecord& record) -> Status {
    if (record.checkpoint_key.empty())
      return fail(Error::state_forbidden,
                  "the server says that the account has moved, but its key is not known");
    // Epochs are the servers' to compare: a key introduces the next one, and is not believed afterwards.
    TRY_ASSIGN(const api::Forward forward,
               api::open_forward(answer.statement, answer.signature, record.checkpoint_key,
                                 api::UserId(record.user_id), 1));
    const auto parsed = upstream::ServerUrl::parse(forward.url);
    if (!parsed.ok()) return fail(Error::server_misbehaved, "a forward to “" + forward.url + "”");
    url = forward.url;
    record.servers = {url};
    record.checkpoint_key = forward.checkpoint_spki;
    return {};
  }));
  context.log.notice("the account has moved to another server", {{"user", user}, {"server", url}});
  (void)context.audit.append(context.clock.now(), "server-moved", {{"user", user}, {"server", url}});
  return {};
}

}  // namespace cardea::recoveryd

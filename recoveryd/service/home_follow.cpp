// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/home_follow.h"

#include "upstream/forward.h"

namespace cardea::recoveryd {

Status follow_home(const Context& context, const std::string& user, const api::Json& shown) {
  std::string url;
  TRY(context.enrolments.update(user, [&](login::EnrolmentRecord& record) -> Status {
    if (record.checkpoint_key.empty())
      return fail(Error::state_forbidden,
                  "the server says that the account has moved, but its key is not known");
    TRY_ASSIGN(const api::Forward forward,
               upstream::open_forward(shown, record.checkpoint_key, api::UserId(record.user_id)));
    url = forward.url;
    record.servers = {url};
    record.checkpoint_key = forward.checkpoint_spki;
    return {};
  }));
  context.log.notice("the account has moved to another server", {{"user", user}, {"server", url}});
  (void)context.audit.append(context.clock.now(), "server-moved", {{"user", user}, {"server", url}});
  return {};
}

Status at_home(const Context& context, const std::string& user,
               const std::function<Status(ServerLink& server)>& action) {
  for (int followed = 0;; ++followed) {
    TRY_ASSIGN(const login::EnrolmentRecord record, context.enrolments.load(user));
    TRY_ASSIGN(const auto server, ServerLink::open(context, record));
    const Status done = action(*server);
    if (done.ok() || !server->client().forward() || followed == upstream::kMaxForwards) return done;
    TRY(follow_home(context, user, *server->client().forward()));
  }
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "server/service/caller.h"

namespace cardea::server {

Result<UserId> user_for(Store& store, const Caller& caller, const std::optional<UserId>& named) {
  if (caller.session) {
    if (named && *named != caller.session->user)
      return fail(Error::permission_denied, "another user's session");
    return caller.session->user;
  }
  if (!caller.computer) return fail(Error::permission_denied, "nobody has signed this request");
  if (!named) return fail(Error::invalid_argument, "“user_id” is missing");
  TRY(store.get_computer(*named, *caller.computer));
  return *named;
}

}  // namespace cardea::server

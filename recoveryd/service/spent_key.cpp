// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/spent_key.h"

namespace cardea::recoveryd {

Status count_key_try(Context& context, const std::string& user, std::int64_t& wait_seconds,
                     const TryOrigin& origin) {
  TRY_ASSIGN(const TryAllowed allowed, context.throttle.begin_try(user, context.clock.now(), origin));
  if (allowed.allowed) return {};
  wait_seconds = allowed.wait_seconds;
  return fail(Error::throttled);
}

Result<access_key::AccessKeyMatch> check_key(const Context& context, const login::EnrolmentRecord& record,
                                             const access_key::AccessKey& key) {
  const access_key::ComputerAndUser who{context.device.computer_id, record.user_id};
  return access_key::verify_either(record.current, record.pending, who, key);
}

Result<access_key::AccessKeyMatch> spend_key(const Context& context, login::EnrolmentRecord& record,
                                             const access_key::AccessKey& key) {
  TRY_ASSIGN(access_key::AccessKeyMatch match, check_key(context, record, key));
  auto& slot = record.current.has_value() && record.current->generation == match.verifier.generation
                   ? record.current
                   : record.pending;
  slot = match.verifier;
  record.rotate_wanted = true;
  return match;
}

}  // namespace cardea::recoveryd

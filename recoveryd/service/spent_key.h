// SPDX-License-Identifier: Apache-2.0
// One access key on its way from a prompt to “used” (docs/spec/access-key.md, "Use"). Called by login_run and
// replacement_service: a key is dead after either, and a wrong one is counted by either.
#pragma once

#include "recoveryd/context.h"

namespace cardea::recoveryd {

// Writes the try as failed, before the key is looked at. Error::throttled, and in
// `wait_seconds` the time, of which callers make a text; what the disk says when it can't be written.
Status count_key_try(Context& context, const std::string& user, std::int64_t& wait_seconds,
                     const TryOrigin& origin = {});
// Checks the key against this record, which stays as it is. Error::access_key_wrong and its kin.
Result<access_key::AccessKeyMatch> check_key(const Context& context, const login::EnrolmentRecord& record,
                                             const access_key::AccessKey& key);
// Checks the key and makes it the last used one of the record. For EnrolmentStore::update: it is used when
// the record is on disk.
Result<access_key::AccessKeyMatch> spend_key(const Context& context, login::EnrolmentRecord& record,
                                             const access_key::AccessKey& key);

}  // namespace cardea::recoveryd

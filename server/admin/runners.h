// SPDX-License-Identifier: Apache-2.0
// What carries out the verbs, grouped in cmd_*.cpp files by topic; the table in verbs.cpp names them.
#pragma once

#include "server/admin/verbs.h"

namespace cardea::server::admin {

// cmd_accounts.cpp
Result<Answer> list_accounts(Desk& desk);
Result<Answer> show_account(Desk& desk);
Result<Answer> close_account(Desk& desk);
Result<Answer> open_account(Desk& desk);

// cmd_audit.cpp
Result<Answer> verify_audit(Desk& desk);
Result<Answer> make_audit_checkpoint(Desk& desk);
Result<Answer> export_audit(Desk& desk);

// cmd_backup.cpp
Result<Answer> backup(Desk& desk);
Result<Answer> restore(Desk& desk);
Result<Answer> restore_drill(Desk& desk);

// cmd_keys.cpp
Result<Answer> list_keys(Desk& desk);
Result<Answer> rotate_key(Desk& desk);
Result<Answer> backup_secrets(Desk& desk);
Result<Answer> restore_secrets(Desk& desk);

// cmd_policy.cpp
Result<Answer> list_policies(Desk& desk);
Result<Answer> get_policy(Desk& desk);
Result<Answer> set_policy(Desk& desk);
Result<Answer> reset_policy(Desk& desk);

// cmd_officers.cpp
Result<Answer> list_officers(Desk& desk);
Result<Answer> add_officer(Desk& desk);
Result<Answer> suspend_officer(Desk& desk);
Result<Answer> resume_officer(Desk& desk);
Result<Answer> remove_officer(Desk& desk);

// cmd_store.cpp
Result<Answer> migrate_store(Desk& desk);

}  // namespace cardea::server::admin

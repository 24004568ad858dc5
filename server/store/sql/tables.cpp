// SPDX-License-Identifier: Apache-2.0
#include "server/store/sql/tables.h"

#include <sstream>

namespace cardea::server::sql {
namespace {

struct TableText {
  const char* name;
  std::size_t keys;
  const char* columns;  // blob, text or number and the name
};

constexpr TableText kTables[] = {
    {"users", 1,
     "blob user_id text account text account_key blob opaque_a blob opaque_b blob question_seal "
     "blob recovery_seal blob recovery_public blob signer blob profile blob sheet_check number epoch "
     "number changes number created number audit_length blob audit_head number oprf_seed"},
    {"cards", 1,
     "blob card_id blob user_id blob auth_spki blob wrap_spki blob proof text label text serial text state "
     "text reason number version number since blob computer_id"},
    {"computers", 1, "blob computer_id blob device_spki"},
    {"enrolments", 2,
     "blob user_id blob computer_id text name text serial number created number last_seen text fit "
     "number retired number rotate_asked text gate number program"},
    {"generations", 3,
     "blob user_id blob computer_id number generation text state blob seal blob check_k0 blob login_public "
     "number issued number used number created"},
    {"holders", 3, "blob user_id text kind text ref number epoch blob envelope"},
    {"epoch_seals", 2, "blob user_id number epoch blob envelope"},
    {"records", 2,
     "blob user_id blob record_id number version number epoch blob envelope number deleted number changed "
     "number change_number"},
    {"sessions", 1,
     "blob session_id blob user_id number level number is_hmac blob key blob card_id blob computer_id "
     "number expires_at"},
    {"used_tokens", 1, "blob token number expires_at"},
    {"nonces", 1, "blob nonce number seen"},
    {"answers", 2, "text scope text key blob request number status text body text etag number created"},
    {"guesses", 1, "text subject number count number last"},
    {"audit", 1,
     "number position blob user_id number sequence number time text kind text details blob hash "
     "blob global_hash"},
    {"unix_ids", 1, "number id blob owner"},
    {"homes", 1,
     "blob user_id text state text region number epoch number since number lease_until number not_before "
     "number quiet_until number attempts number records_days blob bundle blob forward "
     "number delivered number purged"},
    {"work_days", 2, "blob user_id number day text region"},
    {"oprf_keys", 1, "blob user_id blob key_a blob key_b"},
    {"bundle_parts", 2, "blob move number number blob bytes number created"},
    {"unix_id_range", 1, "number one number first number last"},
    {"policies", 1, "text name text value number changed"},
    {"admin_audit", 1, "number sequence number time text actor text kind text details blob hash"},
    {"officers", 1, "blob officer_id text name blob auth_spki text role text state number since"},
    {"officer_keys", 1,
     "blob credential_id blob officer_id blob spki number sign_count text label number created "
     "number last_used"},
    {"officer_sessions", 1, "blob session_id blob officer_id number by_card blob key number expires_at"},
    {"officer_requests", 1,
     "blob request_id text kind text state blob user_id blob computer_id blob card_id blob officer_id "
     "blob approver_id text verified text reason number issued number created number expires_at"},
    {"officer_seals", 4,
     "blob user_id blob computer_id number generation blob officer_id text name blob seal"},
    {"pairings", 1,
     "blob pairing_id blob session_spki blob seal_key blob cover blob answer text prefix number expires_at"},
    {"drafts", 1,
     "blob sheet_check blob future_user blob opaque_a blob opaque_b blob question_seal blob recovery_seal "
     "blob recovery_public number oprf_seed text prefix number expires_at"},
    {"outbox", 2,
     "blob user_id number sequence text account number time text kind text details number due number tries"},
};

std::vector<Table> read_tables() {
  std::vector<Table> out;
  for (const TableText& row : kTables) {
    Table& table = out.emplace_back(Table{row.name, row.keys, {}});
    std::istringstream words(row.columns);
    for (std::string type, name; words >> type >> name;) {
      const ColumnType kind = type == "blob"   ? ColumnType::blob
                              : type == "text" ? ColumnType::text
                                               : ColumnType::number;
      table.columns.push_back({name, kind});
    }
  }
  return out;
}

}  // namespace

const std::vector<Table>& tables() {
  static const std::vector<Table> all = read_tables();
  return all;
}

}  // namespace cardea::server::sql

// SPDX-License-Identifier: Apache-2.0
// Users, their holders and epoch seals; guests.
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

#define USER_COLUMNS                                                                                       \
  "user_id, account, opaque_a, opaque_b, question_seal, recovery_seal, recovery_public, signer, profile, " \
  "sheet_check, epoch, audit_length, audit_head, oprf_seed, "                                              \
  "coalesce((SELECT id FROM unix_ids WHERE owner=user_id), 0)"

User read_user(const Statement& row) {
  User user;
  user.id = id_at<UserId>(row, 0);
  user.account = row.text_at(1);
  user.opaque_a = row.blob_at(2);
  user.opaque_b = row.blob_at(3);
  user.question_seal = row.blob_at(4);
  user.recovery_seal = row.blob_at(5);
  user.recovery_public = row.blob_at(6);
  user.signer = id_at<CardId>(row, 7);
  user.profile = row.blob_at(8);
  user.sheet_check = row.blob_at(9);
  user.epoch = row.u32_at(10);
  user.audit = {row.u64_at(11), row.array_at<32>(12)};
  user.oprf_seed = row.u32_at(13);
  user.uid = row.u32_at(14);
  return user;
}

Status insert_user(Connection& database, const User& user, UnixSeconds now) {
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO users(user_id, account, account_key, opaque_a, opaque_b, "
                              "question_seal, recovery_seal, recovery_public, signer, profile, "
                              "sheet_check, epoch, created, oprf_seed) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"));
  const std::string key = account_key(user.account);
  insert.blob(user.id.view()).text(user.account).text(key).blob(user.opaque_a).blob(user.opaque_b);
  insert.blob(user.question_seal)
      .blob(user.recovery_seal)
      .blob(user.recovery_public)
      .blob(user.signer.view());
  insert.blob(user.profile).blob(user.sheet_check).number(user.epoch).number(now);
  const Status status = insert.number(user.oprf_seed).run();
  if (!status.ok() && status.error() == Error::already_exists) return fail(Error::account_exists);
  return status;
}

Result<User> find_user(Connection& database, const UserId& id) {
  TRY_ASSIGN(auto row, database.prepare("SELECT " USER_COLUMNS " FROM users WHERE user_id=?1"));
  TRY_ASSIGN(const bool found, row.blob(id.view()).step());
  if (!found) return fail(Error::not_found, "no such user");
  return read_user(row);
}

}  // namespace

Result<Registered> insert_registered(Connection& database, const RegisterUser& command, UnixSeconds now) {
  const UserId& user = command.user.id;
  TRY(insert_user(database, command.user, now));
  TRY(give_unix_id(database, user.view()));
  TRY(insert_card(database, command.card));
  TRY(insert_computer(database, user, command.computer, now));
  for (const Holder& holder : command.holders)
    TRY(insert_holder(database, user, holder));
  TRY_ASSIGN(const AuditPoint audit, append_audit(database, user, command.audit, now));
  return Registered{user, command.user.epoch, audit};
}

Result<Outcome<Registered>> SqlStore::register_user(const Change<Registered>& change,
                                                    const RegisterUser& command) {
  return apply(change, [&](Connection& database) -> Result<Registered> {
    return insert_registered(database, command, change.now);
  });
}

Result<std::optional<User>> SqlStore::find_user_by_account(std::string_view account) {
  return read([&](Connection& database) -> Result<std::optional<User>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT " USER_COLUMNS " FROM users WHERE account_key=?1"));
    const std::string key = account_key(account);
    TRY_ASSIGN(const bool found, row.text(key).step());
    return found ? std::optional<User>(read_user(row)) : std::nullopt;
  });
}

Result<User> SqlStore::get_user(const UserId& id) {
  return read([&](Connection& database) { return find_user(database, id); });
}

Result<std::uint32_t> SqlStore::group_id(std::string_view name) {
  return write([&](Connection& database) {
    const Digest digest = crypto::sha256({as_bytes("cardea/v1/guest-group"), as_bytes(name)});
    return give_unix_id(database, ByteView(digest).first(UserId::kSize));
  });
}

Result<Outcome<GuestAdmitted>> SqlStore::admit_guest(const Change<GuestAdmitted>& change,
                                                     const AdmitGuest& command) {
  return apply(change, [&](Connection& database) -> Result<GuestAdmitted> {
    GuestAdmitted out;
    TRY_ASSIGN(out.card, find_card(database, command.card));
    if (out.card.state != CardState::active) return fail(Error::card_revoked);
    const AuditNote note{"guest-admitted", api::Json::Object{{"card", command.card.text()},
                                                             {"computer", command.computer.text()},
                                                             {"from", command.from}}};
    TRY(append_audit(database, out.card.user, note, change.now));
    TRY_ASSIGN(out.user, find_user(database, out.card.user));
    return out;
  });
}

Result<std::vector<Holder>> SqlStore::holders(const UserId& user) {
  return read([&](Connection& database) -> Result<std::vector<Holder>> {
    TRY_ASSIGN(auto row, database.prepare("SELECT kind, ref, epoch, envelope FROM holders WHERE user_id=?1"));
    row.blob(user.view());
    std::vector<Holder> holders;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return holders;
      holders.push_back({row.text_at(0), row.text_at(1), row.u32_at(2), row.blob_at(3)});
    }
  });
}

Result<std::vector<EpochSeal>> SqlStore::epoch_seals(const UserId& user) {
  return read([&](Connection& database) -> Result<std::vector<EpochSeal>> {
    TRY_ASSIGN(auto row,
               database.prepare("SELECT epoch, envelope FROM epoch_seals WHERE user_id=?1 ORDER BY epoch"));
    row.blob(user.view());
    std::vector<EpochSeal> seals;
    for (;;) {
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return seals;
      seals.push_back({row.u32_at(0), row.blob_at(1)});
    }
  });
}

Status SqlStore::put_holder(const PutHolder& command) {
  return write([&](Connection& database) -> Status {
    TRY_ASSIGN(const std::uint32_t epoch, user_epoch(database, command.user));
    if (epoch != command.holder.epoch) return fail(Error::server_conflict, "the user's epoch is another one");
    TRY(insert_holder(database, command.user, command.holder));
    TRY_ASSIGN(auto row, database.prepare("SELECT count(*) FROM holders WHERE user_id=?1"));
    TRY_ASSIGN(const bool found, row.blob(command.user.view()).step());
    if (!found || row.u64_at(0) > command.max_holders) return fail(Error::limit_exceeded, "too many holders");
    return {};
  });
}

}  // namespace cardea::server::sql

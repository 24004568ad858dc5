// SPDX-License-Identifier: Apache-2.0
// Registrations that were prepared in a browser.
#include "server/store/draft.h"
#include "server/store/sql/guesses.h"
#include "server/store/sql/sql_store.h"

namespace cardea::server::sql {
namespace {

Result<std::optional<Draft>> find_draft(Connection& database, ByteView sheet_check, UnixSeconds now) {
  TRY_ASSIGN(
      auto row,
      database.prepare("SELECT sheet_check, future_user, opaque_a, opaque_b, question_seal, recovery_seal, "
                       "recovery_public, oprf_seed, prefix, expires_at FROM drafts "
                       "WHERE sheet_check=?1 AND expires_at>?2"));
  TRY_ASSIGN(const bool found, row.blob(sheet_check).number(now).step());
  if (!found) return std::optional<Draft>();
  return std::optional<Draft>(Draft{row.blob_at(0), id_at<UserId>(row, 1), row.blob_at(2), row.blob_at(3),
                                    row.blob_at(4), row.blob_at(5), row.blob_at(6), row.u32_at(7),
                                    row.text_at(8), row.number_at(9)});
}

Result<std::uint64_t> count(Statement row) {
  TRY_ASSIGN(const bool found, row.step());
  return found ? row.u64_at(0) : 0;
}

// Those that have ended make room before they are purged.
Status make_room(Connection& database, const KeepDraft& command, UnixSeconds now) {
  {
    TRY_ASSIGN(auto row, database.prepare("DELETE FROM drafts WHERE expires_at<=?1"));
    TRY(row.number(now).run());
  }
  TRY_ASSIGN(auto of_prefix, database.prepare("SELECT count(*) FROM drafts WHERE prefix=?1"));
  of_prefix.text(command.draft.prefix);
  TRY_ASSIGN(const std::uint64_t here, count(std::move(of_prefix)));
  if (here >= command.max_per_prefix) return fail(Error::limit_exceeded, "too many drafts from this network");
  TRY_ASSIGN(auto of_all, database.prepare("SELECT count(*) FROM drafts"));
  TRY_ASSIGN(const std::uint64_t all, count(std::move(of_all)));
  if (all >= command.max_all) return fail(Error::limit_exceeded, "too many drafts");
  return {};
}

Status insert_draft(Connection& database, const Draft& draft) {
  TRY_ASSIGN(auto insert,
             database.prepare("INSERT INTO drafts(sheet_check, future_user, opaque_a, opaque_b, "
                              "question_seal, recovery_seal, recovery_public, oprf_seed, prefix, expires_at) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  insert.blob(draft.sheet_check).blob(draft.user.view()).blob(draft.opaque_a).blob(draft.opaque_b);
  insert.blob(draft.question_seal).blob(draft.recovery_seal).blob(draft.recovery_public);
  return insert.number(draft.oprf_seed).text(draft.prefix).number(draft.expires_at).run();
}

bool is_the_same(const Draft& a, const Draft& b) {
  return a.user == b.user && a.opaque_a == b.opaque_a && a.opaque_b == b.opaque_b &&
         a.question_seal == b.question_seal && a.recovery_seal == b.recovery_seal &&
         a.recovery_public == b.recovery_public;
}

}  // namespace

Result<UnixSeconds> SqlStore::keep_draft(const KeepDraft& command, UnixSeconds now) {
  return write([&](Connection& database) -> Result<UnixSeconds> {
    const Draft& draft = command.draft;
    TRY_ASSIGN(const auto before, find_draft(database, draft.sheet_check, now));
    // The same once more: its acknowledgement was lost.
    if (before && is_the_same(*before, draft)) return before->expires_at;
    TRY(make_room(database, command, now));
    TRY(insert_draft(database, draft));
    return draft.expires_at;
  });
}

Result<Draft> SqlStore::get_draft(ByteView sheet_check, UnixSeconds now) {
  return read([&](Connection& database) -> Result<Draft> {
    TRY_ASSIGN(auto found, find_draft(database, sheet_check, now));
    if (!found) return fail(Error::not_found, "no such draft");
    return std::move(*found);
  });
}

Result<Outcome<Registered>> SqlStore::register_draft(const Change<Registered>& change,
                                                     const RegisterDraft& command) {
  return apply(change, [&](Connection& database) -> Result<Registered> {
    TRY(use_token(database, command.token, command.token_expires_at));
    {
      TRY_ASSIGN(auto row, database.prepare("DELETE FROM drafts WHERE sheet_check=?1 AND future_user=?2 AND "
                                            "expires_at>?3 RETURNING expires_at"));
      row.blob(command.sheet_check).blob(command.made.user.id.view()).number(change.now);
      TRY_ASSIGN(const bool found, row.step());
      if (!found) return fail(Error::not_found, "no such draft");
      TRY(row.step());
    }
    return insert_registered(database, command.made, change.now);
  });
}

}  // namespace cardea::server::sql

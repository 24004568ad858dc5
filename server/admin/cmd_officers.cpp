// SPDX-License-Identifier: Apache-2.0
// `cardea admin officers`: who may work at the help desk (docs/spec/officers.md).
#include <algorithm>

#include "core/base/text.h"
#include "core/crypto/signature.h"
#include "server/admin/desk.h"
#include "server/admin/outcome.h"
#include "server/admin/runners.h"

namespace cardea::server::admin {
namespace {

using api::Json;

Result<Officer> named_officer(Store& store, const std::string& name) {
  TRY_ASSIGN(const auto officers, store.officers());
  const auto found = std::find_if(officers.begin(), officers.end(),
                                  [&](const Officer& officer) { return officer.name == name; });
  if (found == officers.end())
    return fail(Error::not_found,
                "There is no officer “" + name + "”; “cardea admin officers list” shows all");
  return *found;
}

Json::Object describe(const Officer& officer, std::size_t keys) {
  return {{"name", officer.name},   {"officer_id", officer.id.text()},
          {"role", officer.role},   {"state", name_of(officer.state)},
          {"since", officer.since}, {"keys", std::uint64_t{keys}}};
}

Result<Answer> change(Desk& desk, OfficerState state) {
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY_ASSIGN(const Officer officer, named_officer(*store, desk.line().value("NAME")));
  TRY(store->set_officer_state(officer.id, state, desk.actor(), desk.now()));
  TRY_ASSIGN(const Officer after, store->get_officer(officer.id));
  TRY_ASSIGN(const auto keys, store->officer_keys(officer.id));
  return Answer{after.name + " is " + name_of(after.state), describe(after, keys.size())};
}

}  // namespace

Result<Answer> list_officers(Desk& desk) {
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY_ASSIGN(const auto officers, store->officers());
  Json::Array all;
  std::vector<std::vector<std::string>> rows;
  for (const Officer& officer : officers) {
    TRY_ASSIGN(const auto keys, store->officer_keys(officer.id));
    rows.push_back({officer.name, name_of(officer.state), officer.role,
                    std::to_string(keys.size()) + " security keys", officer.id.text().substr(0, 16)});
    all.emplace_back(describe(officer, keys.size()));
  }
  return Answer{in_columns(rows), {{"officers", std::move(all)}}};
}

Result<Answer> add_officer(Desk& desk) {
  Officer officer;
  officer.name = desk.line().value("NAME");
  officer.role = desk.line().value("--role", "officer");
  if (!is_account_name(officer.name))
    return fail(Error::invalid_argument,
                "“NAME” is 1 to 64 of A-Z a-z 0-9 _ . @ -, and does not begin with - or .");
  if (officer.role != kOfficerRole && officer.role != kAdministratorRole)
    return fail(Error::invalid_argument, "“--role” is officer or administrator");
  const auto spki = from_base64url(desk.line().value("AUTH-KEY"));
  if (!spki.ok() || !crypto::PublicKey::from_spki(*spki).ok())
    return fail(Error::invalid_argument, "“AUTH-KEY” is not the key of a card; see “cardea officer show”");
  officer.auth_spki = *spki;
  officer.id = api::card_id_of(*spki);
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY(store->add_officer(officer, desk.actor(), desk.now()));
  TRY_ASSIGN(const Officer added, store->get_officer(officer.id));
  return Answer{
      added.name + " is an officer now. Computers seal for him when his line is in their officers file",
      describe(added, 0)};
}

Result<Answer> suspend_officer(Desk& desk) { return change(desk, OfficerState::suspended); }

Result<Answer> resume_officer(Desk& desk) { return change(desk, OfficerState::active); }

Result<Answer> remove_officer(Desk& desk) { return change(desk, OfficerState::removed); }

}  // namespace cardea::server::admin

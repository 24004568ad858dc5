// SPDX-License-Identifier: Apache-2.0
// `cardea admin accounts`: who there is, and whether a password is accepted. An account is never removed: its
// events are in the global chain, and its uid must not be given to anybody else.
#include "core/base/text.h"
#include "server/admin/desk.h"
#include "server/admin/outcome.h"
#include "server/admin/runners.h"
#include "server/service/guess_budget.h"

namespace cardea::server::admin {
namespace {

using api::Json;

constexpr std::uint64_t kMostAccounts = 1000;

const char* state_of(std::uint32_t guesses) {
  if (decide_account_guess({guesses, 0}, 0).closed) return "closed";
  return guesses == 0 ? "open" : "guessed";
}

Result<std::uint64_t> wanted_limit(const Desk& desk) {
  const auto limit = parse_decimal(desk.line().value("--limit", "100"));
  if (limit && *limit >= 1 && *limit <= kMostAccounts) return *limit;
  return fail(Error::invalid_argument, "--limit is a number from 1 to " + std::to_string(kMostAccounts));
}

Result<User> named_user(Store& store, const std::string& account) {
  TRY_ASSIGN(auto user, store.find_user_by_account(account));
  if (!user) return fail(Error::not_found, "There is no account “" + account + "”");
  return std::move(*user);
}

Result<Answer> set_guesses(Desk& desk, std::uint32_t guesses, const std::string& said) {
  const std::string account = desk.line().value("ACCOUNT");
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY(store->set_account({account, account_subject(account), guesses, desk.actor()}, desk.now()));
  return Answer{account + ": " + said, {{"account", account}, {"state", state_of(guesses)}}};
}

struct Described {
  std::string text;
  Json::Array json;
};

Described describe_cards(const std::vector<Card>& cards) {
  Described out;
  std::vector<std::vector<std::string>> rows;
  for (const Card& card : cards) {
    const std::string since = format_utc(card.since);
    rows.push_back(
        {"  card", card.id.text().substr(0, 16), name_of(card.state), card.reason, since, card.label});
    out.json.emplace_back(Json::Object{{"card_id", card.id.text()},
                                       {"state", name_of(card.state)},
                                       {"reason", card.reason},
                                       {"since", card.since},
                                       {"label", card.label}});
  }
  out.text = in_columns(rows);
  return out;
}

Described describe_computers(const std::vector<Computer>& computers) {
  Described out;
  std::vector<std::vector<std::string>> rows;
  for (const Computer& computer : computers) {
    const std::string seen = computer.last_seen == 0 ? "never seen" : format_utc(computer.last_seen);
    rows.push_back({"  computer", computer.id.text().substr(0, 16), computer.fit, seen, computer.name});
    out.json.emplace_back(Json::Object{{"computer_id", computer.id.text()},
                                       {"name", computer.name},
                                       {"fit", computer.fit},
                                       {"last_seen", computer.last_seen},
                                       {"generation", computer.generation},
                                       {"issued", computer.issued}});
  }
  out.text = in_columns(rows);
  return out;
}

}  // namespace

Result<Answer> list_accounts(Desk& desk) {
  TRY_ASSIGN(const std::uint64_t limit, wanted_limit(desk));
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY_ASSIGN(const auto accounts, store->accounts(desk.line().value("--after"), limit));
  Json::Array all;
  std::vector<std::vector<std::string>> rows;
  for (const Account& one : accounts) {
    rows.push_back({one.account, state_of(one.guesses), std::to_string(one.cards) + " cards",
                    std::to_string(one.computers) + " computers", format_utc(one.created)});
    all.emplace_back(Json::Object{{"account", one.account},
                                  {"user_id", one.user.text()},
                                  {"state", state_of(one.guesses)},
                                  {"cards", one.cards},
                                  {"computers", one.computers},
                                  {"created", one.created}});
  }
  Answer answer{in_columns(rows), {{"accounts", std::move(all)}}};
  if (accounts.size() == limit) {
    answer.text += "More behind “" + accounts.back().account + "”: --after " + accounts.back().account + "\n";
    answer.json.emplace_back("next", accounts.back().account);
  }
  return answer;
}

Result<Answer> show_account(Desk& desk) {
  TRY_ASSIGN(sql::SqlStore * store, desk.store());
  TRY_ASSIGN(const User user, named_user(*store, desk.line().value("ACCOUNT")));
  TRY_ASSIGN(const std::uint32_t guesses, store->guesses(account_subject(user.account)));
  TRY_ASSIGN(const auto cards, store->cards(user.id));
  TRY_ASSIGN(const auto computers, store->computers(user.id));
  Described card_rows = describe_cards(cards);
  Described computer_rows = describe_computers(computers);
  Answer answer;
  answer.text = user.account + "  user " + user.id.text() + "  uid " + std::to_string(user.uid) + "  " +
                state_of(guesses) + ", " + std::to_string(guesses) + " guesses\n" + card_rows.text +
                computer_rows.text;
  answer.json = {{"account", user.account},
                 {"user_id", user.id.text()},
                 {"uid", user.uid},
                 {"state", state_of(guesses)},
                 {"guesses", guesses},
                 {"oprf_seed", user.oprf_seed},
                 {"audit_length", user.audit.length},
                 {"cards", std::move(card_rows.json)},
                 {"computers", std::move(computer_rows.json)}};
  return answer;
}

Result<Answer> close_account(Desk& desk) {
  return set_guesses(
      desk, kClosedGuesses,
      "closed. Neither password nor answer is accepted until “cardea admin accounts open” or the "
      "owner's card.");
}

Result<Answer> open_account(Desk& desk) { return set_guesses(desk, 0, "open"); }

}  // namespace cardea::server::admin

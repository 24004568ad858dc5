// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/portal_service.h"

#include "core/access_key/grouped_code.h"
#include "recoveryd/json.h"
#include "recoveryd/service/opened_card.h"
#include "upstream/pairing_calls.h"

namespace cardea::recoveryd {
namespace {

using records::PairedBrowser;
using records::PairingCode;
using worker::kCardTimeout;

// A visit of a page; who needs longer pairs again.
constexpr std::int64_t kBrowserSeconds = 3600;

Result<PairingCode> read_code(Conversation& client, const OperationRequest& request) {
  std::string typed = request.argument("code");
  if (typed.empty()) {
    TRY_ASSIGN(typed,
               client.ask_text("pairing-code", text::tr("Code that the page shows: "), {}, wire::kEcho));
  }
  auto code = records::parse_pairing_code(as_bytes(typed));
  if (!code.ok() && code.error() == Error::access_key_mistyped) {
    return client.voice().refuse(Error::invalid_argument, "Group %1 of the code is mistyped.",
                                 {std::to_string(access_key::mistyped_group(code.failure()))});
  }
  return code;
}

// What the server says of the browser, checked against what the person has read from it.
Result<PairedBrowser> find_browser(text::Voice& voice, ServerLink& server, const PairingCode& code) {
  const auto found = upstream::get_pairing(server.client(), records::pairing_id(code));
  const std::string address = "https://" + server.client().authority();
  if (!found.ok() && found.error() == Error::not_found) {
    return voice.refuse(
        Error::not_found,
        "No page of %1 waits under this code. A code is good for ten minutes; reload the page "
        "for a new one.",
        {address});
  }
  if (!found.ok()) return found.failure();
  auto browser = records::check_pairing(code, found->offer, server.client().authority());
  if (!browser.ok()) {
    return voice.refuse(Error::server_untrusted,
                        "This code was not made by the page that %1 tells of: the page is another site's, or "
                        "somebody stands between. Nothing was allowed.",
                        {address});
  }
  if (found->answered)
    return fail(Error::state_forbidden,
                text::tr("This code has been used. If that was not you, tell your administrator."));
  return browser;
}

Result<bool> ask_for_sign_in(Conversation& client, const std::string& authority, const std::string& account) {
  const text::Voice& voice = client.voice();
  TRY(client.say(wire::SayLevel::information, voice.speak("Allow a browser to sign in?", {})));
  TRY(client.say(
      wire::SayLevel::information,
      voice.speak("https://%1: as %2, with your card, for one hour. There one can then see and suspend "
                  "cards, see computers, add and remove records.",
                  {authority, account})));
  TRY(client.say(
      wire::SayLevel::information,
      voice.speak("Only go on if the code stands before you on a screen that you have opened yourself. "
                  "Nobody from your help desk will ever read one to you.",
                  {})));
  return client.confirm("allow-sign-in", text::tr("Sign in? [y/N] "));
}

// Which records are on the card; only the card knows.
Result<std::vector<records::PairingGrant::OnCard>> list_card(worker::Vault& vault) {
  TRY_ASSIGN(const records::CardContents contents, read_contents(vault));
  std::vector<records::PairingGrant::OnCard> list;
  for (const records::CardRecord& record : contents.records)
    list.push_back({record.sealed.name, record.sealed.epoch});
  return list;
}

}  // namespace

Result<OperationOutcome> PortalService::allow(Conversation& client, const OperationRequest& request,
                                              const std::string& user) {
  TRY_ASSIGN(const PairingCode code, read_code(client, request));
  TRY_ASSIGN(const login::EnrolmentRecord record, context_.enrolments.load(user));
  TRY_ASSIGN(const auto server, ServerLink::open(context_, record.servers));
  TRY_ASSIGN(const PairedBrowser browser, find_browser(client.voice(), *server, code));
  TRY_ASSIGN(const bool sign_in, ask_for_sign_in(client, server->client().authority(), record.account));
  if (!sign_in) return fail(Error::cancelled, text::tr("Nothing was allowed."));
  records::PairingGrant grant;
  TRY_ASSIGN(grant.with_records,
             client.confirm("allow-records", text::tr("Let it read and change your records? [y/N] ")));
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(card->connect());
  if (grant.with_records) {
    TRY(card->open_older_keys());
    TRY_ASSIGN(grant.on_card, list_card(card->vault()));
  }
  TRY_ASSIGN(const upstream::SessionInfo session,
             card->open_session_for(browser.session_spki, context_.clock.now() + kBrowserSeconds));
  grant.session = session.id.bytes();
  grant.expires_at = static_cast<std::uint64_t>(session.expires_at);
  grant.account = record.account;
  grant.card_label = card->label();
  TRY_ASSIGN(const Bytes answer, card->vault().pairing_seal(browser, grant, kCardTimeout));
  if (Status sent =
          upstream::answer_pairing(card->server(), card->session(), records::pairing_id(code), answer);
      !sent.ok()) {
    if (sent.error() != Error::state_forbidden) return sent.failure();
    return fail(Error::state_forbidden,
                text::tr("Somebody else has answered this page. Close it and tell your administrator."));
  }
  (void)context_.audit.append(context_.clock.now(), "browser-allowed",
                              {{"user", user}, {"records", grant.with_records ? "yes" : "no"}});
  JsonObject json;
  json.set("records", grant.with_records).set("expires_at", session.expires_at);
  return OperationOutcome{grant.with_records
                              ? text::tr("The page is signed in and shows your records.")
                              : text::tr("The page is signed in. It does not get your records."),
                          std::move(json).text()};
}

}  // namespace cardea::recoveryd

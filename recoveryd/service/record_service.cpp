// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/record_service.h"

#include <algorithm>

#include "recoveryd/json.h"
#include "recoveryd/service/card_data.h"
#include "recoveryd/service/opened_card.h"
#include "recoveryd/service/record_sync.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;
using worker::Purpose;

std::string column(bool present, std::string_view word) {
  return "  " + (present ? std::string(word) : std::string(word.size(), ' '));
}

// Opens the record in the vault and tells whether it has the wanted title.
Result<bool> is_named(worker::Vault& vault, const records::SealedRecord& record, const std::string& title) {
  TRY_ASSIGN(const bool readable, opens(vault, record));
  return readable ? vault.record_is_named(title, kCardTimeout) : Result<bool>(false);
}

Status connect_with_all_keys(OpenedCard& card) {
  if (card.connected()) return {};
  TRY(card.connect());
  return card.open_older_keys();
}

// The record the person means, by its title or by the 32 digits of its id: on the card without the server,
// else at the server. Empty: there is none.
Result<std::optional<records::SealedRecord>> find_record(OpenedCard& card, const std::string& wanted) {
  if (wanted.empty())
    return fail(Error::invalid_argument, text::tr("Name a record; see “cardea records list”."));
  const auto id = api::RecordId::from_text(wanted);
  TRY_ASSIGN(const records::CardContents contents, read_contents(card.vault()));
  for (const records::CardRecord& record : contents.records) {
    if (record.sealed.epoch != card.header().epoch) continue;
    bool found = id.ok() && record.sealed.name.id == id->bytes();
    if (!id.ok()) {
      TRY_ASSIGN(found, is_named(card.vault(), record.sealed, wanted));
    }
    if (found) return std::optional(record.sealed);
  }
  TRY(connect_with_all_keys(card));
  TRY_ASSIGN(const auto entries, all_entries(card.server(), card.session()));
  for (const upstream::RecordEntry& entry : entries) {
    if (entry.deleted || (id.ok() && entry.id != *id)) continue;
    TRY_ASSIGN(records::SealedRecord record, upstream::get_record(card.server(), card.session(), entry.id));
    bool found = id.ok();
    if (!found) {
      TRY_ASSIGN(found, is_named(card.vault(), record, wanted));
    }
    if (found) return std::optional(std::move(record));
  }
  return std::optional<records::SealedRecord>();
}

Result<records::SealedRecord> need_record(text::Voice& voice, OpenedCard& card,
                                          const OperationRequest& request) {
  const std::string wanted = request.argument("name");
  TRY_ASSIGN(auto record, find_record(card, wanted));
  if (!record.has_value())
    return voice.refuse(Error::not_found, "There is no record “%1”. See “cardea records list”.", {wanted});
  return std::move(*record);
}

// Error::replayed, with a text, when more is known of what the server shows.
Status check_shown(text::Voice& voice, const RecordHistory& history, const records::SealedRecord& shown,
                   std::uint32_t known, const std::string& name) {
  if (shown.name.version >= known && history.check(shown).ok()) return {};
  return voice.refuse(Error::replayed,
                      "The server shows an older “%1” than was seen here. Run “cardea records sync”.",
                      {name});
}

// What the server has of a record that was found on the card or there; refusals have a text.
Result<records::SealedRecord> newest_at_server(text::Voice& voice, OpenedCard& card,
                                               const RecordHistory& history,
                                               const records::SealedRecord& found, const std::string& name) {
  auto newest = upstream::get_record(card.server(), card.session(), api::RecordId(found.name.id));
  if (!newest.ok() && newest.error() == Error::not_found)
    return voice.refuse(Error::not_found, "The server has no “%1” any more. Run “cardea records sync”.",
                        {name});
  if (newest.ok()) TRY(check_shown(voice, history, *newest, found.name.version, name));
  return newest;
}

// After how the records stand.
std::string remarks(const text::Voice& voice, const RecordsMoved& moved) {
  std::string out;
  if (moved.brought > 0)
    out += " " + voice.speak("Newer on the card than at the server, and brought there: %1.",
                             {std::to_string(moved.brought)});
  if (moved.older > 0)
    out += " " + voice.speak(
                     "Older at the server than seen here, and left: %1. If your administrator has "
                     "restored a backup, take them with “cardea records sync --take-older”.",
                     {std::to_string(moved.older)});
  if (moved.unreadable > 0)
    out +=
        " " + voice.speak("At the server, but nothing opens them: %1.", {std::to_string(moved.unreadable)});
  return out;
}

}  // namespace

Result<OperationOutcome> RecordService::put(Conversation& client, const OperationRequest& request,
                                            const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY_ASSIGN(UniqueFd content,
             client.ask_private("record", text::tr("Record (JSON or text): "), {}, 0, wire::kMaxSecretBytes));
  TRY(card->vault().collect(Purpose::record, std::move(content), kCardTimeout));
  TRY(connect_with_all_keys(*card));
  api::RecordId id = api::RecordId::random(context_.random);
  std::uint32_t version = 1;
  RecordHistory history(context_, card->record());
  TRY_ASSIGN(const auto older, find_record(*card, request.argument("name")));
  if (older.has_value()) {
    id = api::RecordId(older->name.id);
    // The card may have an older version than the server.
    TRY_ASSIGN(const records::SealedRecord newest,
               newest_at_server(client.voice(), *card, history, *older, request.argument("name")));
    version = newest.name.version + 1;
  }
  TRY_ASSIGN(Bytes envelope, card->vault().record_seal(id.bytes(), version, kCardTimeout));
  const records::SealedRecord record{{id.bytes(), version}, card->header().epoch, std::move(envelope)};
  TRY(upstream::put_record(card->server(), card->session(), record));
  history.saw(record);
  history.keep();
  TRY_ASSIGN(const bool on_card, write_to_card(card->vault(), record));
  JsonObject json;
  json.set("record_id", id.text()).set("version", version).set("on_card", on_card);
  return OperationOutcome{on_card ? text::tr("Stored on the card and at the server.")
                                  : text::tr("Stored at the server; the card is full."),
                          std::move(json).text()};
}

Result<OperationOutcome> RecordService::get(Conversation& client, const OperationRequest& request,
                                            const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY_ASSIGN(const records::SealedRecord record, need_record(client.voice(), *card, request));
  RecordHistory history(context_, card->record());
  if (card->connected())  // it is the server's
    TRY(check_shown(client.voice(), history, record, 0, request.argument("name")));
  TRY(card->vault().record_open(record.name.id, record.name.version, record.epoch, record.envelope,
                                kCardTimeout));
  // One on the card may be older than what was seen here.
  if (!history.knows_newer(record)) history.saw(record);
  history.keep();
  TRY(client.reveal("record", client.voice().speak("Record “%1”:", {request.argument("name")}),
                    [&](UniqueFd channel) {
                      return card->vault().reveal(Purpose::record, std::move(channel), kCardTimeout);
                    }));
  JsonObject json;
  json.set("record_id", to_hex(record.name.id)).set("version", record.name.version);
  json.set("source", card->connected() ? "server" : "card");
  return OperationOutcome{card->connected() ? text::tr("From the server.") : text::tr("From the card."),
                          std::move(json).text()};
}

Result<OperationOutcome> RecordService::list(Conversation& client, const OperationRequest& request,
                                             const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY_ASSIGN(const records::CardContents contents, read_contents(card->vault()));
  const Status connected = connect_with_all_keys(*card);
  std::vector<upstream::RecordEntry> entries;
  if (connected.ok()) {
    TRY_ASSIGN(entries, all_entries(card->server(), card->session()));
  }
  JsonArray list;
  const std::string set = request.argument("set");
  const auto add = [&](const records::SealedRecord& record, bool on_card, bool at_server) -> Status {
    // One of a root key that is out of reach counts, its title and set stay unknown.
    TRY_ASSIGN(const bool readable, opens(card->vault(), record));
    bool wanted = readable || set.empty();
    if (readable) {
      TRY_ASSIGN(wanted, card->vault().record_note(
                             to_hex(record.name.id) + column(on_card, client.voice().word(text::tr("card"))) +
                                 column(at_server, client.voice().word(text::tr("server"))),
                             set, kCardTimeout));
    }
    if (!wanted) return {};
    JsonObject one;
    one.set("record_id", to_hex(record.name.id))
        .set("version", record.name.version)
        .set("on_card", on_card)
        .set("at_server", at_server);
    list.push_back(std::move(one).json());
    return {};
  };
  for (const records::CardRecord& record : contents.records) {
    const bool at_server = std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
      return entry.id.bytes() == record.sealed.name.id && !entry.deleted;
    });
    TRY(add(record.sealed, true, at_server));
  }
  for (const upstream::RecordEntry& entry : entries) {
    const bool on_card =
        std::any_of(contents.records.begin(), contents.records.end(),
                    [&](const auto& record) { return record.sealed.name.id == entry.id.bytes(); });
    if (on_card || entry.deleted) continue;
    TRY_ASSIGN(const records::SealedRecord record,
               upstream::get_record(card->server(), card->session(), entry.id));
    TRY(add(record, false, true));
  }
  const std::size_t count = list.size();
  if (count > 0) {
    TRY(client.reveal("records", text::tr("Your records:"), [&](UniqueFd channel) {
      return card->vault().reveal(Purpose::record_list, std::move(channel), kCardTimeout);
    }));
  }
  JsonObject json;
  json.set("server_reached", connected.ok())
      .set("count", static_cast<std::uint64_t>(count))
      .set("entries", std::move(list));
  const text::Voice& voice = client.voice();
  std::string message = voice.speak_n("%1 record.", "%1 records.", count, {std::to_string(count)});
  if (!connected.ok()) message += " " + voice.speak("The server was not reached: only what is on the card.");
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> RecordService::remove(Conversation& client, const OperationRequest& request,
                                               const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(connect_with_all_keys(*card));
  TRY_ASSIGN(const records::SealedRecord found, need_record(client.voice(), *card, request));
  TRY_ASSIGN(const records::SealedRecord newest,
             newest_at_server(client.voice(), *card, RecordHistory(context_, card->record()), found,
                              request.argument("name")));
  TRY(upstream::delete_record(card->server(), card->session(), newest.name));
  TRY(remove_record(card->vault(), found.name.id));
  return OperationOutcome{text::tr("Removed from the card and the server.")};
}

Result<OperationOutcome> RecordService::sync(Conversation& client, const OperationRequest& request,
                                             const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(connect_with_all_keys(*card));
  const bool take_older = request.argument("take_older") == "yes";
  RecordHistory history(context_, card->record());
  TRY_ASSIGN(const RecordsMoved moved,
             move_records({card->vault(), card->server(), card->session(), card->header().epoch}, history,
                          take_older ? OlderRecords::take : OlderRecords::leave));
  JsonObject json;
  json.set("rewrapped", moved.rewrapped).set("on_card", moved.on_card).set("server_only", moved.server_only);
  json.set("brought", moved.brought).set("older", moved.older).set("unreadable", moved.unreadable);
  return OperationOutcome{
      client.voice().speak("%1 records on the card, %2 at the server only.",
                           {std::to_string(moved.on_card), std::to_string(moved.server_only)}) +
          remarks(client.voice(), moved),
      std::move(json).text()};
}

}  // namespace cardea::recoveryd

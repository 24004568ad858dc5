// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/record_service.h"

#include <algorithm>

#include "recoveryd/json.h"
#include "recoveryd/service/opened_card.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;
using worker::Purpose;

// Twice what a server keeps for a user, because removed ones are listed for a while. A server that lists
// without end must not hold the vault for ever.
constexpr std::size_t kMostEntries = 8192;

Result<std::vector<upstream::RecordEntry>> all_entries(upstream::ServerClient& server,
                                                       const upstream::RequestKey& session) {
  std::vector<upstream::RecordEntry> entries;
  std::string cursor;
  while (true) {
    TRY_ASSIGN(upstream::RecordPage page, upstream::list_records(server, session, cursor));
    std::move(page.records.begin(), page.records.end(), std::back_inserter(entries));
    if (entries.size() > kMostEntries)
      return fail(Error::server_misbehaved, text::tr("The server lists more records than anybody may have."));
    if (!page.more) return entries;
    cursor = std::move(page.cursor);
  }
}

std::string column(bool present, std::string_view word) {
  return "  " + (present ? std::string(word) : std::string(word.size(), ' '));
}

// A full card is no failure: the server has the record.
Result<bool> try_card(worker::Vault& vault, const records::SealedRecord& record) {
  const Status written = write_record(vault, record);
  if (written.ok()) return true;
  if (written.error() == Error::card_full || written.error() == Error::card_unsupported) return false;
  return written.failure();
}

// Opens the record in the vault and tells whether it has the wanted title.
Result<bool> is_named(worker::Vault& vault, const records::SealedRecord& record, const std::string& title) {
  TRY(vault.record_open(record.name.id, record.name.version, record.epoch, record.envelope, kCardTimeout));
  return vault.record_is_named(title, kCardTimeout);
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
  TRY_ASSIGN(const auto older, find_record(*card, request.argument("name")));
  if (older.has_value()) {
    id = api::RecordId(older->name.id);
    // The card may have an older version than the server.
    TRY_ASSIGN(const records::SealedRecord newest, upstream::get_record(card->server(), card->session(), id));
    version = newest.name.version + 1;
  }
  TRY_ASSIGN(Bytes envelope, card->vault().record_seal(id.bytes(), version, kCardTimeout));
  const records::SealedRecord record{{id.bytes(), version}, card->header().epoch, std::move(envelope)};
  TRY(upstream::put_record(card->server(), card->session(), record));
  TRY_ASSIGN(const bool on_card, try_card(card->vault(), record));
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
  TRY(card->vault().record_open(record.name.id, record.name.version, record.epoch, record.envelope,
                                kCardTimeout));
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

Result<OperationOutcome> RecordService::list(Conversation& client, const OperationRequest&,
                                             const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY_ASSIGN(const records::CardContents contents, read_contents(card->vault()));
  const Status connected = connect_with_all_keys(*card);
  std::vector<upstream::RecordEntry> entries;
  if (connected.ok()) {
    TRY_ASSIGN(entries, all_entries(card->server(), card->session()));
  }
  JsonArray list;
  const auto add = [&](const records::SealedRecord& record, bool on_card, bool at_server) -> Status {
    JsonObject one;
    one.set("record_id", to_hex(record.name.id))
        .set("version", record.name.version)
        .set("on_card", on_card)
        .set("at_server", at_server);
    list.push_back(std::move(one).json());
    const Status opened = card->vault().record_open(record.name.id, record.name.version, record.epoch,
                                                    record.envelope, kCardTimeout);
    if (!opened.ok())
      return {};  // of a root key that is out of reach: it is counted, its title stays unknown
    return card->vault().record_note(to_hex(record.name.id) +
                                         column(on_card, client.voice().word(text::tr("card"))) +
                                         column(at_server, client.voice().word(text::tr("server"))),
                                     kCardTimeout);
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
             upstream::get_record(card->server(), card->session(), api::RecordId(found.name.id)));
  TRY(upstream::delete_record(card->server(), card->session(), newest.name));
  TRY(remove_record(card->vault(), found.name.id));
  return OperationOutcome{text::tr("Removed from the card and the server.")};
}

Result<OperationOutcome> RecordService::sync(Conversation& client, const OperationRequest&,
                                             const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(connect_with_all_keys(*card));
  TRY_ASSIGN(const RecordsMoved moved,
             move_records(card->vault(), card->server(), card->session(), card->header().epoch));
  JsonObject json;
  json.set("rewrapped", moved.rewrapped).set("on_card", moved.on_card).set("server_only", moved.server_only);
  return OperationOutcome{
      client.voice().speak("%1 records on the card, %2 at the server only.",
                           {std::to_string(moved.on_card), std::to_string(moved.server_only)}),
      std::move(json).text()};
}

Result<RecordsMoved> move_records(worker::Vault& vault, upstream::ServerClient& server,
                                  const upstream::RequestKey& session, std::uint32_t epoch) {
  RecordsMoved moved;
  TRY_ASSIGN(const auto entries, all_entries(server, session));
  TRY_ASSIGN(const records::CardContents contents, read_contents(vault));
  for (const upstream::RecordEntry& entry : entries) {
    if (entry.deleted) {
      TRY(remove_record(vault, entry.id.bytes()));
      continue;
    }
    TRY_ASSIGN(records::SealedRecord record, upstream::get_record(server, session, entry.id));
    if (record.epoch != epoch) {
      TRY_ASSIGN(record.envelope, vault.record_rewrap(record.name.id, record.name.version, record.epoch,
                                                      record.envelope, kCardTimeout));
      record.epoch = epoch;
      TRY(upstream::rewrap_record(server, session, record));
      ++moved.rewrapped;
    }
    const bool there = std::any_of(contents.records.begin(), contents.records.end(),
                                   [&](const auto& on_card) { return on_card.sealed == record; });
    bool on_card = there;
    if (!there) {
      TRY_ASSIGN(on_card, try_card(vault, record));
    }
    ++(on_card ? moved.on_card : moved.server_only);
  }
  return moved;
}

}  // namespace cardea::recoveryd

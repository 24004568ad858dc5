// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/record_service.h"

#include <algorithm>

#include "recoveryd/json.h"
#include "recoveryd/service/opened_card.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;
using worker::Purpose;

Result<api::RecordId> wanted_record(const OperationRequest& request) {
  const std::string text = request.argument("id");
  auto id = api::RecordId::from_text(text);
  if (!id.ok())
    return fail(Error::invalid_argument,
                "A record is named by its 32 hexadecimal digits; see “cardea records list”.");
  return id;
}

Result<std::vector<upstream::RecordEntry>> all_entries(upstream::ServerClient& server,
                                                       const upstream::RequestKey& session) {
  std::vector<upstream::RecordEntry> entries;
  std::string cursor;
  while (true) {
    TRY_ASSIGN(upstream::RecordPage page, upstream::list_records(server, session, cursor));
    std::move(page.records.begin(), page.records.end(), std::back_inserter(entries));
    if (!page.more) return entries;
    cursor = std::move(page.cursor);
  }
}

// A full card is no failure: the server has the record.
Result<bool> try_card(worker::Vault& vault, const records::SealedRecord& record) {
  const Status written = write_record(vault, record);
  if (written.ok()) return true;
  if (written.error() == Error::card_full || written.error() == Error::card_unsupported) return false;
  return written.failure();
}

// The newest state of a record wherever it is: on the card without the server, else from the server.
Result<records::SealedRecord> fetch(OpenedCard& card, const api::RecordId& id) {
  TRY_ASSIGN(const records::CardContents contents, read_contents(card.vault()));
  for (const records::CardRecord& record : contents.records) {
    if (record.sealed.name.id == id.bytes() && record.sealed.epoch == card.header().epoch)
      return record.sealed;
  }
  TRY(card.connect());
  TRY(card.open_older_keys());
  return upstream::get_record(card.server(), card.session(), id);
}

}  // namespace

Result<OperationOutcome> RecordService::put(Conversation& client, const OperationRequest& request,
                                            const std::string& user) {
  api::RecordId id = api::RecordId::random(context_.random);
  const bool is_new = request.argument("id").empty();
  if (!is_new) {
    TRY_ASSIGN(id, wanted_record(request));
  }
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY_ASSIGN(UniqueFd content, client.ask_private("record", "Record (JSON or text): "));
  TRY(card->vault().collect(Purpose::record, std::move(content), kCardTimeout));
  TRY(card->connect());
  std::uint32_t version = 1;
  if (!is_new) {
    TRY_ASSIGN(const records::SealedRecord older, upstream::get_record(card->server(), card->session(), id));
    version = older.name.version + 1;
  }
  TRY_ASSIGN(Bytes envelope, card->vault().record_seal(id.bytes(), version, kCardTimeout));
  const records::SealedRecord record{{id.bytes(), version}, card->header().epoch, std::move(envelope)};
  TRY(upstream::put_record(card->server(), card->session(), record));
  TRY_ASSIGN(const bool on_card, try_card(card->vault(), record));
  JsonObject json;
  json.set("record_id", id.text());
  json.set("version", version);
  json.set("on_card", on_card);
  return OperationOutcome{
      "Stored as " + id.text() +
          (on_card ? ", on the card and at the server." : ", at the server; the card is full."),
      std::move(json).text()};
}

Result<OperationOutcome> RecordService::get(Conversation& client, const OperationRequest& request,
                                            const std::string& user) {
  TRY_ASSIGN(const api::RecordId id, wanted_record(request));
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY_ASSIGN(const records::SealedRecord record, fetch(*card, id));
  TRY(card->vault().record_open(id.bytes(), record.name.version, record.epoch, record.envelope,
                                kCardTimeout));
  TRY(client.reveal("record", "Record " + id.text() + ":", [&](UniqueFd channel) {
    return card->vault().reveal(Purpose::record, std::move(channel), kCardTimeout);
  }));
  JsonObject json;
  json.set("record_id", id.text());
  json.set("version", record.name.version);
  json.set("source", card->connected() ? "server" : "card");
  return OperationOutcome{card->connected() ? "From the server." : "From the card.", std::move(json).text()};
}

Result<OperationOutcome> RecordService::list(Conversation& client, const OperationRequest&,
                                             const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY_ASSIGN(const records::CardContents contents, read_contents(card->vault()));
  const Status connected = card->connect();
  std::vector<upstream::RecordEntry> entries;
  if (connected.ok()) {
    TRY_ASSIGN(entries, all_entries(card->server(), card->session()));
  }
  JsonArray list;
  std::string message;
  const auto add = [&](const std::string& id, std::uint32_t version, bool on_card, bool at_server) {
    JsonObject one;
    one.set("record_id", id).set("version", version).set("on_card", on_card).set("at_server", at_server);
    list.push_back(std::move(one).json());
    message.append(message.empty() ? "" : "\n")
        .append(id)
        .append("  version ")
        .append(std::to_string(version));
    message.append(on_card ? "  card" : "").append(at_server ? "  server" : "");
  };
  const auto at_server = [&](const records::RecordId& id) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const auto& entry) { return entry.id.bytes() == id && !entry.deleted; });
  };
  for (const records::CardRecord& record : contents.records) {
    add(to_hex(record.sealed.name.id), record.sealed.name.version, true, at_server(record.sealed.name.id));
  }
  for (const upstream::RecordEntry& entry : entries) {
    const bool on_card =
        std::any_of(contents.records.begin(), contents.records.end(),
                    [&](const auto& record) { return record.sealed.name.id == entry.id.bytes(); });
    if (!on_card && !entry.deleted) add(entry.id.text(), entry.version, false, true);
  }
  JsonObject json;
  json.set("server_reached", connected.ok());
  json.set("records", std::move(list));
  if (message.empty()) message = "There are no records.";
  if (!connected.ok()) message += "\n(The server was not reached: only what is on the card.)";
  return OperationOutcome{message, std::move(json).text()};
}

Result<OperationOutcome> RecordService::remove(Conversation& client, const OperationRequest& request,
                                               const std::string& user) {
  TRY_ASSIGN(const api::RecordId id, wanted_record(request));
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(card->connect());
  TRY_ASSIGN(const records::SealedRecord record, upstream::get_record(card->server(), card->session(), id));
  TRY(upstream::delete_record(card->server(), card->session(), record.name));
  TRY(remove_record(card->vault(), id.bytes()));
  return OperationOutcome{"Removed from the card and the server."};
}

Result<OperationOutcome> RecordService::sync(Conversation& client, const OperationRequest&,
                                             const std::string& user) {
  TRY_ASSIGN(const auto card, OpenedCard::open(context_, client, user));
  TRY(card->connect());
  TRY(card->open_older_keys());
  TRY_ASSIGN(const RecordsMoved moved,
             move_records(card->vault(), card->server(), card->session(), card->header().epoch));
  JsonObject json;
  json.set("rewrapped", moved.rewrapped).set("on_card", moved.on_card).set("server_only", moved.server_only);
  return OperationOutcome{std::to_string(moved.on_card) + " records on the card, " +
                              std::to_string(moved.server_only) + " at the server only.",
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

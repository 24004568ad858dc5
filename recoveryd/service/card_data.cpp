// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/card_data.h"

namespace cardea::recoveryd {
namespace {

using worker::kCardTimeout;

Status remove_slots(worker::Vault& vault, const std::vector<std::uint8_t>& slots) {
  for (const std::uint8_t slot : slots) {
    const Status removed = vault.card_storage_remove(slot, kCardTimeout);
    if (!removed.ok() && removed.error() != Error::not_found) return removed;
  }
  return {};
}

const records::CardRecord* find(const records::CardContents& contents, const records::RecordId& id) {
  for (const records::CardRecord& record : contents.records) {
    if (record.sealed.name.id == id) return &record;
  }
  return nullptr;
}

}  // namespace

Result<records::CardHeader> read_header(worker::Vault& vault) {
  TRY_ASSIGN(const Bytes object, vault.card_header_read(kCardTimeout));
  return records::decode_card_header(object);
}

Status write_header(worker::Vault& vault, const records::CardHeader& header) {
  TRY_ASSIGN(const Bytes object, records::encode_card_header(header));
  return vault.card_header_write(object, kCardTimeout);
}

Result<records::CardContents> read_contents(worker::Vault& vault) {
  TRY_ASSIGN(const card::CardDirectory directory, vault.card_storage_list(kCardTimeout));
  std::vector<records::StoredObject> objects;
  for (const card::CardObject& object : directory.objects) {
    if (object.index == card::kHeaderIndex) continue;
    auto bytes = vault.card_storage_read(object.index, kCardTimeout);
    if (!bytes.ok() && bytes.error() != Error::corrupted) return bytes.failure();
    // An unreadable one is left over from a card that was pulled: it counts as waste.
    objects.push_back({object.index, bytes.ok() ? std::move(*bytes) : Bytes{}});
  }
  return records::sort_card_objects(objects);
}

Status write_record(worker::Vault& vault, const records::SealedRecord& record) {
  TRY_ASSIGN(const records::CardContents contents, read_contents(vault));
  TRY(remove_slots(vault, contents.waste));
  std::vector<std::uint8_t> room = contents.free;
  room.insert(room.end(), contents.waste.begin(), contents.waste.end());
  TRY_ASSIGN(const std::vector<records::CardEntry> entries, records::split_record(record));
  if (entries.size() > room.size()) return fail(Error::card_full, "no free entry on the card");
  std::vector<std::uint8_t> written;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    TRY_ASSIGN(const Bytes object, records::encode_card_entry(entries[i]));
    const Status put = vault.card_storage_write(room[i], object, kCardTimeout);
    if (!put.ok()) {
      (void)remove_slots(vault, written);
      return put;
    }
    written.push_back(room[i]);
  }
  const records::CardRecord* older = find(contents, record.name.id);
  return older == nullptr ? Status() : remove_slots(vault, older->slots);
}

Status remove_record(worker::Vault& vault, const records::RecordId& id) {
  TRY_ASSIGN(const records::CardContents contents, read_contents(vault));
  const records::CardRecord* record = find(contents, id);
  return record == nullptr ? Status() : remove_slots(vault, record->slots);
}

}  // namespace cardea::recoveryd

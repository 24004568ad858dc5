// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/record_sync.h"

#include <algorithm>

#include "core/text/catalogue.h"
#include "recoveryd/service/card_data.h"

namespace cardea::recoveryd {
namespace {

using records::SealedRecord;
using worker::kCardTimeout;

// A server that lists without end must not hold the vault for ever.
constexpr std::size_t kMostEntries = kMaxRecordMarks;
// A card that is further ahead of a server than this was not written by us.
constexpr std::uint32_t kMostSteps = 256;

class Move {
 public:
  Move(const RecordPlaces& places, RecordHistory& history, OlderRecords older)
      : places_(places), history_(history), take_older_(older == OlderRecords::take) {}

  Result<RecordsMoved> run() {
    TRY_ASSIGN(const auto entries, all_entries(places_.server, places_.session));
    TRY_ASSIGN(const records::CardContents contents, read_contents(places_.vault));
    for (const records::CardRecord& record : contents.records)
      on_card_.push_back(record.sealed);
    for (const upstream::RecordEntry& entry : entries)
      TRY(entry.deleted ? follow_removal(entry) : follow(entry));
    for (const SealedRecord& record : on_card_) {
      const bool listed =
          std::ranges::any_of(entries, [&](const auto& entry) { return entry.id.bytes() == record.name.id; });
      if (!listed) TRY(bring(record, 0));
    }
    return moved_;
  }

 private:
  [[nodiscard]] const SealedRecord* find_on_card(const records::RecordId& id) const {
    const auto found =
        std::ranges::find_if(on_card_, [&](const auto& record) { return record.name.id == id; });
    return found == on_card_.end() ? nullptr : &*found;
  }

  Status follow_removal(const upstream::RecordEntry& entry) {
    const SealedRecord* card = find_on_card(entry.id.bytes());
    bool older = !history_.check_tombstone({entry.id.bytes(), entry.version}).ok();
    if (!older && card != nullptr && entry.version <= card->name.version) {
      TRY_ASSIGN(older, opens(places_.vault, *card));
    }
    if (older && !take_older_) {
      ++moved_.older;
      return {};
    }
    return remove_record(places_.vault, entry.id.bytes());
  }

  Status follow(const upstream::RecordEntry& entry) {
    TRY_ASSIGN(SealedRecord record, upstream::get_record(places_.server, places_.session, entry.id));
    const SealedRecord* card = find_on_card(entry.id.bytes());
    if (card != nullptr && record.name.version < card->name.version) {
      TRY_ASSIGN(const bool brought, bring(*card, record.name.version));
      if (brought) return {};
    }
    if (!history_.check(record).ok() && !take_older_) {
      ++moved_.older;
      return {};
    }
    TRY_ASSIGN(const bool readable, opens(places_.vault, record));
    if (!readable) {
      ++moved_.unreadable;
      return {};
    }
    TRY(rewrap(record, true));
    history_.saw(record);
    bool on_card = card != nullptr && *card == record;
    if (!on_card) {
      TRY_ASSIGN(on_card, write_to_card(places_.vault, record));
    }
    ++(on_card ? moved_.on_card : moved_.server_only);
    return {};
  }

  Status rewrap(SealedRecord& record, bool at_server) {
    if (record.epoch == places_.epoch) return {};
    TRY_ASSIGN(record.envelope, places_.vault.record_rewrap(record.name.id, record.name.version, record.epoch,
                                                            record.envelope, kCardTimeout));
    record.epoch = places_.epoch;
    if (at_server) TRY(upstream::rewrap_record(places_.server, places_.session, record));
    ++moved_.rewrapped;
    return {};
  }

  // The card's record to a server that has version `theirs` of it, or 0: none. The server counts by one, so
  // it gets the same envelope under each number between; it opens under its own alone. False: it is not ours,
  // or older than what was seen.
  Result<bool> bring(SealedRecord record, std::uint32_t theirs) {
    if (history_.knows_newer(record) && !take_older_) return false;
    TRY_ASSIGN(const bool ours, opens(places_.vault, record));
    if (!ours || record.name.version - theirs > kMostSteps) return false;
    const std::uint32_t epoch = record.epoch;
    TRY(rewrap(record, false));
    SealedRecord step = record;
    for (step.name.version = theirs; step.name.version != record.name.version;) {
      ++step.name.version;
      TRY(upstream::put_record(places_.server, places_.session, step));
    }
    if (record.epoch != epoch) {
      TRY_ASSIGN(const bool written, write_to_card(places_.vault, record));
      (void)written;  // there is the older writing, which opens as well
    }
    history_.saw(record);
    ++moved_.brought;
    ++moved_.on_card;
    return true;
  }

  const RecordPlaces& places_;
  RecordHistory& history_;
  const bool take_older_;
  std::vector<SealedRecord> on_card_;
  RecordsMoved moved_;
};

}  // namespace

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

Result<bool> write_to_card(worker::Vault& vault, const records::SealedRecord& record) {
  const Status written = write_record(vault, record);
  if (written.ok()) return true;
  if (written.error() == Error::card_full || written.error() == Error::card_unsupported) return false;
  return written.failure();
}

Result<bool> opens(worker::Vault& vault, const records::SealedRecord& record) {
  const Status opened =
      vault.record_open(record.name.id, record.name.version, record.epoch, record.envelope, kCardTimeout);
  if (opened.ok()) return true;
  if (opened.error() == Error::decrypt_failed || opened.error() == Error::holder_missing ||
      opened.error() == Error::corrupted)
    return false;
  return opened.failure();
}

Result<RecordsMoved> move_records(const RecordPlaces& places, RecordHistory& history, OlderRecords older) {
  auto moved = Move(places, history, older).run();
  history.keep();
  return moved;
}

}  // namespace cardea::recoveryd

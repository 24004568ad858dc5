// SPDX-License-Identifier: Apache-2.0
// The header and the sealed records on the card that a vault has open (docs/spec/card-layout.md). All of it
// is ciphertext or public; what belongs together is decided in core/records, here it is read and written.
#pragma once

#include "core/records/card_contents.h"
#include "core/records/card_header.h"
#include "recoveryd/worker_link/card_worker.h"

namespace cardea::recoveryd {

// Error::corrupted for a half-written header, not_found for none.
Result<records::CardHeader> read_header(worker::Vault& vault);
Status write_header(worker::Vault& vault, const records::CardHeader& header);

Result<records::CardContents> read_contents(worker::Vault& vault);
// Writes the record into free entries, then removes an older writing of it: a card pulled in between has one
// of the two whole. Error::card_full when there is no room; the card is then as before.
Status write_record(worker::Vault& vault, const records::SealedRecord& record);
// Fine when the record is not there.
Status remove_record(worker::Vault& vault, const records::RecordId& id);

}  // namespace cardea::recoveryd

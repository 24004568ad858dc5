// SPDX-License-Identifier: Apache-2.0
// The card's state on disk. The runner loads it when a card is put in and saves it after each command that
// changed something, so that a card can be taken out, kept, and put into another reader or process.
#pragma once

#include <filesystem>

#include "tests/virtual_card/card_state.h"

namespace cardea::virtual_card {

// not_found when there is no such file; corrupted, unknown_format or io_failed with the path otherwise.
Result<CardState> load_state(const std::filesystem::path& path);
// Replaces the file in one step (temporary file beside it, then rename), mode 0600. Not synced to disk: it
// must survive the end of a process, not of the machine.
Status save_state(const std::filesystem::path& path, ByteView serialized);

}  // namespace cardea::virtual_card

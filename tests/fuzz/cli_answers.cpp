// SPDX-License-Identifier: Apache-2.0
// The two texts that the card utility reads: a script's answers and the daemon's configuration.
#include <cstdlib>

#include "cli/answers.h"
#include "cli/daemon_address.h"
#include "cli/output.h"
#include "core/base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cardea::ByteView bytes(data, size);
  cardea::text::Voice voice;
  auto answers = cardea::cli::Answers::parse(cardea::SecretBytes(bytes), voice);
  if (answers.ok()) {
    while (const auto pin = answers->take("pin")) {
      if (pin->size() > size) std::abort();
    }
  }
  const std::string_view text = cardea::as_text(bytes);
  if (cardea::cli::socket_from_config(text).size() > size) std::abort();
  if (!cardea::is_valid_utf8(cardea::cli::showable(text))) std::abort();
  return 0;
}

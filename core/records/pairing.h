// SPDX-License-Identifier: Apache-2.0
// A browser paired with a card by a typed code (docs/spec/pairing.md): the utility's half. The daemon checks
// what the server says of the browser against the code; the card worker seals the answer.
#pragma once

#include <string>
#include <vector>

#include "core/crypto/hpke.h"
#include "core/records/root_key.h"
#include "core/records/sealed_record.h"

namespace cardea::records {

inline constexpr std::size_t kPairingCodeGroups = 6;
inline constexpr std::size_t kMaxPairingKeys = 256;
inline constexpr std::size_t kMaxPairingRecords = 31;  // as many as a card has entries
inline constexpr std::size_t kMaxPairingAnswer = 16'384;
inline constexpr std::size_t kMaxPairingContext = 640;  // of an authority of 300 bytes

using PairingId = std::array<std::uint8_t, 5>;
using PairingCode = SecretArray<15>;

// In any of the readings of typed codes. Error::access_key_mistyped; access_key::mistyped_group() says where.
Result<PairingCode> parse_pairing_code(ByteView typed);
PairingId pairing_id(const PairingCode& code);

// What the server says of the browser: nothing of it is believed before check_pairing().
struct PairingOffer {
  Bytes session_spki;
  Bytes seal_key;
  Bytes cover;
};

// The browser that the code belongs to.
struct PairedBrowser {
  Bytes session_spki;  // Ed25519
  crypto::P256Point seal_key{};
  Bytes context;  // of the answer; no secret outlives it
};

// Error::decrypt_failed unless the code was made for these keys and for a page at `authority`: the server, or
// somebody before it, has exchanged something.
Result<PairedBrowser> check_pairing(const PairingCode& code, const PairingOffer& offer,
                                    std::string_view authority);

// A page of one of several servers that share a store: each speaks of itself in the code.
struct PairedPage {
  PairedBrowser browser;
  std::string authority;  // the page's
};

// As check_pairing(), at the first of `authorities` that the code was made at.
Result<PairedPage> check_pairing_at(const std::vector<std::string>& authorities, const PairingCode& code,
                                    const PairingOffer& offer);

// What of the answer is no secret.
struct PairingGrant {
  std::array<std::uint8_t, 16> session{};
  std::uint64_t expires_at = 0;
  std::string account = {};
  std::string card_label = {};
  bool with_records = false;
  struct OnCard {
    RecordName name;
    std::uint32_t epoch = 0;
  };
  std::vector<OnCard> on_card = {};  // only with_records
};

// `keys`: root keys, newest first; their records keys go out, and only with_records.
// Error::invalid_argument for more of anything than the limits above.
Result<Bytes> seal_pairing_answer(const PairedBrowser& browser, const UserId& user, const PairingGrant& grant,
                                  const std::vector<const UserKey*>& keys, Random& random);

}  // namespace cardea::records

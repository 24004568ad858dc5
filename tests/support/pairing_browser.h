// SPDX-License-Identifier: Apache-2.0
// The browser's half of a pairing (docs/spec/pairing.md), for tests of the utility's half: the portal's own
// is server/portal/src/protocol/pairing.ts, and both answer to tests/vectors/records.json.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/access_key/grouped_code.h"
#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/crypto/hash.h"
#include "core/crypto/signature.h"
#include "core/records/pairing.h"

namespace cardea::test {

struct OpenedAnswer {
  Bytes user, session;
  std::uint64_t expires_at = 0;
  std::string account, card_label;
  bool with_records = false;
  struct Key {
    std::uint32_t epoch = 0;
    Bytes key;
  };
  std::vector<Key> keys;
  std::vector<records::PairingGrant::OnCard> on_card;
};

class PairingBrowser {
 public:
  PairingBrowser(std::string authority, Random& random)
      : session_(crypto::Ed25519KeyPair::generate(random)),
        seal_(crypto::P256KeyPair::generate(random)),
        keys_(ByteBuilder().lp(authority).lp(session_.spki()).lp(seal_.point()).take()),
        blind_(random.array<32>()) {
    const auto id = random.array<5>();
    const auto hash = crypto::sha256(
        {ByteBuilder().lp("cardea/v1/pairing-code").view(), id, keys_, ByteBuilder().lp(blind_).view()});
    code_ = ByteBuilder().raw(id).raw(ByteView(hash).first(10)).take();
    cover_ = crypto::seal(code_, "cardea/v1/pairing-cover", keys_, blind_, random).value();
  }

  [[nodiscard]] std::string typed_code() const {
    return std::string(access_key::format_groups(code_).expose_text());
  }
  [[nodiscard]] std::string id() const { return to_hex(ByteView(code_).first(5)); }
  [[nodiscard]] records::PairingOffer offer() const {
    return {session_.spki(), to_bytes(seal_.point()), cover_};
  }
  [[nodiscard]] const crypto::Ed25519KeyPair& session_key() const { return session_; }

  [[nodiscard]] Result<OpenedAnswer> open(ByteView answer) const {
    TRY_ASSIGN(const SecretBytes plain,
               crypto::hpke_open(seal_, "cardea/v1/pairing-answer",
                                 ByteBuilder().lp(code_).raw(keys_).lp(blind_).view(), answer));
    ByteReader in(plain.expose());
    if (in.u8() != 1) return Error::unknown_format;
    OpenedAnswer out;
    out.user = to_bytes(in.bytes(16));
    out.session = to_bytes(in.bytes(16));
    out.expires_at = in.u64();
    out.account = std::string(in.text());
    out.card_label = std::string(in.text());
    out.with_records = in.u8() == 1;
    if (out.with_records) read_lists(in, out);
    if (!in.complete()) return Error::corrupted;
    return out;
  }

 private:
  static void read_lists(ByteReader& in, OpenedAnswer& out) {
    for (std::uint16_t count = in.u16(); count > 0 && in.good(); --count) {
      const std::uint32_t epoch = in.u32();
      out.keys.push_back({epoch, to_bytes(in.bytes(32))});
    }
    for (std::uint16_t count = in.u16(); count > 0 && in.good(); --count) {
      records::PairingGrant::OnCard record;
      std::ranges::copy(in.bytes(16), record.name.id.begin());
      record.name.version = in.u32();
      record.epoch = in.u32();
      out.on_card.push_back(record);
    }
  }

  crypto::Ed25519KeyPair session_;
  crypto::P256KeyPair seal_;
  Bytes keys_;
  std::array<std::uint8_t, 32> blind_;
  Bytes code_, cover_;
};

}  // namespace cardea::test

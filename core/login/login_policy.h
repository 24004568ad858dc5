// SPDX-License-Identifier: Apache-2.0
// The judge. LoginPolicy::decide holds the only statement in Cardea that makes a verdict *granted*; every way
// in, card or access key, ends there, and revocation is looked at there. No I/O: the daemon brings the
// evidence, the record as it stands on disk, and the time.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/login/enrolment_record.h"
#include "core/text/language.h"

namespace cardea::login {

enum class Decision : std::uint8_t { refused, granted, gate_off, not_enrolled };

struct Verdict {
  Decision decision = Decision::refused;
  Error error = Error::internal;  // why it was refused; meaningless when granted
  std::string message;            // may be shown as it is; may be empty
  std::string card_label;         // of the card that opened, for PKCS11_LOGIN_TOKEN_NAME

  static Verdict refused(Error error, std::string message) {
    return Verdict{Decision::refused, error, std::move(message), {}};
  }
};

// A signature made by a card after its PIN was accepted. `challenge` is the exact byte string the daemon
// drew.
struct CardSignature {
  crypto::CardId card_id{};
  Bytes challenge;
  Bytes signature;
};

// The same by a card that the person's own ssh agent has: whether its PIN was asked is the agent's affair.
struct AgentSignature {
  CardSignature card;
};

// An access key whose use is already durable: the record given to decide() must show it as the last used one.
struct SpentAccessKey {
  std::uint32_t generation = 0;
  std::uint16_t index = 0;
};

// Account management: who he is was proved to another call; may he go on? `by_access_key`: he came in with an
// access key, which is the way out of a stale contact and of a wrong clock.
struct AccountCheck {
  bool by_access_key = false;
};

using Evidence = std::variant<CardSignature, AgentSignature, SpentAccessKey, AccountCheck>;

class LoginPolicy {
 public:
  struct Settings {
    std::int64_t max_offline_seconds = 0;  // 0: card states may be of any age
    text::Language language = {};          // of the verdict's message
  };
  explicit LoginPolicy(Settings settings) : settings_(settings) {}

  [[nodiscard]] Verdict decide(const Evidence& evidence, const EnrolmentRecord& record,
                               UnixSeconds now) const;

 private:
  [[nodiscard]] Status account_valid(const EnrolmentRecord& record, UnixSeconds now) const;
  [[nodiscard]] Verdict check_account(const AccountCheck& account, const EnrolmentRecord& record,
                                      UnixSeconds now) const;
  [[nodiscard]] Verdict check_card(const CardSignature& card, const EnrolmentRecord& record,
                                   UnixSeconds now) const;
  [[nodiscard]] Verdict check_key(const SpentAccessKey& key, const EnrolmentRecord& record) const;
  [[nodiscard]] Verdict refuse(Error error, std::string_view text) const;
  Settings settings_;
};

}  // namespace cardea::login

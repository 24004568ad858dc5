// SPDX-License-Identifier: Apache-2.0
// Tells a user at this computer what was done to his account elsewhere (docs/spec/notices.md). Fed by the
// check-in with what notice_of found among the events that it has followed; asked by logins and by `cardea
// status`.
#pragma once

#include "recoveryd/context.h"
#include "recoveryd/conversation.h"
#include "recoveryd/json.h"
#include "recoveryd/state/notice_store.h"
#include "upstream/account_calls.h"

namespace cardea::recoveryd {

// What of an event this computer's user is to hear; nothing for one that is his own doing here, or none of
// the specification's table.
std::optional<Notice> notice_of(const upstream::AuditEvent& event, const api::ComputerId& here);
// “2026-11-23 07:45 UTC: an access key of this computer was given out (192.0.2.0/24).”
std::string say(const text::Voice& voice, const Notice& notice);

class NoticeService {
 public:
  explicit NoticeService(const Context& context) : context_(context) {}

  // Before the record says how far the chain was followed. A record that has followed nothing yet keeps
  // nothing of the past.
  void take(const login::EnrolmentRecord& record, std::vector<Notice> news, std::uint64_t length) const;
  // Says what was not said yet. To whom a card let in, once; who has come with an access key may be the one
  // that the line is about. What can't be written is said again the next time.
  void tell(Conversation& client, const login::EnrolmentRecord& record, bool by_card) const;
  // For `cardea status`; `message` has a line for each.
  struct Standing {
    std::string message;
    JsonArray json;
  };
  [[nodiscard]] Standing standing(const login::EnrolmentRecord& record, const text::Voice& voice) const;

 private:
  void update(const login::EnrolmentRecord& record, const NoticeStore::Change& change) const;
  const Context& context_;
};

}  // namespace cardea::recoveryd

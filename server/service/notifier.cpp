// SPDX-License-Identifier: Apache-2.0
#include "server/service/notifier.h"

#include <algorithm>

namespace cardea::server {
namespace {

using api::Json;

// 2, 4, 8, … seconds, at most an hour.
std::int64_t pause_after(std::uint32_t tries) {
  constexpr std::int64_t kLongest = 3600;
  return std::min(kLongest, std::int64_t{1} << std::min<std::uint32_t>(tries, 12));
}

// The id that `details` has under this name; nothing when it has none.
template <typename Id>
std::optional<Id> id_in(const Json& details, std::string_view name) {
  const Json* member = details.find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  if (text == nullptr) return std::nullopt;
  const auto id = Id::from_text(*text);
  return id.ok() ? std::optional<Id>(*id) : std::nullopt;
}

}  // namespace

// Names are a help for who reads; a message goes out without them rather than not at all.
std::string Notifier::text_of(const OutboxMessage& message) const {
  auto parsed = Json::parse(message.details);
  const Json details = parsed.ok() ? std::move(parsed).value() : Json(Json::Object{});
  Json::Object out = {{"version", 1},
                      {"id", message.user.text() + "-" + std::to_string(message.sequence)},
                      {"account", message.account},
                      {"kind", message.kind},
                      {"time", message.time},
                      {"details", details},
                      {"server", server_},
                      {"tries", message.tries}};
  if (const auto id = id_in<ComputerId>(details, "computer")) {
    const auto computer = store_.get_computer(message.user, *id);
    if (computer.ok()) out.emplace_back("computer", computer->name);
  }
  if (const auto id = id_in<CardId>(details, "card")) {
    const auto card = store_.get_card(*id);
    if (card.ok() && card->user == message.user) out.emplace_back("card", card->label);
  }
  return Json(std::move(out)).text();
}

Result<std::optional<Told>> Notifier::tell_next() {
  const UnixSeconds now = clock_.now();
  TRY_ASSIGN(const auto message, store_.take_message({now, now + lease_}));
  if (!message) return std::optional<Told>{};
  const Told told = channel_.tell(text_of(*message));
  if (told == Told::failed) {
    TRY(store_.postpone_message(message->user, message->sequence,
                                clock_.now() + pause_after(message->tries)));
  } else {
    TRY(store_.settle_message(message->user, message->sequence));
  }
  return std::optional<Told>(told);
}

}  // namespace cardea::server

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/notice_service.h"

#include <algorithm>

#include "core/base/text.h"

namespace cardea::recoveryd {
namespace {

using text::tr;

constexpr std::int64_t kKeptSeconds = 30 * 86'400;
constexpr std::size_t kMostLines = 5;

// What `about` of a notice is.
enum class About : std::uint8_t { nothing, here, officer, state, purpose, region };

struct Row {
  std::string_view kind;
  About about;
  bool not_from_here;  // not told when this computer did it
};
constexpr Row kRows[] = {
    {"access-key-issued", About::here, false},
    {"officer-issued", About::officer, false},
    {"officer-asked", About::officer, false},
    {"officer-opened-account", About::officer, false},
    {"officer-suspended-card", About::officer, false},
    {"card-state", About::state, false},
    {"card-replaced", About::nothing, true},
    {"computer-added", About::nothing, true},
    {"computer-retired", About::nothing, true},
    {"browser-allowed", About::nothing, false},
    {"sheet-used", About::purpose, false},
    {"account-closed", About::officer, false},
    {"account-opened", About::officer, false},
    {"history-read", About::officer, false},
    {"moved-in", About::region, false},
};

// What is said of a kind, and of what it is about where that makes a difference. %1: when, %2: `about`.
struct Sentence {
  std::string_view kind;
  std::string_view about;  // empty: any
  const char* text;
};
constexpr Sentence kSentences[] = {
    {"access-key-issued", "here", tr("%1: an access key of this computer was given out.")},
    {"access-key-issued", "", tr("%1: an access key of another computer of yours was given out.")},
    {"officer-issued", "", tr("%1: %2 of the help desk made an access key for you.")},
    {"officer-asked", "", tr("%1: %2 of the help desk began to help you.")},
    {"officer-opened-account", "", tr("%1: %2 of the help desk opened your account again.")},
    {"officer-suspended-card", "", tr("%1: %2 of the help desk suspended a card of yours.")},
    {"card-state", "active", tr("%1: a card of yours was let in again.")},
    {"card-state", "suspended", tr("%1: a card of yours was suspended.")},
    {"card-state", "revoked", tr("%1: a card of yours was given up for good.")},
    {"card-replaced", "", tr("%1: a new card took the place of yours, at another computer.")},
    {"computer-added", "", tr("%1: a computer was added to your account.")},
    {"computer-retired", "", tr("%1: a computer was taken out of your account.")},
    {"browser-allowed", "", tr("%1: a browser was signed in with your card.")},
    {"sheet-used", "suspend", tr("%1: your cards were suspended with the recovery sheet.")},
    {"sheet-used", "reopen", tr("%1: your account was opened again with the recovery sheet.")},
    {"account-closed", "", tr("%1: an administrator closed your account.")},
    {"account-opened", "", tr("%1: an administrator opened your account.")},
    {"history-read", "", tr("%1: an administrator read the history of your account.")},
    {"moved-in", "", tr("%1: your account moved to another region; it was in %2.")},
};

std::string word(const api::Json& details, std::string_view name) {
  const api::Json* member = details.find(name);
  if (member == nullptr || member->string() == nullptr || member->string()->size() > kMaxNoticeText)
    return {};
  return *member->string();
}

// A server's word goes to a terminal: only what a network looks like.
std::string network(const api::Json& details) {
  std::string text = word(details, "from");
  const bool known = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '.' || c == ':' || c == '/';
  });
  return known ? text : std::string();
}

std::string about(const Row& row, const api::Json& details, const api::ComputerId& here) {
  const auto name = [&](std::string_view member) {
    std::string text = word(details, member);
    return is_account_name(text) ? text : std::string();
  };
  switch (row.about) {
    case About::nothing:
      return {};
    case About::here:
      return word(details, "computer") == here.text() ? "here" : "";
    case About::officer:
      return name("officer");
    case About::state:
      return name("state");
    case About::purpose:
      return name("for");
    case About::region:
      return name("from");
  }
  return {};
}

const Sentence* sentence_of(const Notice& notice) {
  for (const Sentence& sentence : kSentences) {
    if (sentence.kind == notice.kind && (sentence.about.empty() || sentence.about == notice.about))
      return &sentence;
  }
  return nullptr;
}

void drop_old(NoticeFile& file, UnixSeconds now) {
  std::erase_if(file.notices, [now](const Notice& notice) { return notice.time < now - kKeptSeconds; });
}

}  // namespace

std::optional<Notice> notice_of(const upstream::AuditEvent& event, const api::ComputerId& here) {
  const auto* row = std::ranges::find(kRows, std::string_view(event.kind), &Row::kind);
  if (row == std::end(kRows)) return std::nullopt;
  if (row->not_from_here && word(event.details, "computer") == here.text()) return std::nullopt;
  return Notice{event.sequence, event.time, event.kind, about(*row, event.details, here),
                row->about == About::region ? std::string() : network(event.details)};
}

std::string say(const text::Voice& voice, const Notice& notice) {
  const Sentence* sentence = sentence_of(notice);
  if (sentence == nullptr) return {};
  std::string when = format_utc(notice.time);  // 2026-11-23T07:45:00Z
  when = when.substr(0, 10) + " " + when.substr(11, 5) + " UTC";
  if (!notice.from.empty()) when += ", " + notice.from;
  return voice.speak(sentence->text, {when, notice.about});
}

void NoticeService::update(const login::EnrolmentRecord& record, const NoticeStore::Change& change) const {
  if (context_.notices == nullptr) return;
  Status damaged;
  const Status written = context_.notices->update(record.local_user, record.user_id, change, damaged);
  for (const Status* status : {&std::as_const(damaged), &written}) {
    if (status->ok()) continue;
    context_.log.error("notices", {{"user", record.local_user},
                                   {"error", error_name(status->error())},
                                   {"detail", status->failure().detail}});
  }
}

void NoticeService::take(const login::EnrolmentRecord& record, std::vector<Notice> news,
                         std::uint64_t length) const {
  if (length <= record.audit_length) return;
  update(record, [&](NoticeFile& file) {
    drop_old(file, context_.clock.now());
    for (Notice& notice : news) {
      if (notice.sequence > file.seen && record.audit_length > 0) add_notice(file, std::move(notice));
    }
    file.seen = std::max(file.seen, length);
  });
}

void NoticeService::tell(Conversation& client, const login::EnrolmentRecord& record, bool by_card) const {
  if (context_.notices == nullptr || record.is_guest()) return;
  const auto file = context_.notices->load(record.local_user, record.user_id);
  if (!file.ok()) return;  // the next check-in says why, and begins a new one
  std::vector<std::string> lines;
  for (const Notice& notice : file->notices) {
    if (std::string line = notice.told ? "" : say(client.voice(), notice); !line.empty())
      lines.push_back(std::move(line));
  }
  if (lines.empty()) return;
  const std::size_t said = std::min(lines.size(), kMostLines);
  for (std::size_t i = 0; i < said; ++i)
    if (!client.say(wire::SayLevel::information, lines[i]).ok()) return;
  if (lines.size() > said) {
    const auto more = static_cast<unsigned long>(lines.size() - said);
    (void)client.say(wire::SayLevel::information,
                     client.voice().speak_n("%1 more: “cardea status”.", "%1 more: “cardea status”.", more,
                                            {std::to_string(more)}));
  }
  if (!by_card) return;
  const std::uint64_t newest = file->notices.back().sequence;
  update(record, [newest](NoticeFile& changed) {
    for (Notice& notice : changed.notices)
      notice.told = notice.told || notice.sequence <= newest;
  });
}

NoticeService::Standing NoticeService::standing(const login::EnrolmentRecord& record,
                                                const text::Voice& voice) const {
  Standing out;
  if (context_.notices == nullptr) return out;
  const auto file = context_.notices->load(record.local_user, record.user_id);
  if (!file.ok()) return out;
  for (const Notice& notice : file->notices) {
    const std::string line = say(voice, notice);
    if (line.empty()) continue;
    out.message.append(out.message.empty() ? "" : "\n").append(line);
    JsonObject json;
    json.set("time", notice.time).set("kind", notice.kind).set("about", notice.about);
    json.set("from", notice.from).set("told", notice.told);
    out.json.push_back(std::move(json).json());
  }
  return out;
}

}  // namespace cardea::recoveryd

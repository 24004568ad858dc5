// SPDX-License-Identifier: Apache-2.0
// What was done to a user's account elsewhere, one file a user (docs/spec/notices.md). No secrets. Durable
// when a call returns. Used by notice_service.
#pragma once

#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/records/sealed_record.h"
#include "recoveryd/state/user_file_store.h"

namespace cardea::recoveryd {

inline constexpr std::size_t kMaxNotices = 20;
inline constexpr std::size_t kMaxNoticeText = 64;

struct Notice {
  std::uint64_t sequence = 0;  // in the user's chain
  UnixSeconds time = 0;
  std::string kind;   // docs/spec/audit.md
  std::string about;  // a state, a name, a region, or nothing
  std::string from;   // a network, or nothing
  bool told = false;
  bool operator==(const Notice&) const = default;
};

struct NoticeFile {
  static constexpr StateKind kKind = StateKind::notices;
  static constexpr std::string_view kExtension = "notices";
  // Error::corrupted, unknown_format.
  static Result<NoticeFile> decode(ByteView body);

  records::UserId user{};
  std::uint64_t seen = 0;         // sequence of the newest event that was looked at
  std::vector<Notice> notices{};  // the oldest first
};

// Beyond kMaxNotices, first those go that were told, then the oldest of the kind there is most of: whoever
// makes noise of one kind pushes out his own.
void add_notice(NoticeFile& file, Notice notice);

SecretBytes encode(const NoticeFile& file);

class NoticeStore : public UserFileStore<NoticeFile> {
 public:
  using UserFileStore::UserFileStore;
};

}  // namespace cardea::recoveryd

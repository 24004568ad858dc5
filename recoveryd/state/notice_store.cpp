// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/notice_store.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/text.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kExtension = "notices";

std::string short_text(ByteReader& in) { return std::string(in.text().substr(0, kMaxNoticeText)); }

std::vector<Notice>::iterator least_missed(std::vector<Notice>& notices) {
  const auto told = std::ranges::find(notices, true, &Notice::told);
  if (told != notices.end()) return told;
  const auto alike = [&](const Notice& notice) {
    return std::ranges::count(notices, notice.kind, &Notice::kind);
  };
  return std::ranges::max_element(notices, {}, alike);  // the first of those
}

}  // namespace

void add_notice(NoticeFile& file, Notice notice) {
  file.notices.push_back(std::move(notice));
  if (file.notices.size() > kMaxNotices) file.notices.erase(least_missed(file.notices));
}

SecretBytes encode(const NoticeFile& file) {
  ByteBuilder out;
  out.u8(kVersion).raw(file.user).u64(file.seen).u8(static_cast<std::uint8_t>(file.notices.size()));
  for (const Notice& notice : file.notices) {
    out.u64(notice.sequence).u64(static_cast<std::uint64_t>(notice.time));
    out.lp(notice.kind).lp(notice.about).lp(notice.from).u8(notice.told ? 1 : 0);
  }
  return SecretBytes(ByteView(out.view()));
}

Result<NoticeFile> decode_notice_file(ByteView body) {
  ByteReader in(body);
  if (in.u8() != kVersion) return fail(Error::unknown_format, "written by a newer version");
  NoticeFile file;
  const ByteView user = in.bytes(file.user.size());
  std::copy(user.begin(), user.end(), file.user.begin());
  file.seen = in.u64();
  const std::size_t count = in.u8();
  if (count > kMaxNotices) return fail(Error::corrupted, "too many notices");
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    Notice notice;
    notice.sequence = in.u64();
    notice.time = static_cast<UnixSeconds>(in.u64());
    notice.kind = short_text(in);
    notice.about = short_text(in);
    notice.from = short_text(in);
    notice.told = in.u8() != 0;
    file.notices.push_back(std::move(notice));
  }
  if (!in.complete()) return fail(Error::corrupted, "length does not match");
  return file;
}

Result<NoticeFile> NoticeStore::load(std::string_view user, const records::UserId& id) const {
  const std::lock_guard lock(mutex_);
  return load_locked(user, id);
}

Result<NoticeFile> NoticeStore::load_locked(std::string_view user, const records::UserId& id) const {
  NoticeFile empty;
  empty.user = id;
  if (!is_account_name(user)) return Error::not_enrolled;
  const std::string path = directory_.user_file(user, kExtension);
  const auto body = read_state(path, StateKind::notices);
  if (!body.ok() && body.error() == Error::not_found) return empty;
  if (!body.ok()) return body.failure();
  auto file = decode_notice_file(body->expose());
  if (!file.ok()) return fail(file.error(), path + ": " + file.failure().detail);
  return file->user == id ? std::move(file) : Result<NoticeFile>(std::move(empty));
}

Status NoticeStore::update(std::string_view user, const records::UserId& id, const Change& change,
                           Status& damaged) {
  const std::lock_guard lock(mutex_);
  auto loaded = load_locked(user, id);
  NoticeFile file;
  file.user = id;
  SecretBytes before;
  if (loaded.ok()) {
    file = std::move(*loaded);
    before = encode(file);
  } else {
    if (loaded.error() == Error::not_enrolled) return loaded.failure();
    damaged = loaded.failure();
  }
  change(file);
  const SecretBytes after = encode(file);
  if (before == after) return {};
  return write_state(directory_.user_file(user, kExtension), StateKind::notices, after.expose());
}

}  // namespace cardea::recoveryd

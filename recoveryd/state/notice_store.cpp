// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/notice_store.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::recoveryd {
namespace {

constexpr std::uint8_t kNoticesVersion = 1;

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
  out.u8(kNoticesVersion).raw(file.user).u64(file.seen).u8(static_cast<std::uint8_t>(file.notices.size()));
  for (const Notice& notice : file.notices) {
    out.u64(notice.sequence).u64(static_cast<std::uint64_t>(notice.time));
    out.lp(notice.kind).lp(notice.about).lp(notice.from).u8(notice.told ? 1 : 0);
  }
  return SecretBytes(ByteView(out.view()));
}

Result<NoticeFile> NoticeFile::decode(ByteView body) {
  ByteReader in(body);
  if (in.u8() != kNoticesVersion) return fail(Error::unknown_format, "written by a newer version");
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

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/server_list_store.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {

Result<std::vector<upstream::ShownServerList>> ServerListStore::read() const {
  TRY_ASSIGN(const SecretBytes body, read_state(path_, StateKind::server_lists));
  ByteReader in(body.expose());
  std::vector<upstream::ShownServerList> out;
  for (std::uint8_t count = in.u8(); count > 0 && in.good(); --count) {
    upstream::ShownServerList one;
    one.key = to_bytes(in.lp());
    one.list = to_bytes(in.lp());
    one.signature = to_bytes(in.lp());
    out.push_back(std::move(one));
  }
  if (!in.complete() || out.size() > kMaxServerLists)
    return fail(Error::corrupted, path_ + ": length does not match");
  return out;
}

Status ServerListStore::write(const std::vector<upstream::ShownServerList>& lists) const {
  if (lists.size() > kMaxServerLists) return Error::limit_exceeded;
  ByteBuilder out;
  out.u8(static_cast<std::uint8_t>(lists.size()));
  for (const upstream::ShownServerList& one : lists)
    out.lp(one.key).lp(one.list).lp(one.signature);
  return write_state(path_, StateKind::server_lists, out.view());
}

}  // namespace cardea::recoveryd

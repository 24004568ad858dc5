// SPDX-License-Identifier: Apache-2.0
#include "server/service/server_directory.h"

namespace cardea::server {

ServerDirectory::ServerDirectory(const ServerSecrets& secrets, std::optional<api::ServerList> list,
                                 UnixSeconds now) {
  if (!list) return;
  list->time = now;
  SignedServerList out{std::move(*list), {}, {}};
  out.bytes = api::encode(out.list);
  const auto signature = secrets.checkpoint_key().sign(out.bytes);
  out.signature = to_bytes(signature);
  signed_ = std::move(out);
}

std::vector<std::string> ServerDirectory::others(std::string_view self) const {
  std::vector<std::string> out;
  if (!signed_) return out;
  for (const api::ListedServer& server : signed_->list.servers) {
    if (server.url != self) out.push_back(server.url);
  }
  return out;
}

}  // namespace cardea::server

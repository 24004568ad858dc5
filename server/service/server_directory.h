// SPDX-License-Identifier: Apache-2.0
// The signed list of this server and those that share its store (docs/spec/server-list.md), for clients that
// choose between them. Signed once, when the server starts.
#pragma once

#include <optional>

#include "core/api/server_list.h"
#include "server/service/server_secrets.h"

namespace cardea::server {

struct SignedServerList {
  api::ServerList list;
  Bytes bytes;
  Bytes signature;  // Ed25519, by the checkpoint key
};

class ServerDirectory {
 public:
  // `list` keeps the rules of the format; its time is set to `now`. Nothing: this server is the only one.
  ServerDirectory(const ServerSecrets& secrets, std::optional<api::ServerList> list, UnixSeconds now);
  [[nodiscard]] const std::optional<SignedServerList>& list() const noexcept { return signed_; }
  // What a browser on a page of `self` may also talk to.
  [[nodiscard]] std::vector<std::string> others(std::string_view self) const;

 private:
  std::optional<SignedServerList> signed_;
};

}  // namespace cardea::server

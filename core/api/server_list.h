// SPDX-License-Identifier: Apache-2.0
// The signed list of the servers that share one store (docs/spec/server-list.md). Made and signed by
// server/service/server_directory, checked by upstream/server_list and by the portal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/identifiers.h"
#include "core/base/clock.h"

namespace cardea::api {

inline constexpr std::size_t kMaxListedServers = 16;
inline constexpr std::size_t kMaxServerUrl = 255;
inline constexpr std::size_t kMaxRegion = 64;
// 16 servers with the longest URLs and regions, and what stands before them.
inline constexpr std::size_t kMaxServerList = kMaxListedServers * (kMaxServerUrl + kMaxRegion + 4) + 64;

struct ListedServer {
  std::string url;     // "https://host" or "https://host:port" in the one form of is_server_origin()
  std::string region;  // [a-z0-9-], for people
  bool operator==(const ListedServer&) const = default;
};

struct ServerList {
  std::uint64_t version = 0;  // counts from 1; the administrator raises it with each change
  UnixSeconds time = 0;       // when it was signed; tells people something, decides nothing
  std::vector<ListedServer> servers;
};

// Lower case, no user, path or trailing slash, an IPv6 address in brackets, no port 443: one text for one
// server, so that lists and origins can be compared byte by byte.
bool is_server_origin(std::string_view url) noexcept;
bool is_region(std::string_view region) noexcept;

// Which rule of the format the list breaks; null when none.
const char* broken_rule(const ServerList& list) noexcept;
// Whether both say the same: version and servers. When they were signed makes no difference.
bool same_content(const ServerList& a, const ServerList& b) noexcept;

// The exact bytes that are signed. What breaks a rule must not be given to it.
Bytes encode(const ServerList& list);
// Error::corrupted for whatever encode() would not have made of a list that keeps the rules.
Result<ServerList> decode_server_list(ByteView bytes);

// Error::signature_invalid unless `key` (an Ed25519 SubjectPublicKeyInfo) signed exactly these bytes; then as
// decode_server_list().
Result<ServerList> open_server_list(ByteView bytes, ByteView signature, ByteView key);

}  // namespace cardea::api

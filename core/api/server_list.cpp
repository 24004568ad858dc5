// SPDX-License-Identifier: Apache-2.0
#include "core/api/server_list.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "core/base/text.h"
#include "core/crypto/signature.h"

namespace cardea::api {
namespace {

constexpr std::string_view kLabel = "cardea/v1/server-list";
constexpr std::string_view kScheme = "https://";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }

bool is_name(std::string_view host) noexcept {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '.'; };
  return !host.empty() && host.front() != '-' && host.front() != '.' && host.back() != '.' &&
         host.find("..") == host.npos && std::ranges::all_of(host, allowed);
}

// Whether it is an address, whoever connects to it finds out; here only what may stand in a header counts.
bool is_bracketed(std::string_view host) noexcept {
  const auto allowed = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; };
  return host.size() > 3 && host.front() == '[' && host.back() == ']' && host.find(':') != host.npos &&
         std::ranges::all_of(host.substr(1, host.size() - 2), allowed);
}

bool is_port(std::string_view text) noexcept {
  const auto number = parse_decimal(text);
  return number && *number > 0 && *number <= 65'535 && *number != 443 && text.front() != '0';
}

}  // namespace

bool is_server_origin(std::string_view url) noexcept {
  if (url.size() > kMaxServerUrl || !url.starts_with(kScheme)) return false;
  std::string_view rest = url.substr(kScheme.size());
  const auto bracket = rest.starts_with('[') ? rest.find(']') : 0;
  if (bracket == rest.npos) return false;
  const auto colon = rest.find(':', bracket);
  if (colon != rest.npos && !is_port(rest.substr(colon + 1))) return false;
  rest = rest.substr(0, colon);
  return rest.starts_with('[') ? is_bracketed(rest) : is_name(rest);
}

bool is_region(std::string_view region) noexcept {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '-'; };
  return !region.empty() && region.size() <= kMaxRegion && std::ranges::all_of(region, allowed);
}

const char* broken_rule(const ServerList& list) noexcept {
  if (list.version == 0 || list.version > static_cast<std::uint64_t>(INT64_MAX)) return "version";
  if (list.time < 0) return "time";
  if (list.servers.empty() || list.servers.size() > kMaxListedServers) return "number of servers";
  for (auto server = list.servers.begin(); server != list.servers.end(); ++server) {
    if (!is_server_origin(server->url)) return "url";
    if (!is_region(server->region)) return "region";
    if (std::any_of(list.servers.begin(), server, [&](const auto& s) { return s.url == server->url; }))
      return "a server twice";
  }
  return nullptr;
}

bool same_content(const ServerList& a, const ServerList& b) noexcept {
  return a.version == b.version && a.servers == b.servers;
}

Bytes encode(const ServerList& list) {
  ByteBuilder out;
  out.lp(kLabel).u64(list.version).u64(static_cast<std::uint64_t>(list.time));
  out.u8(static_cast<std::uint8_t>(list.servers.size()));
  for (const ListedServer& server : list.servers)
    out.lp(server.url).lp(server.region);
  return out.take();
}

Result<ServerList> decode_server_list(ByteView bytes) {
  if (bytes.size() > kMaxServerList) return fail(Error::corrupted, "server list too long");
  ByteReader in(bytes);
  if (in.text() != kLabel) return fail(Error::corrupted, "not a server list");
  ServerList out;
  out.version = in.u64();
  out.time = static_cast<UnixSeconds>(in.u64());
  for (std::uint8_t count = in.u8(); count > 0 && in.good(); --count) {
    ListedServer server;
    server.url = in.text();
    server.region = in.text();
    out.servers.push_back(std::move(server));
  }
  if (!in.complete()) return fail(Error::corrupted, "server list cut short or too long");
  if (const char* rule = broken_rule(out); rule != nullptr)
    return fail(Error::corrupted, std::string("server list: ") + rule);
  return out;
}

Result<ServerList> open_server_list(ByteView bytes, ByteView signature, ByteView key) {
  const auto signer = crypto::PublicKey::from_spki(key);
  if (!signer.ok() || signer->kind() != crypto::KeyKind::ed25519 || !signer->verify(bytes, signature).ok())
    return fail(Error::signature_invalid, "the server list is not signed with the server's key");
  return decode_server_list(bytes);
}

}  // namespace cardea::api

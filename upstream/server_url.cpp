// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_url.h"

#include <algorithm>

#include <Poco/Net/IPAddress.h>

#include "core/base/text.h"

namespace cardea::upstream {
namespace {

constexpr std::string_view kScheme = "https://";

Failure refuse(std::string_view text, std::string_view why) {
  return fail(Error::config_invalid, "server " + escape_for_log(text) + ": " + std::string(why));
}

bool is_host_name(std::string_view host) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !host.empty() && host.size() <= 253 && host.front() != '-' && host.front() != '.' &&
         std::ranges::all_of(host, allowed);
}

// What follows a zero byte Poco would not look at, and it would stand in the Host header. No scopes.
bool is_v6_text(std::string_view host) {
  return host.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
}

}  // namespace

Result<ServerUrl> ServerUrl::parse(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string_view rest = lower;
  if (!rest.starts_with(kScheme)) return refuse(text, "only https:// is used");
  rest.remove_prefix(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);

  ServerUrl url;
  const bool bracketed = rest.starts_with('[');
  const auto host_end = bracketed ? rest.find(']') : std::min(rest.find(':'), rest.size());
  if (host_end == std::string_view::npos) return refuse(text, "not a host and port");
  url.host = bracketed ? rest.substr(1, host_end - 1) : rest.substr(0, host_end);
  rest.remove_prefix(bracketed ? host_end + 1 : host_end);

  Poco::Net::IPAddress address;
  url.is_address = Poco::Net::IPAddress::tryParse(url.host, address);
  const bool is_v6 = url.is_address && address.family() == Poco::Net::IPAddress::IPv6;
  if (bracketed ? !is_v6 || !is_v6_text(url.host) : !is_host_name(url.host))
    return refuse(text, "not a host name or address");
  if (!rest.empty()) {
    const auto port = rest.starts_with(':') ? parse_decimal(rest.substr(1)) : std::nullopt;
    if (!port || *port == 0 || *port > 65'535) return refuse(text, "only a port may follow the host");
    url.port = static_cast<std::uint16_t>(*port);
  }
  url.authority = url.host;
  if (bracketed) url.authority.insert(0, 1, '[').push_back(']');
  if (url.port != 443) url.authority += ":" + std::to_string(url.port);
  return url;
}

}  // namespace cardea::upstream

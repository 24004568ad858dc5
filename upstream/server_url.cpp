// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_url.h"

#include <algorithm>

#include "core/base/ip_address.h"
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

// "127.1", "1" and "0x7f.0.0.1" are addresses to some resolvers and names to others: they are nobody's name
// (RFC 1123 section 2.1 has no top-level domain that begins with a digit).
bool may_be_taken_for_an_address(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  const auto dot = host.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  return last.starts_with("0x") || last.find_first_not_of("0123456789") == std::string_view::npos;
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

  url.is_address = bracketed ? parse_ipv6(url.host).has_value() : parse_ipv4(url.host).has_value();
  const bool is_name = !bracketed && is_host_name(url.host) && !may_be_taken_for_an_address(url.host);
  if (!url.is_address && !is_name) return refuse(text, "not a host name or address");
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

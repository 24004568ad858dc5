// SPDX-License-Identifier: Apache-2.0
#include "server/store/postgres/hosts.h"

#include <algorithm>
#include <string_view>

#include "core/base/text.h"
#include "server/store/postgres/libpq.h"

namespace cardea::server::postgres {
namespace {

constexpr char kDefaultPort[] = "5432";

struct Lists {
  std::string host, hostaddr, port, password;
};

// libpq's own words about a URL it does not understand would repeat parts of it, and what stands in the wrong
// place may be the password: postgresql://user:password/database has it where the port belongs.
Failure not_a_url() { return fail(Error::config_invalid, "[store] url is not a PostgreSQL connection URI"); }

Result<Lists> parse(const std::string& url) {
  char* raw_error = nullptr;
  PQconninfoOption* options = libpq().conninfo_parse(url.c_str(), &raw_error);
  const std::unique_ptr<char, decltype(libpq().free_memory)> error(raw_error, libpq().free_memory);
  if (options == nullptr) return not_a_url();
  Lists lists;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    const std::string_view value = option->val == nullptr ? "" : option->val;
    if (keyword == "host") lists.host = value;
    if (keyword == "hostaddr") lists.hostaddr = value;
    if (keyword == "port") lists.port = value;
    if (keyword == "password") lists.password = value;
  }
  libpq().conninfo_free(options);
  return lists;
}

}  // namespace

Result<std::vector<Host>> hosts_of(const std::string& url) {
  TRY_ASSIGN(const Lists lists, parse(url));
  if (lists.port.find_first_not_of("0123456789,") != std::string::npos) return not_a_url();
  if (!lists.password.empty())
    return fail(Error::config_invalid, "[store] url holds a password: put it into password_file");
  const auto hosts = split(lists.host, ','), addresses = split(lists.hostaddr, ',');
  auto ports = split(lists.port, ',');
  const std::size_t count = std::max(hosts.size(), addresses.size());
  // As libpq has it: a list of addresses goes with the list of names, and one port is for all.
  const auto fits = [&](const std::vector<std::string>& list, bool one_for_all) {
    return list.size() == count || (list.size() == 1 && (one_for_all || list[0].empty()));
  };
  if (!fits(hosts, false) || !fits(addresses, false) || !fits(ports, true)) return not_a_url();
  // What is not said can't take the place of the whole list in the URL.
  const auto has_gap = [](const std::vector<std::string>& list) {
    return list.size() > 1 && std::find(list.begin(), list.end(), "") != list.end();
  };
  if (has_gap(hosts) || has_gap(addresses)) return not_a_url();
  if (ports.size() > 1) std::replace(ports.begin(), ports.end(), std::string(), std::string(kDefaultPort));
  std::vector<Host> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].host = hosts[std::min(i, hosts.size() - 1)];
    out[i].hostaddr = addresses[std::min(i, addresses.size() - 1)];
    out[i].port = ports[std::min(i, ports.size() - 1)];
  }
  return out;
}

}  // namespace cardea::server::postgres

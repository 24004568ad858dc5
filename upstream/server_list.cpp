// SPDX-License-Identifier: Apache-2.0
#include "upstream/server_list.h"

#include "upstream/server_url.h"

namespace cardea::upstream {
namespace {

constexpr std::size_t kMaxKey = 128;

}  // namespace

Result<std::optional<ShownServerList>> get_server_list(ServerClient& client) {
  TRY_ASSIGN(const Answer answer, client.call({.method = "GET", .path = "/v1/servers"}));
  if (answer.status == 204) return std::optional<ShownServerList>{};
  auto fields = answer_fields(answer.body);
  ShownServerList out;
  out.list = fields.bytes("list", 1, api::kMaxServerList);
  out.signature = fields.bytes("signature", 64);
  out.key = fields.bytes("key", 1, kMaxKey);
  TRY(complete_answer(fields, "server list"));
  return std::optional(std::move(out));
}

Result<api::ServerList> check_server_list(const ShownServerList& shown, ByteView key) {
  TRY_ASSIGN(api::ServerList list, api::open_server_list(shown.list, shown.signature, key));
  for (const api::ListedServer& server : list.servers)
    TRY(ServerUrl::parse(server.url));
  return list;
}

Result<bool> is_newer(const api::ServerList& shown, const api::ServerList* kept) {
  if (kept == nullptr || shown.version > kept->version) return true;
  if (shown.version < kept->version)
    return fail(Error::replayed, "a server list of version " + std::to_string(shown.version) + " after " +
                                     std::to_string(kept->version));
  if (!api::same_content(shown, *kept))
    return fail(Error::server_misbehaved,
                "two server lists of version " + std::to_string(shown.version) + " that differ");
  return false;
}

}  // namespace cardea::upstream

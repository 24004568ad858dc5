// SPDX-License-Identifier: Apache-2.0
#include "server/http/paging.h"

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"

namespace cardea::server::http {
namespace {

constexpr std::size_t kMaxCursor = 256;  // characters

Result<std::string> kind_of(const Context& context, std::string_view list) {
  if (context.caller.officer)
    return "cursor " + std::string(list) + " officer " + context.caller.officer->officer.id.text();
  TRY_ASSIGN(const UserId user, context.user());
  return "cursor " + std::string(list) + " " + user.text();
}

}  // namespace

Result<Page> read_page(const Context& context, std::string_view list, std::size_t max,
                       std::string_view cursor) {
  Page page;
  TRY_ASSIGN(const std::uint64_t limit, context.number("limit", max));
  if (limit == 0 || limit > max)
    return fail(Error::invalid_argument, "“limit” is 1 to " + std::to_string(max));
  page.limit = static_cast<std::size_t>(limit);
  const auto given = context.query.find(cursor);
  if (given == context.query.end()) return page;
  TRY_ASSIGN(const std::string kind, kind_of(context, list));
  const auto position = given->second.size() <= kMaxCursor
                            ? context.services.secrets.open_token(kind, given->second)
                            : Result<SecretBytes>(Error::invalid_argument);
  if (!position.ok())
    return fail(Error::invalid_argument, "“" + std::string(cursor) + "” is none of this list");
  page.position = to_bytes(position->expose());
  return page;
}

Result<std::string> page_end(const Context& context, std::string_view list, ByteView position) {
  TRY_ASSIGN(const std::string kind, kind_of(context, list));
  return context.services.secrets.seal_token(kind, position, context.services.random);
}

Result<std::string> page_end(const Context& context, std::string_view list, std::uint64_t position) {
  return page_end(context, list, ByteBuilder().u64(position).view());
}

Result<std::uint64_t> number_of(const Page& page) {
  if (page.position.empty()) return std::uint64_t{0};
  if (page.position.size() != 8) return fail(Error::invalid_argument, "“cursor” is none of this list");
  return ByteReader(page.position).u64();
}

}  // namespace cardea::server::http

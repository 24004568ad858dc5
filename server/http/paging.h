// SPDX-License-Identifier: Apache-2.0
// The one form of paging for every list that can grow (docs/spec/server-protocol.md, "Lists"): `limit` says
// how many at most, `cursor` where the page before has ended. A cursor is sealed with the server's token key,
// for one list of one user or officer: nobody can make one, read a position from it, or use it elsewhere. The
// position is a key of the list's order and not a count, so that nothing is skipped or shown twice when the
// list changes in between. Called by the handlers of lists.
#pragma once

#include "server/http/context.h"

namespace cardea::server::http {

struct Page {
  std::size_t limit = 0;
  Bytes position;  // what the list gave to page_end; empty at the beginning
};

// `list` is the name of the list, `max` its page when no limit is asked for, and the most that may be.
// `cursor` is the parameter's name. invalid_argument.
Result<Page> read_page(const Context& context, std::string_view list, std::size_t max,
                       std::string_view cursor = "cursor");
// The cursor behind `position`, at most 64 bytes.
Result<std::string> page_end(const Context& context, std::string_view list, ByteView position);

// Positions that are a number. invalid_argument: a page of another kind of list.
Result<std::string> page_end(const Context& context, std::string_view list, std::uint64_t position);
Result<std::uint64_t> number_of(const Page& page);

}  // namespace cardea::server::http

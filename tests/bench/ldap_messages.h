// SPDX-License-Identifier: Apache-2.0
// What a reader of one entry says to an LDAP server and hears from it (RFC 4511), as bytes: a simple bind, a
// search for one attribute of one entry, and the length of the answer. server_bench sends it to slapd. One
// request at a time is open on a connection, so all have the same message number.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cardea::bench {

// Names, attributes and passwords are this program's own and short: a message is below 64 KiB.
std::string ldap_bind(const std::string& name, const std::string& password);
std::string ldap_read(const std::string& name, const std::string& attribute);

// Bytes of all values in a whole answer to one of these (0 for a bind); nothing while it is not whole. Throws
// std::runtime_error for a result other than success, and for what is no answer to these.
std::optional<std::size_t> whole_ldap_answer(std::string_view received);

}  // namespace cardea::bench

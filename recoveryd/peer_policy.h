// SPDX-License-Identifier: Apache-2.0
// Who may ask for what: the authority table of docs/spec/local-protocol.md, "Who may". Asked before a message
// is acted on; the service behind it may rely on it.
#pragma once

#include <optional>
#include <string_view>

#include <sys/types.h>

#include "core/base/result.h"
#include "core/wire/local_messages.h"

namespace cardea::recoveryd {

// Whose right an operation is.
enum class Authority : std::uint8_t { root_only, own_account, key_reader };

// The row of an operation, or nothing for a verb that does not exist.
std::optional<Authority> authority_of(std::string_view verb) noexcept;

// `administrator` is who opened the instance's socket (os/linux/local_socket.h): 0 for the computer's own
// daemon, whatever user it runs as; an ordinary user for an instance of his own, where he is what root is.
bool acts_for_everybody(uid_t peer, uid_t administrator) noexcept;
// `target_uid` is the uid of the user the message speaks of, empty when there is no such local user.
Status may_begin(uid_t peer, uid_t administrator, std::optional<uid_t> target_uid);
// `key_reader` is the uid that sshd asks for keys with (setting ssh_keys_user), empty when there is no such
// user.
Status may_operate(uid_t peer, uid_t administrator, std::optional<uid_t> target_uid, std::string_view verb,
                   std::optional<uid_t> key_reader = std::nullopt);

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
// The worker's end of private channels (docs/spec/local-protocol.md): one secret in, or one revealed text
// out. What comes is from a user's program, so it is bounded and checked; a bad channel fails the request and
// not the worker.
#pragma once

#include "core/base/linux/unique_fd.h"
#include "core/base/secret.h"

namespace cardea::worker {

// Error::cancelled when nothing comes within a second or the other end is closed, Error::limit_exceeded over
// `limit`, Error::invalid_argument for a malformed packet.
Result<SecretBytes> read_secret(const UniqueFd& channel, std::size_t limit);
// Error::cancelled when nobody is there to read it.
Status write_revealed(const UniqueFd& channel, const SecretBytes& content);

}  // namespace cardea::worker

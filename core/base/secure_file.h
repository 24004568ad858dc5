// SPDX-License-Identifier: Apache-2.0
// Files a program must be able to trust: its configuration, its secrets and its state. Reading refuses what
// somebody else could have written or read; writing is all or nothing, also through a power cut. Called by
// recoveryd and the server at start, and by every state file of recoveryd.
//
// On Windows paths are UTF-8, and the rules say the same of owner and access-control list
// (windows/file_trust.h): the owner must be SYSTEM, Administrators or the process's own user, and what
// nobody else may do is what the list gives to nobody else. The folder of the file must not be a junction or
// a link. Of a mode only one question is left: with a read bit for group or others the group Users may read
// the new file; nobody but SYSTEM, Administrators and the process's user ever writes one.
#pragma once

#include <string>

#include <sys/types.h>

#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace cardea {

inline constexpr std::size_t kMaxSecretFileSize = 16 * 1024;

// A regular file (a symbolic link, on Windows any reparse point, as last component is refused) of at most
// 64 KiB, owned by root or by the effective uid, not writable by group or others. Failures: not_found,
// unsafe_file, limit_exceeded, permission_denied, io_failed; the detail names the file and the reason.
Result<Bytes> read_config_file(const std::string& path);

// The same, and neither readable by group nor others. At most `max_size` bytes.
Result<SecretBytes> read_secret_file(const std::string& path, std::size_t max_size = kMaxSecretFileSize);

// The rules of read_config_file without the read permission test and with the caller's limit: for state
// files.
Result<Bytes> read_state_file(const std::string& path, std::size_t max_size);

// Replaces `path` by a file with these bytes and this mode: temporary file beside it, made under a name
// nobody guesses where no file is, written, flushed and renamed; the new name is durable. On any failure the
// old file is untouched. A full disk, a quota and a read-only one are disk_full.
Status write_file_atomically(const std::string& path, ByteView bytes, mode_t mode);

// The same, but never replaces a file: already_exists.
Status create_file_atomically(const std::string& path, ByteView bytes, mode_t mode);

}  // namespace cardea

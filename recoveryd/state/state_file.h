// SPDX-License-Identifier: Apache-2.0
// The envelope of every small state file: magic, kind, version, length, checksum, replaced atomically
// (docs/spec/enrolment-store.md), its body protected as the system can. A file that does not pass is an error
// and never "nothing there".
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/secret.h"

namespace cardea::recoveryd {

enum class StateKind : std::uint8_t {
  computer = 1,
  gate = 2,
  enrolment = 3,
  tries = 4,
  accounts = 5,
  keyring = 6,
  remote_tries = 7,
  guest_key = 8,
  server_lists = 9,
  notices = 10,
  record_marks = 11
};

constexpr std::size_t max_state_file_bytes(StateKind kind) {
  return kind == StateKind::record_marks ? 512 * 1024 : 64 * 1024;
}

// The envelope alone: its body is what protect_state() made of it.
SecretBytes wrap_state(StateKind kind, ByteView body);
// Error::corrupted or unknown_format.
Result<SecretBytes> unwrap_state(StateKind kind, ByteView file);

// Error::not_found only when there is no such file; otherwise unsafe_file, corrupted, unknown_format,
// io_failed, with the path in the detail.
Result<SecretBytes> read_state(const std::string& path, StateKind kind);
// Durable when it returns. Error::limit_exceeded for a body that could not be read again; disk_full (also for
// a read-only file system) or io_failed.
Status write_state(const std::string& path, StateKind kind, ByteView body);

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
// Public keys of cards as SSH writes them: for sshd's list of authorized keys and for asking an ssh agent.
// Used by the daemon.
#pragma once

#include <string>
#include <string_view>

#include "core/crypto/signature.h"

namespace cardea::crypto {

struct SshPublicKey {
  std::string_view type;  // "ecdsa-sha2-nistp256", "ssh-rsa" or "ssh-ed25519"; a constant
  Bytes blob;  // RFC 4253 section 6.6 (RSA), RFC 5656 section 3.1 (P-256), RFC 8709 section 4 (Ed25519)
};

// Every key that PublicKey accepts has this form.
SshPublicKey ssh_public_key(const PublicKey& key);
// One line of sshd's AUTHORIZED_KEYS FILE FORMAT, without options, comment and end of line.
std::string authorized_keys_line(const SshPublicKey& key);
// True for such a line and nothing else: no option, comment, further word or control character.
bool is_authorized_keys_line(std::string_view line);

// An SSH signature by this key (RFC 5656 section 3.1.2, RFC 8332 section 3, RFC 8709 section 6) in the form
// that PublicKey::verify takes; it is not verified. Error::frame_malformed for everything else, also for RSA
// with SHA-1.
Result<Bytes> signature_from_ssh(const PublicKey& key, ByteView signature);

}  // namespace cardea::crypto

// SPDX-License-Identifier: Apache-2.0
// LabeledExtract and LabeledExpand of RFC 9180 section 4, for hpke.cpp and P256KeyPair::derive_key_pair.
// Internal to core/crypto.
#pragma once

#include "core/base/secret.h"

namespace cardea::crypto {

SecretArray<32> hpke_labeled_extract(ByteView suite_id, ByteView salt, std::string_view label,
                                     ByteView secret);
// `out` is at most 65,535 bytes, `info` at most 512.
Status hpke_labeled_expand(ByteView suite_id, const SecretArray<32>& key, std::string_view label,
                           ByteView info, MutableBytes out);
// "KEM" || 0x0010: DHKEM(P-256, HKDF-SHA256).
ByteView hpke_kem_suite_id() noexcept;

}  // namespace cardea::crypto

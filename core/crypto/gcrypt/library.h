// SPDX-License-Identifier: Apache-2.0
// libgcrypt's objects as owners, and what all files of this back end share. No header outside of this folder
// includes libgcrypt.
#pragma once

#include <gcrypt.h>

#include "core/base/bytes.h"
#include "core/base/unique_handle.h"

namespace cardea::crypto::gcrypt {

using Cipher = UniqueHandle<gcry_cipher_handle, gcry_cipher_close>;
using Context = UniqueHandle<gcry_context, gcry_ctx_release>;
using Digest = UniqueHandle<gcry_md_handle, gcry_md_close>;
using Expression = UniqueHandle<gcry_sexp, gcry_sexp_release>;
using Kdf = UniqueHandle<gcry_kdf_handle, gcry_kdf_close>;
using Number = UniqueHandle<gcry_mpi, gcry_mpi_release>;
using Point = UniqueHandle<gcry_mpi_point, gcry_mpi_point_release>;
using SecureMemory = UniqueHandle<void, gcry_free>;  // libgcrypt wipes it

// Prepares the library once for the process; every function of this folder calls it before anything else.
void initialise();

// A copy in libgcrypt's secure memory. What is made of it is secret for libgcrypt, too: only then does it
// take the same steps for every bit of a number by which it multiplies points.
SecureMemory secure_copy(ByteView bytes);
// Big-endian, not negative.
Number public_number(ByteView bytes);
Number secret_number(ByteView bytes);
// Big-endian with zeros in front; false when the number needs more than `out` has.
bool write_number(gcry_mpi_t number, MutableBytes out);

// gcry_sexp_build, which is a printf: %b takes an int and a pointer, %m a number. Null when it fails.
template <typename... Arguments>
Expression expression(const char* format, Arguments... arguments) {
  initialise();
  gcry_sexp_t out = nullptr;
  if (gcry_sexp_build(&out, nullptr, format, arguments...) != 0) return nullptr;
  return Expression(out);
}
// The two arguments of %b: expression("(data(value %b))", length(view), view.data()).
inline int length(ByteView view) noexcept { return static_cast<int>(view.size()); }

}  // namespace cardea::crypto::gcrypt

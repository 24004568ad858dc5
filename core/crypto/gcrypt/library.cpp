// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/gcrypt/library.h"

#include <algorithm>
#include <cstring>

#include "core/crypto/require.h"

#if GCRYPT_VERSION_NUMBER < 0x010a00
#error "libgcrypt 1.10 or newer: Argon2id"
#endif

namespace cardea::crypto::gcrypt {
namespace {

constexpr int kSecureBytes = 64 * 1024;  // a private key with what is calculated of it; grows when it has to

// What libgcrypt has to say is for its developers (on Windows its gatherer of randomness, rndw32, advises to
// run `diskperf`); failures come back as values, and a fatal one ends the process with or without a text.
void say_nothing(void* /*unused*/, int /*level*/, const char* /*format*/, va_list /*arguments*/) {}

bool start() {
  if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) != 0) return gcry_check_version("1.10.0") != nullptr;
  gcry_set_log_handler(say_nothing, nullptr);
  // Ours comes from core/base/random.h; libgcrypt draws only for blinding, in P256KeyPair::sign and
  // rsa_oaep_decrypt. Its own generator would then, on Windows, be fed with the state of the system whenever
  // a hash is opened, which makes an HMAC a hundred times slower.
  gcry_control(GCRYCTL_SET_PREFERRED_RNG_TYPE, GCRY_RNG_TYPE_SYSTEM);
  // There are no Ed25519 and Argon2id in that mode, and keys of HMAC shorter than 112 bits are refused.
  gcry_control(GCRYCTL_NO_FIPS_MODE);
  if (gcry_check_version("1.10.0") == nullptr) return false;
  // Not because of swap, from which core/base/secret.h keeps our secrets: libgcrypt takes a number for
  // secret, and goes the same steps for each of its bits, when it lies there. Without privileges Linux locks
  // this memory as far as RLIMIT_MEMLOCK goes, which is no reason for a warning.
  gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
  gcry_control(GCRYCTL_INIT_SECMEM, kSecureBytes, 0);
  gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, static_cast<unsigned>(kSecureBytes), 0);
  gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
  return true;
}

}  // namespace

void initialise() {
  static const bool started = start();
  require(started);
}

SecureMemory secure_copy(ByteView bytes) {
  initialise();
  SecureMemory out(gcry_malloc_secure(std::max<std::size_t>(bytes.size(), 1)));
  require(out != nullptr && gcry_is_secure(out.get()) == 1);
  if (!bytes.empty()) std::memcpy(out.get(), bytes.data(), bytes.size());
  return out;
}

Number public_number(ByteView bytes) {
  initialise();
  gcry_mpi_t out = nullptr;
  require(gcry_mpi_scan(&out, GCRYMPI_FMT_USG, bytes.data(), bytes.size(), nullptr) == 0);
  return Number(out);
}

Number secret_number(ByteView bytes) {
  const SecureMemory copy = secure_copy(bytes);
  gcry_mpi_t out = nullptr;
  require(gcry_mpi_scan(&out, GCRYMPI_FMT_USG, copy.get(), bytes.size(), nullptr) == 0);
  Number number(out);
  require(gcry_mpi_get_flag(out, GCRYMPI_FLAG_SECURE) == 1);
  return number;
}

bool write_number(gcry_mpi_t number, MutableBytes out) {
  const std::size_t size = (gcry_mpi_get_nbits(number) + 7) / 8;
  if (size > out.size()) return false;
  std::ranges::fill(out, std::uint8_t{0});
  if (size == 0) return true;
  std::size_t written = 0;
  return gcry_mpi_print(GCRYMPI_FMT_USG, out.last(size).data(), size, &written, number) == 0 &&
         written == size;
}

}  // namespace cardea::crypto::gcrypt

// SPDX-License-Identifier: Apache-2.0
// What the thread sanitizer's runtime asks a program for when it starts; see address.cpp.
#include <cerrno>
#include <ctime>

#include <pthread.h>

#define CARDEA_HOOK __attribute__((visibility("default"), used))

extern "C" {

int cardea_sanitizer_defaults = 1;

CARDEA_HOOK const char* __tsan_default_options() {
  return "log_path=" CARDEA_SANITIZER_REPORTS "/report:log_exe_name=1:second_deadlock_stack=1";
}

CARDEA_HOOK const char* __tsan_default_suppressions() {
  // pcsclite 1.9.9: SCardGetStatusChange of every context fills one array of reader states, each under its
  // own lock. The reader watch and OpenSC have a context each.
  //
  // Poco 1.11 and OpenSSL are built without the sanitizer, and what orders their accesses is not seen: the
  // accepting thread keeps its reference to a connection's socket for a moment, and frees all of it when the
  // serving thread was quicker; the counter between the two lies in Poco. What these libraries themselves
  // allocate, copy, free and close is not looked at. What we give them still is, when we touch it.
  return "race:libpcsclite.so.1\n"
         "called_from_lib:libPocoNet.so\n"
         "called_from_lib:libPocoNetSSL.so\n"
         "called_from_lib:libssl.so\n"
         "called_from_lib:libcrypto.so\n";
}

// The runtime of g++ 12 does not know this call of std::timed_mutex, and takes the unlock for an error.
CARDEA_HOOK int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                        const timespec* until) noexcept {
  constexpr long kSecond = 1'000'000'000;
  timespec now{}, wall{};
  if (::clock_gettime(clock, &now) != 0 || ::clock_gettime(CLOCK_REALTIME, &wall) != 0) return EINVAL;
  wall.tv_sec += until->tv_sec - now.tv_sec;
  wall.tv_nsec += until->tv_nsec - now.tv_nsec;
  if (wall.tv_nsec < 0) wall = {wall.tv_sec - 1, wall.tv_nsec + kSecond};
  if (wall.tv_nsec >= kSecond) wall = {wall.tv_sec + 1, wall.tv_nsec - kSecond};
  return ::pthread_mutex_timedlock(mutex, &wall);
}
}

// SPDX-License-Identifier: Apache-2.0
#include "nss_helper/bail_out.h"

#include <atomic>
#include <cstring>

#include <stdlib.h>

namespace cardea::nss {
namespace {

constexpr const char* kOwnUnits[] = {"cardea-recoveryd.service", "cardea-recoveryd.socket"};

enum Decision : unsigned char { kUndecided, kServe, kBailOut };
constinit std::atomic<unsigned char> decision{kUndecided};

}  // namespace

bool environment_says_bail_out(const char* activation_unit, const char* dynamic_bypass) noexcept {
  if (dynamic_bypass != nullptr && std::strcmp(dynamic_bypass, "1") == 0) return true;
  if (activation_unit == nullptr) return false;
  for (const char* unit : kOwnUnits) {
    if (std::strcmp(activation_unit, unit) == 0) return true;
  }
  return false;
}

bool must_bail_out() noexcept {
  unsigned char known = decision.load(std::memory_order_relaxed);
  if (known == kUndecided) {
    // secure_getenv: whoever starts a setuid program must not be able to make accounts and groups vanish in
    // it. Once: both variables are set by whoever starts a process, and reading the environment at every
    // look-up would race with a host that changes it.
    const bool bail_out = environment_says_bail_out(::secure_getenv("SYSTEMD_ACTIVATION_UNIT"),
                                                    ::secure_getenv("SYSTEMD_NSS_DYNAMIC_BYPASS"));
    known = bail_out ? kBailOut : kServe;
    decision.store(known, std::memory_order_relaxed);
  }
  return known == kBailOut;
}

}  // namespace cardea::nss

// SPDX-License-Identifier: Apache-2.0
// k_0 of access keys that have let somebody in, in locked memory until the next generation is made
// (docs/decisions/0014-access-key-replaces-the-card.md): with it the computer's holder of the root key lives
// on in the next generation, and for a while the person can replace his card without a second key. Filled by
// login_run and replacement_service, used by access_key_service and replacement_service, from any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/access_key/access_key_chain.h"
#include "core/base/clock.h"

namespace cardea::recoveryd {

// Long enough to find the new card and put it in; the new generation waits for so long.
inline constexpr MonotonicMillis kJustCameInMillis = 15 * 60 * 1000;
// A laptop that was opened on a journey meets its server within a day, or the holder is given up.
inline constexpr MonotonicMillis kLongestKeptMillis = 24 * 60 * 60 * 1000;

class KeptAccessKeys {
 public:
  struct Root {
    std::uint32_t generation = 0;
    access_key::AccessKey k0;
  };

  // A key of this generation was used. `may_replace`: by a login, and the person needs no second key for a
  // replacement in the next kJustCameInMillis. An earlier one of this user is forgotten.
  void keep(const std::string& user, std::uint32_t generation, const access_key::AccessKey& k0,
            bool may_replace, MonotonicMillis now);
  // For the holder of the next generation.
  [[nodiscard]] std::optional<Root> root(const std::string& user, MonotonicMillis now);
  // For a replacement without a second key.
  [[nodiscard]] std::optional<Root> root_for_replacement(const std::string& user, MonotonicMillis now);
  // The server has seen it: no second replacement, but the holder may still live on.
  void no_more_replacement(const std::string& user);
  void forget(const std::string& user);
  // Until when the new generation of this user should wait, in milliseconds from now; 0: it need not.
  [[nodiscard]] MonotonicMillis still_waiting(const std::string& user, MonotonicMillis now) const;
  // The shortest wait of any user that is not 0; empty when there is none.
  [[nodiscard]] std::optional<MonotonicMillis> next_end(MonotonicMillis now) const;

 private:
  struct Kept {
    Root root;
    bool may_replace = false;
    MonotonicMillis since = 0;
  };
  [[nodiscard]] static MonotonicMillis wait_of(const Kept& kept, MonotonicMillis now) noexcept;

  mutable std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

}  // namespace cardea::recoveryd

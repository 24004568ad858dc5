// SPDX-License-Identifier: Apache-2.0
// Wrong access keys that came over a network, counted by where they came from (docs/spec/login.md, "Wrong
// access keys"): a stranger's tries make a stranger wait, not the owner in front of his computer. Arithmetic
// and encoding of one user's table; throttle_store keeps it on the disk.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/login/lockout.h"

namespace cardea::recoveryd {

// What is counted as one origin: an IPv4 address, the first 64 bits of an IPv6 address (whoever has one
// address has them all), or everything that is no address.
struct RemoteOrigin {
  std::uint8_t family = 0;  // 4, 6, or 0: no address
  std::array<std::uint8_t, 8> prefix{};
  friend bool operator==(const RemoteOrigin&, const RemoteOrigin&) = default;
};

// From PAM_RHOST. A name is never looked at: with UseDNS its owner may have any number of them.
[[nodiscard]] RemoteOrigin remote_origin(std::string_view remote_host) noexcept;

class RemoteTries {
 public:
  // Error::corrupted.
  static Result<RemoteTries> decode(ByteView body);
  [[nodiscard]] Bytes encode() const;

  // Brings the table to this time: forgets whoever made no try for kForgottenAfterSeconds. A try made under a
  // clock that ran ahead counts as made now, or it would be remembered until then. True when one of these was
  // there.
  bool come_to(UnixSeconds now);
  [[nodiscard]] login::ThrottleState of(const RemoteOrigin& origin) const;
  // A count of 0 is forgotten. An origin for which there is no room shares one count with all others like it.
  void set(const RemoteOrigin& origin, const login::ThrottleState& state);
  [[nodiscard]] std::uint32_t failures() const noexcept;  // of all origins together; saturates

 private:
  struct Entry {
    RemoteOrigin origin;
    login::ThrottleState state;
  };
  [[nodiscard]] const Entry* find(const RemoteOrigin& origin) const;
  std::vector<Entry> entries_;
  login::ThrottleState others_;
};

// More addresses than an owner travels through in a day; 1.4 kB on the disk.
inline constexpr std::size_t kMostOrigins = 64;
// Five free tries a day are fewer than the 24 that waiting an hour each would give: being forgotten gains
// nothing.
inline constexpr std::int64_t kForgottenAfterSeconds = 24 * 3600;

}  // namespace cardea::recoveryd

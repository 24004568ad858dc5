// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/state/remote_tries.h"

#include <algorithm>

#include "core/base/byte_builder.h"
#include "core/base/byte_io.h"
#include "recoveryd/state/address_text.h"

namespace cardea::recoveryd {
namespace {

constexpr std::size_t kLongestAddress = 45;  // of an IPv6 address that ends as an IPv4 address
constexpr std::array<std::uint8_t, 12> kMappedIpv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

RemoteOrigin ipv4(const std::uint8_t* address) noexcept {
  RemoteOrigin origin{4, {}};
  std::copy_n(address, 4, origin.prefix.begin());
  return origin;
}

void put(ByteBuilder& out, const login::ThrottleState& state) {
  out.u32(state.failures).u64(static_cast<std::uint64_t>(state.last_try_at));
}

login::ThrottleState get(ByteReader& in) {
  login::ThrottleState state;
  state.failures = in.u32();
  state.last_try_at = static_cast<UnixSeconds>(in.u64());
  return state;
}

}  // namespace

RemoteOrigin remote_origin(std::string_view remote_host) noexcept {
  std::array<char, kLongestAddress + 1> text{};
  const std::string_view address = remote_host.substr(0, remote_host.find('%'));  // without the interface
  if (address.size() >= text.size() || address.find('\0') != std::string_view::npos) return {};
  std::copy(address.begin(), address.end(), text.begin());
  if (const auto bytes = read_ipv4(text.data()); bytes.has_value()) return ipv4(bytes->data());
  const auto bytes = read_ipv6(text.data());
  if (!bytes.has_value()) return {};
  if (std::equal(kMappedIpv4.begin(), kMappedIpv4.end(), bytes->begin()))
    return ipv4(bytes->data() + kMappedIpv4.size());
  RemoteOrigin origin{6, {}};
  std::copy_n(bytes->begin(), origin.prefix.size(), origin.prefix.begin());
  return origin;
}

Result<RemoteTries> RemoteTries::decode(ByteView body) {
  ByteReader in(body);
  RemoteTries table;
  const std::size_t count = in.u8();
  if (count > kMostOrigins) return fail(Error::corrupted, "too many origins");
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    Entry entry;
    entry.origin.family = in.u8();
    const ByteView prefix = in.bytes(entry.origin.prefix.size());
    std::copy(prefix.begin(), prefix.end(), entry.origin.prefix.begin());
    entry.state = get(in);
    table.entries_.push_back(entry);
  }
  table.others_ = get(in);
  if (!in.complete()) return fail(Error::corrupted, "wrong length");
  return table;
}

Bytes RemoteTries::encode() const {
  ByteBuilder out;
  out.u8(static_cast<std::uint8_t>(entries_.size()));
  for (const Entry& entry : entries_) {
    out.u8(entry.origin.family).raw(entry.origin.prefix);
    put(out, entry.state);
  }
  put(out, others_);
  return to_bytes(out.view());
}

bool RemoteTries::come_to(UnixSeconds now) {
  bool ran_ahead = false;
  const auto clamp = [&](login::ThrottleState& state) {
    ran_ahead = ran_ahead || state.last_try_at > now;
    state.last_try_at = std::clamp<UnixSeconds>(state.last_try_at, 0, now);
  };
  const auto old = [&](const login::ThrottleState& state) {
    return now - state.last_try_at >= kForgottenAfterSeconds;
  };
  clamp(others_);
  if (old(others_)) others_ = {};
  for (Entry& entry : entries_)
    clamp(entry.state);
  std::erase_if(entries_, [&](const Entry& entry) { return old(entry.state); });
  return ran_ahead;
}

const RemoteTries::Entry* RemoteTries::find(const RemoteOrigin& origin) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.origin == origin; });
  return found == entries_.end() ? nullptr : &*found;
}

login::ThrottleState RemoteTries::of(const RemoteOrigin& origin) const {
  if (const Entry* entry = find(origin); entry != nullptr) return entry->state;
  return entries_.size() < kMostOrigins ? login::ThrottleState{} : others_;
}

void RemoteTries::set(const RemoteOrigin& origin, const login::ThrottleState& state) {
  const bool shares = find(origin) == nullptr && entries_.size() >= kMostOrigins;
  if (shares) {
    others_ = state;
    return;
  }
  std::erase_if(entries_, [&](const Entry& entry) { return entry.origin == origin; });
  if (state.failures > 0) entries_.push_back({origin, state});
}

std::uint32_t RemoteTries::failures() const noexcept {
  std::uint64_t sum = others_.failures;
  for (const Entry& entry : entries_)
    sum += entry.state.failures;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, UINT32_MAX));
}

}  // namespace cardea::recoveryd

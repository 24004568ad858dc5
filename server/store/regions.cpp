// SPDX-License-Identifier: Apache-2.0
#include "server/store/regions.h"

#include <array>

namespace cardea::server {
namespace {

constexpr std::array<const char*, 6> kStates = {"here", "asked", "agreed", "frozen", "gone", "arriving"};
constexpr std::string_view kMoved = "moved away: ";

}  // namespace

const char* name_of(HomeState state) noexcept { return kStates[static_cast<std::size_t>(state)]; }

std::optional<HomeState> home_state(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kStates.size(); ++i) {
    if (name == kStates[i]) return static_cast<HomeState>(i);
  }
  return {};
}

bool is_away(const Home& home) noexcept {
  return home.state == HomeState::gone || (home.state == HomeState::arriving && !home.forward.empty());
}

Failure moved_away(const UserId& user) {
  return fail(Error::peer_not_trusted, std::string(kMoved) + user.text());
}

std::optional<UserId> user_moved_away(const Failure& failure) {
  const std::string_view detail = failure.detail;
  if (failure.error != Error::peer_not_trusted || !detail.starts_with(kMoved)) return {};
  const auto user = UserId::from_text(detail.substr(kMoved.size()));
  return user.ok() ? std::optional<UserId>(*user) : std::nullopt;
}

}  // namespace cardea::server

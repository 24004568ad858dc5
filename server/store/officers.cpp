// SPDX-License-Identifier: Apache-2.0
#include "server/store/officers.h"

namespace cardea::server {
namespace {

// The value with this name among the first `count`.
template <typename Enum>
std::optional<Enum> named(std::string_view name, int count) noexcept {
  for (int i = 0; i < count; ++i) {
    if (name == name_of(static_cast<Enum>(i))) return static_cast<Enum>(i);
  }
  return {};
}

}  // namespace

const char* name_of(OfficerState state) noexcept {
  switch (state) {
    case OfficerState::active:
      return "active";
    case OfficerState::suspended:
      return "suspended";
    case OfficerState::removed:
      return "removed";
  }
  return "removed";
}

const char* name_of(OfficerRequestKind kind) noexcept {
  switch (kind) {
    case OfficerRequestKind::access_key:
      return "access-key";
    case OfficerRequestKind::open_account:
      return "open-account";
    case OfficerRequestKind::suspend_card:
      return "suspend-card";
  }
  return "access-key";
}

const char* name_of(OfficerRequestState state) noexcept {
  switch (state) {
    case OfficerRequestState::waiting:
      return "waiting";
    case OfficerRequestState::approved:
      return "approved";
    case OfficerRequestState::declined:
      return "declined";
    case OfficerRequestState::done:
      return "done";
  }
  return "declined";
}

std::optional<OfficerState> officer_state(std::string_view name) noexcept {
  return named<OfficerState>(name, 3);
}

std::optional<OfficerRequestKind> officer_request_kind(std::string_view name) noexcept {
  return named<OfficerRequestKind>(name, 3);
}

std::optional<OfficerRequestState> officer_request_state(std::string_view name) noexcept {
  return named<OfficerRequestState>(name, 4);
}

}  // namespace cardea::server

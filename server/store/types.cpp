// SPDX-License-Identifier: Apache-2.0
#include "server/store/types.h"

namespace cardea::server {

const char* name_of(CardState state) noexcept {
  switch (state) {
    case CardState::active: return "active";
    case CardState::suspended: return "suspended";
    case CardState::revoked: return "revoked";
  }
  return "revoked";
}

std::optional<CardState> card_state(std::string_view name) noexcept {
  for (const CardState state : {CardState::active, CardState::suspended, CardState::revoked}) {
    if (name == name_of(state)) return state;
  }
  return {};
}

const char* name_of(GenerationState state) noexcept {
  switch (state) {
    case GenerationState::begun: return "begun";
    case GenerationState::pending: return "pending";
    case GenerationState::current: return "current";
    case GenerationState::cancelled: return "cancelled";
  }
  return "cancelled";
}

std::optional<GenerationState> generation_state(std::string_view name) noexcept {
  for (const GenerationState state : {GenerationState::begun, GenerationState::pending, GenerationState::current,
                                      GenerationState::cancelled}) {
    if (name == name_of(state)) return state;
  }
  return {};
}

const char* name_of(SessionLevel level) noexcept {
  switch (level) {
    case SessionLevel::password: return "password";
    case SessionLevel::answer: return "answer";
    case SessionLevel::card: return "card";
    case SessionLevel::access_key: return "access-key";
  }
  return "password";
}

}  // namespace cardea::server

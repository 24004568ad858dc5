// SPDX-License-Identifier: Apache-2.0
// The few texts that a program at the edge shows by itself, because there is no daemon to say them.
#pragma once

namespace cardea::client {

inline constexpr const char* kServiceDownText =
    "The card service is not running; card and access key can't be checked.";
inline constexpr const char* kAgainPrompt = "Once more: ";
inline constexpr const char* kNotTheSameText = "The two are not the same.";

}  // namespace cardea::client

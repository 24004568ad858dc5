// SPDX-License-Identifier: Apache-2.0
// The few texts that a program at the edge shows by itself, because there is no daemon to say
// them. English until text::translate() is asked.
#pragma once

#include "core/text/catalogue.h"

namespace cardea::client {

inline constexpr const char* kServiceDownText =
    text::tr("The card service is not running; card and access key can't be checked.");
inline constexpr const char* kAgainPrompt = text::tr("Once more: ");
inline constexpr const char* kNotTheSameText = text::tr("The two are not the same.");

}  // namespace cardea::client

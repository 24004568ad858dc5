// SPDX-License-Identifier: Apache-2.0
// The servers of a list by how fast they answer here, for a program that runs once and knows nothing of them
// (docs/spec/server-list.md, “The choice”). Called by cli/server_dialog; the daemon measures all the time
// (recoveryd/server_measurer).
#pragma once

#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"

namespace cardea::upstream {

// How long a person waits for servers that do not answer.
inline constexpr MonotonicMillis kMeasureMillis = 2'000;

// All of `urls`, asked at once: whoever is to be tried first comes first, whoever did not answer last. Empty
// when none has answered: then nothing is known.
std::vector<std::string> measured_servers(const std::vector<std::string>& urls, const std::string& ca_file,
                                          const Clock& clock, Random& random);

}  // namespace cardea::upstream

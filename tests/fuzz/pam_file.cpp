// SPDX-License-Identifier: Apache-2.0
// PAM service files, as any package or person may have written them: read, put together with themselves as
// what they include, and simulated.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "cli/doctor/pam_models.h"
#include "cli/doctor/pam_simulation.h"

using namespace cardea::cli::doctor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const PamFile file = parse_pam_file(text);
  if (file.lines.size() > kMaxPamLines) std::abort();
  const ReadPamFile read = [&](const std::string& name) -> std::optional<std::string> {
    return name.size() > 64 ? std::nullopt : std::optional(text);
  };
  const PamSituation situation{"fuzz", {"ana", 1000, {}}, {0}, {0}, true, true};
  for (const PamType type : {PamType::auth, PamType::account}) {
    const PamStack stack = load_pam_stack("fuzz", type, read);
    if (stack.handlers.size() > kMaxHandlers + kMaxIncludeDepth * 2 + 2) std::abort();
    const std::vector<PamHandler> some(
        stack.handlers.begin(), stack.handlers.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                                             stack.handlers.size(), 64)));
    const auto results =
        simulate_pam(some, [&](const PamHandler& handler) { return pam_answers(handler, type, situation); });
    if (results.empty()) std::abort();
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// A look at a server from outside, as `cardea doctor` takes one: does it answer, is its certificate good and
// until when, what does its clock say. Nothing of this computer or its users is told.
#pragma once

#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace cardea::upstream {

struct ServerLook {
  UnixSeconds certificate_ends = 0;
  std::optional<UnixSeconds> date;  // as its answer says
};

// Error::config_invalid, server_untrusted with what is wrong with the certificate, server_unreachable. Takes
// at most `total_millis` beside the look-up of the name.
Result<ServerLook> look_at_server(const std::string& url, const std::string& ca_file, const Clock& clock,
                                  MonotonicMillis total_millis);

}  // namespace cardea::upstream

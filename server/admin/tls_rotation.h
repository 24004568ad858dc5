// SPDX-License-Identifier: Apache-2.0
// Another certificate for a server with an authority of its own (server/init_certificate). The authority's
// key was thrown away when it had signed, so there is a new authority each time, in two steps: the clients
// get both authorities, then the server changes. Either step may be ended at any point and be done again.
#pragma once

#include <string>

#include "core/base/result.h"

namespace cardea::server::admin {

// Makes authority, certificate and key in the folder `next` beside the certificate, and adds the authority to
// ca.pem there. state_forbidden for a certificate of another authority. Returns the path of ca.pem.
Result<std::string> prepare_certificate(const std::string& certificate);
// Puts them in the place of the old ones. not_found when nothing was prepared.
Status activate_certificate(const std::string& certificate, const std::string& private_key);

}  // namespace cardea::server::admin

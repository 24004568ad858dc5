// SPDX-License-Identifier: Apache-2.0
// What the handlers of the administrator's page read in the same way.
#pragma once

#include "server/http/context.h"

namespace cardea::server::http {

// The member `touch`; what is wrong with it is `fields`' complaint.
TouchRequest read_touch(api::JsonFields& fields);

}  // namespace cardea::server::http

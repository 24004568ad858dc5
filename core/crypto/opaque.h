// SPDX-License-Identifier: Apache-2.0
// OPAQUE in one include: messages, client and server.
#pragma once

#include "core/crypto/opaque_client.h"    // IWYU pragma: export
#include "core/crypto/opaque_messages.h"  // IWYU pragma: export
#include "core/crypto/opaque_server.h"    // IWYU pragma: export

// SPDX-License-Identifier: Apache-2.0
// What a body of a state file is on the disk (docs/spec/enrolment-store.md, "Windows"): on Linux itself; on
// Windows sealed by DPAPI to the service's account, and to the kind of file it is. Called by read_state and
// write_state alone.
#pragma once

#include "core/base/secret.h"
#include "recoveryd/state/state_file.h"

namespace cardea::recoveryd {

// Error::io_failed when the system does not seal it.
Result<SecretBytes> protect_state(StateKind kind, SecretBytes body);
// Error::corrupted for what this account of this computer has not sealed as this kind.
Result<SecretBytes> unprotect_state(StateKind kind, SecretBytes stored);

}  // namespace cardea::recoveryd

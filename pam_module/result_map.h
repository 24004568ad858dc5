// SPDX-License-Identifier: Apache-2.0
// From the daemon's word, or from what went wrong on the way to it, to the number a PAM function returns. The
// only place where a judgement becomes PAM_SUCCESS or PAM_IGNORE.
#pragma once

#include "core/base/error.h"
#include "core/wire/local_messages.h"
#include "pam_module/door.h"

namespace cardea::pam {

struct Judgement {
  wire::Decision decision = wire::Decision::refused;
  Error error{};  // with `refused`: why; kNoError (0) means no reason was given
};

// `ignore_unknown_user`: the option of that name.
int pam_result(Door door, const Judgement& judgement, bool ignore_unknown_user) noexcept;

}  // namespace cardea::pam

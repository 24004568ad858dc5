// SPDX-License-Identifier: Apache-2.0
// Getting an access key from any computer (`cardea recover`, figure 13): password, answer, choice of the
// locked computer, and the key that opens it. The server learns none of them; it only counts what it issues.
#pragma once

#include "upstream/computer_calls.h"
#include "upstream/opaque_login.h"

namespace cardea::upstream {

inline constexpr int kMaxAnswers = 3;  // each is a guess at the server, too

// How the person is asked. An error of a callback ends the recovery and is returned.
struct RecoveryDialog {
  // The question, and whether an earlier answer was wrong. Returns the answer, UTF-8.
  std::function<Result<SecretBytes>(std::string_view question, bool again)> answer;
  // The index of the computer that is locked. Also asked when there is only one, so that he sees which.
  std::function<Result<std::size_t>(const std::vector<ComputerInfo>& computers)> choose_computer;
};

struct RecoveredAccessKey {
  SecretBytes typed;  // 35 characters, to be shown
  ComputerInfo computer;
  std::uint16_t index = 0;
};

// Error::identity_not_accepted: password, account or (after kMaxAnswers) answer wrong. Error::holder_missing:
// the user has no computer with access keys. Error::server_misbehaved: what the server issued does not belong
// to its own check value.
Result<RecoveredAccessKey> recover_access_key(ServerClient& client, const std::string& account,
                                              ByteView password, const RecoveryDialog& dialog);

}  // namespace cardea::upstream

// SPDX-License-Identifier: Apache-2.0
// The daemon's state files as another program, an older version or a full disk may have left them: the
// envelope of each kind, the enrolment record, the sealed copies of a keyring secret, the notices
// and the marks of records in it.
#include <cstdlib>

#include "core/login/enrolment_record.h"
#include "recoveryd/state/keyring_store.h"
#include "recoveryd/state/notice_store.h"
#include "recoveryd/state/record_marks.h"
#include "recoveryd/state/state_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardea;
  using recoveryd::StateKind;
  const ByteView input(data, size);
  for (const auto kind : {StateKind::computer, StateKind::gate, StateKind::enrolment, StateKind::tries}) {
    const auto body = recoveryd::unwrap_state(kind, input);
    if (body.ok() && kind == StateKind::enrolment) (void)login::decode_enrolment(body->expose());
  }
  if (const auto keyring = recoveryd::decode_keyring_file(input); keyring.ok()) {
    if (recoveryd::encode(*keyring).size() != size) std::abort();  // one way only to write it
  }
  if (const auto notices = recoveryd::NoticeFile::decode(input); notices.ok()) {
    const SecretBytes again = recoveryd::encode(*notices);
    if (!recoveryd::NoticeFile::decode(again.expose()).ok()) std::abort();
  }
  if (const auto marks = recoveryd::RecordMarks::decode(input); marks.ok()) {
    if (recoveryd::encode(*marks).size() != size) std::abort();  // one way only to write it
  }
  // Behind a checksum that is right, which no mutation finds.
  const auto record = login::decode_enrolment(input);
  if (!record.ok()) return 0;
  const SecretBytes written = login::encode(*record);
  const SecretBytes file = recoveryd::wrap_state(StateKind::enrolment, written.expose());
  const auto body = recoveryd::unwrap_state(StateKind::enrolment, file.expose());
  if (!body.ok() || !login::decode_enrolment(body->expose()).ok()) std::abort();
  if (recoveryd::unwrap_state(StateKind::tries, file.expose()).ok()) std::abort();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/record_history.h"

namespace cardea::recoveryd {

RecordHistory::RecordHistory(const Context& context, const login::EnrolmentRecord& owner)
    : context_(context), user_(owner.local_user), id_(owner.user_id) {
  if (context_.record_marks == nullptr) return;
  auto known = context_.record_marks->load(user_, id_);
  if (known.ok()) {
    known_ = std::move(*known);
  } else {
    context_.log.error("record marks not read", {{"user", user_}, {"detail", known.failure().detail}});
  }
}

bool RecordHistory::knows_newer(const records::SealedRecord& record) const {
  const RecordMark* mark = known_.find(record.name.id);
  if (mark == nullptr || record.name.version > mark->name.version) return false;
  const auto body = records::body_digest(record);
  return record.name.version < mark->name.version || !body.ok() || *body != mark->body;
}

Status RecordHistory::older(const records::RecordId& shown) const {
  context_.log.error(events::kRecordOlder, {{"user", user_}, {"record", to_hex(shown)}});
  return fail(Error::replayed, "a newer version of this record was seen");
}

Status RecordHistory::check(const records::SealedRecord& shown) const {
  return knows_newer(shown) ? older(shown.name.id) : Status();
}

Status RecordHistory::check_tombstone(const records::RecordName& shown) const {
  const RecordMark* mark = known_.find(shown.id);
  return mark == nullptr || shown.version > mark->name.version ? Status() : older(shown.id);
}

void RecordHistory::saw(const records::SealedRecord& record) {
  const auto body = records::body_digest(record);
  if (body.ok()) seen_.push_back({record.name, *body});
}

void RecordHistory::keep() {
  if (context_.record_marks == nullptr || seen_.empty()) return;
  Status damaged;
  const Status kept = context_.record_marks->update(
      user_, id_,
      [&](RecordMarks& marks) {
        for (const RecordMark& mark : seen_)
          marks.set(mark);
      },
      damaged);
  seen_.clear();
  if (!kept.ok())
    context_.log.error("record marks not written", {{"user", user_}, {"detail", kept.failure().detail}});
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/service/audit_watch.h"

#include "core/api/audit_event.h"

namespace cardea::recoveryd {
namespace {

Failure doubt(const std::string& why) { return fail(Error::server_untrusted, why); }

// Follows one page, not beyond `end`.
Status follow(const login::EnrolmentRecord& record, const upstream::AuditPage& page, std::uint64_t end,
              const AuditVisitor& visit, AuditWatch& watch) {
  const api::UserId user(record.user_id);
  for (const upstream::AuditEvent& event : page.events) {
    if (watch.length == end) break;
    const auto head = api::next_audit_head(
        watch.head, api::audit_event_text(user, watch.length + 1, event.time, event.kind, event.details));
    if (event.sequence != watch.length + 1 || event.hash != head)
      return doubt("The server shows another history of this account than it showed before.");
    watch.head = head;
    ++watch.length;
    visit(event);
  }
  return {};
}

Status go_on(const login::EnrolmentRecord& record, const upstream::AuditState& shown,
             const EventsAfter& events, const AuditVisitor& visit, AuditWatch& watch) {
  for (int pages = 0; watch.length < shown.length; ++pages) {
    if (pages == kMaxAuditPages) return {};
    const auto page = events(watch.length);
    if (!page.ok()) return {};
    if (page->events.empty()) return doubt("The server does not show the events of this account.");
    TRY(follow(record, *page, shown.length, visit, watch));
  }
  if (watch.head != shown.head)
    return doubt("The server shows another history of this account than it showed before.");
  return {};
}

Status judge(const login::EnrolmentRecord& record, const upstream::AuditState& shown,
             const EventsAfter& events, const AuditVisitor& visit, AuditWatch& watch) {
  if (!shown.checkpoint) return doubt("The server does not sign the events of this account.");
  const Bytes& key = shown.checkpoint->key;
  if (!record.checkpoint_key.empty() &&
      !api::follow_checkpoint_key(record.checkpoint_key, key, shown.checkpoint->handovers).ok())
    return doubt("The events of this account are not signed with the key this computer knows.");
  if (!upstream::check_checkpoint(shown, key).ok())
    return doubt("The events of this account are not signed with the key that the server shows.");
  if (shown.length < record.audit_length)
    return doubt("The server has forgotten events of this account: it shows " + std::to_string(shown.length) +
                 " of " + std::to_string(record.audit_length) + ".");
  TRY(go_on(record, shown, events, visit, watch));
  watch.checkpoint_key = key;
  return {};
}

}  // namespace

AuditWatch watch_audit(const login::EnrolmentRecord& record, const upstream::AuditState& shown,
                       const EventsAfter& events, const AuditVisitor& visit) {
  AuditWatch watch{{}, record.audit_length, record.audit_head, record.checkpoint_key};
  if (Status verdict = judge(record, shown, events, visit, watch); !verdict.ok())
    return {verdict.failure(), record.audit_length, record.audit_head, record.checkpoint_key};
  return watch;
}

}  // namespace cardea::recoveryd

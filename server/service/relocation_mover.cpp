// SPDX-License-Identifier: Apache-2.0
#include "server/service/relocation_mover.h"

#include <algorithm>
#include <limits>

#include "core/api/forward.h"
#include "server/service/moved_keys.h"
#include "server/service/relocation_rule.h"

namespace cardea::server {
namespace {

constexpr std::size_t kMovesAtOnce = 20;
constexpr std::int64_t kFirstRetry = 600;
constexpr std::uint32_t kMaxDoublings = 7;  // 600 s to 21 h
constexpr std::int64_t kFirstDelivery = 2;
constexpr std::uint32_t kMaxDeliveryDoublings = 10;  // 2 s to 34 min

// What another try would not mend.
bool is_final(Error error) {
  switch (error) {
    case Error::account_exists:
    case Error::already_exists:
    case Error::state_forbidden:
    case Error::limit_exceeded:
    case Error::corrupted:
      return true;
    default:
      return false;
  }
}

// The region does not answer, or somebody else does in its place: the next user would only wait, too.
bool is_silence(Error error) {
  return error == Error::server_unreachable || error == Error::server_untrusted ||
         error == Error::server_misbehaved;
}

std::string reason_of(const Failure& failure) { return error_name(failure.error); }

HomeChange from(const Home& home) { return {home.state, home.epoch, home, {}, 0}; }

}  // namespace

Result<MoverReport> RelocationMover::run(std::stop_token stop) {
  stop_ = std::move(stop);
  silent_.clear();
  delivered_ = 0;
  MoverReport report;
  // When it can't be said whether moves may begin, none does, and RelocationService::propose() says why; who
  // is on his way goes on all the same.
  const auto begin = may_begin();
  TRY_ASSIGN(const auto homes, store_.moves(clock_.now(), begin.ok() && *begin, kMovesAtOnce));
  for (const Home& home : homes) {
    if (stop_.stop_requested()) break;
    const Status done = step(home);
    if (!done.ok() && done.error() == Error::cancelled) break;
    if (!done.ok()) {
      report.troubles.push_back(home.user.text() + ": " + name_of(home.state) + " to " + home.region + ": " +
                                reason_of(done.failure()) + ": " + done.failure().detail);
    }
  }
  report.delivered = delivered_;
  return report;
}

Status RelocationMover::go_on() const {
  return stop_.stop_requested() ? fail(Error::cancelled, "this server stops") : Status();
}

Result<bool> RelocationMover::may_begin() const {
  TRY_ASSIGN(const bool off, policies_.is(Policy::relocation, "off"));
  return !off;
}

template <typename Request>
auto RelocationMover::ask(const Home& home, const Request& request) -> decltype(request()) {
  TRY(go_on());
  auto answer = request();
  if (!answer.ok() && is_silence(answer.error())) silent_.insert(home.region);
  return answer;
}

Status RelocationMover::step(const Home& home) {
  switch (home.state) {
    case HomeState::agreed:
      return move(home);
    case HomeState::frozen:
      return thaw(home, fail(Error::timeout, "the lease is over"));
    case HomeState::gone:
      return deliver_or_wait(home);
    default:
      return {};
  }
}

Result<RelocationMover::Transfer> RelocationMover::begin_transfer(const Home& home, std::uint32_t epoch) {
  const auto region = policy_.others.find(home.region);
  RegionPeer* peer = region == policy_.others.end() ? nullptr : peers_(home.region);
  if (peer == nullptr) return fail(Error::not_found, "no such region: " + home.region);
  if (silent_.contains(home.region))
    return fail(Error::server_unreachable, "the region did not answer just now");
  return Transfer{*peer, region->second, move_id(policy_.here, home.user, epoch), {}};
}

Result<RelocationMover::Export> RelocationMover::make_export(const Home& home, std::uint32_t epoch) {
  Export out;
  Bundle& bundle = out.bundle;
  bundle.source = policy_.here;
  bundle.destination = home.region;
  bundle.user = home.user;
  bundle.epoch = epoch;
  bundle.made = clock_.now();
  bundle.opaque_public = to_bytes(secrets_.opaque().public_key());
  bundle.records_days = home.records_days;
  TRY_ASSIGN(bundle.rows, store_.user_rows(home.user));
  TRY_ASSIGN(const User user, store_.get_user(home.user));
  bundle.audit = user.audit;
  TRY_ASSIGN(const OprfKeys keys, oprf_keys_of(store_, secrets_, home.user));
  TRY_ASSIGN(bundle.oprf_keys,
             seal_oprf_keys(keys, bundle, policy_.others.find(home.region)->second.key.seal_point, random_));
  TRY_ASSIGN(out.bytes, encode(bundle, keys_.sign()));
  out.hash = crypto::sha256({out.bytes});
  return out;
}

Status RelocationMover::send(const Home& home, Transfer& transfer, const Export& exported) {
  const ByteView bytes = exported.bytes;
  for (std::size_t at = 0, number = 0; at < bytes.size(); at += kBundlePart, ++number) {
    const ByteView part = bytes.subspan(at, std::min(kBundlePart, bytes.size() - at));
    const Digest digest = crypto::sha256({part});
    if (number < transfer.sent.size() && transfer.sent[number] == digest) continue;
    TRY(ask(home,
            [&] { return transfer.peer.put_part(transfer.move, static_cast<std::uint32_t>(number), part); }));
    if (number < transfer.sent.size()) {
      transfer.sent[number] = digest;
    } else {
      transfer.sent.push_back(digest);
    }
  }
  return {};
}

Result<Bytes> RelocationMover::import(const Home& home, Transfer& transfer, const Export& exported) {
  const auto parts = static_cast<std::uint32_t>((exported.bytes.size() + kBundlePart - 1) / kBundlePart);
  TRY_ASSIGN(auto receipt,
             ask(home, [&] { return transfer.peer.import(transfer.move, exported.hash, parts); }));
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(transfer.region.key.sign_spki));
  TRY(key.verify(receipt_proof(exported.bundle, exported.hash, receipt.checkpoint_spki), receipt.signature));
  return std::move(receipt.checkpoint_spki);
}

// Everything up to the freeze may take its time and changes nothing for the user.
Status RelocationMover::move(const Home& home) {
  if (home.epoch == std::numeric_limits<std::uint32_t>::max())
    return postpone(home, fail(Error::limit_exceeded, "he has moved as often as can be counted"));
  auto transfer = begin_transfer(home, home.epoch);
  if (!transfer.ok()) return postpone(home, transfer.failure());
  const auto ahead = make_export(home, home.epoch);
  if (!ahead.ok()) return postpone(home, ahead.failure());
  const Status sent = send(home, *transfer, *ahead);
  if (stop_.stop_requested()) return {};  // nothing has happened
  if (!sent.ok()) return postpone(home, sent.failure());
  TRY_ASSIGN(const bool begin, may_begin());  // still, after what may have been minutes
  if (!begin) return {};
  HomeChange freeze = from(home);
  freeze.to.state = HomeState::frozen;
  freeze.to.lease_until = clock_.now() + kFreezeLease;
  freeze.audit = AuditNote{"moved-out", api::Json::Object{{"to", home.region}, {"epoch", home.epoch + 1}}};
  const auto frozen = store_.change_home(freeze, clock_.now());
  // Another server of this store was faster, or the user has changed his mind.
  if (!frozen.ok() && frozen.error() == Error::precondition_failed) return {};
  if (!frozen.ok()) return is_final(frozen.error()) ? postpone(home, frozen.failure()) : frozen.failure();
  const Status moved = move_frozen(*frozen, *transfer);
  if (!moved.ok()) return thaw(*frozen, moved.failure());
  TRY_ASSIGN(const Home gone, store_.home(home.user));
  return deliver_or_wait(gone);
}

Status RelocationMover::move_frozen(const Home& home, Transfer& transfer) {
  TRY_ASSIGN(const Export exported, make_export(home, home.epoch));
  TRY(send(home, transfer, exported));
  TRY_ASSIGN(const Bytes checkpoint_spki, import(home, transfer, exported));
  TRY(go_on());  // behind the switch he would wait until this server has started again
  const UnixSeconds now = clock_.now();
  HomeChange change = from(home);
  change.not_after = home.lease_until;
  change.to.state = HomeState::gone;
  change.to.epoch = home.epoch + 1;
  change.to.bundle = exported.hash;
  change.to.attempts = 0;
  change.to.delivered = false;
  change.to.forward = api::encode(
      api::Forward{home.user, home.epoch + 1, home.region, transfer.region.url, checkpoint_spki, now});
  TRY(store_.change_home(change, now));
  return {};
}

// He is gone already, and at home nowhere until it is done: it is tried again until then, soon at first.
Status RelocationMover::deliver_or_wait(const Home& home) {
  const Status done = deliver(home);
  if (done.ok() || done.error() == Error::cancelled) return done;
  HomeChange change = from(home);
  const UnixSeconds now = clock_.now();
  change.to.not_before = now + (kFirstDelivery << std::min(home.attempts, kMaxDeliveryDoublings));
  ++change.to.attempts;
  const auto written = store_.change_home(change, now);
  if (!written.ok() && written.error() != Error::precondition_failed) return written.failure();
  return done;
}

Status RelocationMover::deliver(const Home& home) {
  TRY_ASSIGN(Transfer transfer, begin_transfer(home, home.epoch - 1));
  Digest bundle = home.bundle;
  const auto activate = [&] {
    return transfer.peer.activate(transfer.move, home.user, bundle, home.forward);
  };
  Status active = ask(home, activate);
  if (!active.ok() && active.error() == Error::server_conflict) {
    // The destination has lost what it had imported: all of it is still here.
    TRY_ASSIGN(const Export exported, make_export(home, home.epoch - 1));
    TRY(send(home, transfer, exported));
    TRY(import(home, transfer, exported));
    bundle = exported.hash;
    active = ask(home, activate);
  }
  TRY(active);
  HomeChange change = from(home);
  change.to.bundle = bundle;
  change.to.delivered = true;
  const auto done = store_.change_home(change, clock_.now());
  if (done.ok()) ++delivered_;
  return done.ok() || done.error() == Error::precondition_failed ? Status() : Status(done.failure());
}

Status RelocationMover::thaw(const Home& home, const Failure& why) {
  return end(home,
             AuditNote{"move-failed", api::Json::Object{{"to", home.region}, {"reason", reason_of(why)}}},
             why);
}

Status RelocationMover::postpone(const Home& home, const Failure& why) { return end(home, {}, why); }

Status RelocationMover::end(Home home, std::optional<AuditNote> audit, const Failure& why) {
  HomeChange change = from(home);
  const UnixSeconds now = clock_.now();
  change.audit = std::move(audit);
  change.to.lease_until = 0;
  if (is_final(why.error)) {
    change.to.state = HomeState::here;
    change.to.region.clear();
    change.to.attempts = 0;
    change.to.quiet_until = now + kQuietDays * kSecondsPerDay;
  } else if (why.error == Error::cancelled) {
    change.to.state = HomeState::agreed;
    change.to.not_before = now;
  } else {
    change.to.state = HomeState::agreed;
    change.to.not_before = now + (kFirstRetry << std::min(home.attempts, kMaxDoublings));
    ++change.to.attempts;
  }
  const auto written = store_.change_home(change, now);
  if (!written.ok() && written.error() != Error::precondition_failed) return written.failure();
  return why;
}

}  // namespace cardea::server

// SPDX-License-Identifier: Apache-2.0
#include "server/service/relocation_inbox.h"

#include <algorithm>

#include "core/api/checkpoint_key.h"
#include "core/api/forward.h"
#include "core/base/byte_builder.h"
#include "server/service/moved_keys.h"
#include "server/service/relocation_rule.h"

namespace cardea::server {
namespace {

// A mover has one under way; a store may have several servers, and what was given up stays for a while.
constexpr std::size_t kBundlesOfASource = 16;
constexpr std::size_t kPartsOfASource = 8192;  // 320 MiB: two bundles of the largest size

// A region chooses the name of its move: under the bare name it could write over the parts of another's.
BundleId kept_under(std::string_view source, const Digest& move) {
  BundleId id = crypto::sha256({ByteBuilder().lp(source).raw(move).view()});
  const Digest region = crypto::sha256({ByteBuilder().lp(source).view()});
  std::copy_n(region.begin(), kBundleSource, id.begin());
  return id;
}

}  // namespace

Result<const OtherRegion*> RelocationInbox::known(std::string_view source) const {
  const auto region = policy_.others.find(source);
  if (region == policy_.others.end()) return fail(Error::peer_not_trusted, "no such region");
  return &region->second;
}

Status RelocationInbox::put_part(std::string_view source, const Digest& move, std::uint32_t number,
                                 ByteView part, UnixSeconds now) {
  TRY(known(source));
  if (number >= kMaxBundleParts || part.empty() || part.size() > kBundlePart)
    return fail(Error::limit_exceeded, "a part of a bundle");
  return store_.put_bundle_part(
      {kept_under(source, move), number, to_bytes(part), kBundlesOfASource, kPartsOfASource}, now);
}

// The same import again, because its answer was lost.
Result<bool> RelocationInbox::is_here(const Bundle& bundle, const Digest& hash) {
  const auto home = store_.home(bundle.user);
  if (!home.ok()) return home.error() == Error::not_found ? Result<bool>(false) : home.failure();
  return home->bundle == hash && !home->purged && home->state != HomeState::gone;
}

Result<RegionPeer::Receipt> RelocationInbox::import(std::string_view source, const Digest& move,
                                                    const Digest& bundle_hash, std::uint32_t parts,
                                                    UnixSeconds now) {
  TRY_ASSIGN(const OtherRegion* const region, known(source));
  if (parts == 0 || parts > kMaxBundleParts) return fail(Error::limit_exceeded, "parts of a bundle");
  TRY_ASSIGN(Bytes bytes, store_.bundle(kept_under(source, move), parts));
  if (crypto::sha256({bytes}) != bundle_hash) return fail(Error::server_conflict, "another bundle");
  TRY_ASSIGN(Bundle bundle, open_bundle(bytes, region->key.sign_spki));
  bytes = {};  // up to 160 MiB
  if (bundle.source != source || bundle.destination != policy_.here ||
      move != move_id(source, bundle.user, bundle.epoch))
    return fail(Error::peer_not_trusted, "a bundle for another region");
  if (bundle.opaque_public != to_bytes(secrets_.opaque().public_key()))
    return fail(Error::state_forbidden, "the regions have not the same AKE key");
  TRY_ASSIGN(const bool here, is_here(bundle, bundle_hash));
  if (!here) {
    TRY(check_rows(bundle));
    TRY_ASSIGN(const OprfKeys keys, open_oprf_keys(bundle, keys_.seal()));
    ImportUser command{bundle.user, bundle.source,      bundle.epoch, bundle_hash, std::move(bundle.rows),
                       {},          bundle.records_days};
    TRY_ASSIGN(command.keys, seal_keys(secrets_, bundle.user, keys, random_));
    TRY(store_.import_user(command, now));
  }
  RegionPeer::Receipt receipt{secrets_.checkpoint_key().spki(), {}};
  const auto signature = keys_.sign().sign(receipt_proof(bundle, bundle_hash, receipt.checkpoint_spki));
  receipt.signature.assign(signature.begin(), signature.end());
  return receipt;
}

Status RelocationInbox::activate(std::string_view source, const Digest& move, const UserId& user,
                                 const Digest& bundle, ByteView statement, UnixSeconds now) {
  TRY(known(source));
  const auto decoded = api::decode_forward(statement);
  if (!decoded.ok()) return fail(Error::invalid_argument, decoded.failure().detail);
  const api::Forward& forward = *decoded;
  const auto home = store_.home(user);
  if (!home.ok() && home.error() != Error::not_found) return home.failure();
  if (!home.ok() || home->purged) return fail(Error::server_conflict, "this import is not here");
  if (home->state == HomeState::arriving && home->region != source)
    return fail(Error::peer_not_trusted, "the user comes from another region");
  // The key may have been replaced since the receipt.
  const Status our_key = api::follow_checkpoint_key(forward.checkpoint_spki, secrets_.checkpoint_key().spki(),
                                                    secrets_.handovers());
  if (forward.user != user || forward.region != policy_.here || !our_key.ok() ||
      move != move_id(source, user, forward.epoch - 1))
    return fail(Error::invalid_argument, "a forward that does not fit");
  ActivateUser command{user, forward.epoch, bundle, now + kQuietDays * kSecondsPerDay, {}};
  command.audit = {"moved-in", api::Json::Object{{"from", std::string(source)}, {"epoch", forward.epoch}}};
  TRY(store_.activate_user(command, now));
  return store_.drop_bundle(kept_under(source, move));
}

}  // namespace cardea::server

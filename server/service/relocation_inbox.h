// SPDX-License-Identifier: Apache-2.0
// Users who come from another region (docs/spec/relocation.md, "The move"): the destination's side. Nobody is
// served here before his old home has said that he has left it. Called by http/handlers_regions.
#pragma once

#include "server/service/region_keys.h"
#include "server/service/region_peer.h"
#include "server/service/relocation_bundle.h"
#include "server/service/server_secrets.h"
#include "server/store/store.h"

namespace cardea::server {

class RelocationInbox {
 public:
  // All outlive the inbox.
  RelocationInbox(Store& store, const ServerSecrets& secrets, const RegionKeys& keys,
                  const RegionPolicy& policy, Random& random)
      : store_(store), secrets_(secrets), keys_(keys), policy_(policy), random_(random) {}

  // `source` has signed the request; peer_not_trusted when it is not in [regions], timeout when it has enough
  // here: it comes again.
  Status put_part(std::string_view source, const Digest& move, std::uint32_t number, ByteView part,
                  UnixSeconds now);
  // What open_bundle(), check_rows() and Store::import_user() refuse; peer_not_trusted for a bundle that is
  // for another region or from another than `source`; state_forbidden when that region has another AKE
  // key.
  Result<RegionPeer::Receipt> import(std::string_view source, const Digest& move, const Digest& bundle,
                                     std::uint32_t parts, UnixSeconds now);
  // server_conflict when this import is not here; invalid_argument for a forward that does not fit it.
  Status activate(std::string_view source, const Digest& move, const UserId& user, const Digest& bundle,
                  ByteView statement, UnixSeconds now);

 private:
  Result<const OtherRegion*> known(std::string_view source) const;
  Result<bool> is_here(const Bundle& bundle, const Digest& hash);

  Store& store_;
  const ServerSecrets& secrets_;
  const RegionKeys& keys_;
  const RegionPolicy& policy_;
  Random& random_;
};

}  // namespace cardea::server

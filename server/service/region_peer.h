// SPDX-License-Identifier: Apache-2.0
// Another region as the mover sees it (docs/spec/relocation.md, "Between servers"): every request may be
// repeated. Implemented by server/http/region_client over HTTPS, and by tests.
#pragma once

#include "server/store/regions.h"

namespace cardea::server {

class RegionPeer {
 public:
  virtual ~RegionPeer() = default;
  virtual Status put_part(const Digest& move, std::uint32_t number, ByteView part) = 0;
  struct Receipt {
    Bytes checkpoint_spki;
    Bytes signature;
  };
  virtual Result<Receipt> import(const Digest& move, const Digest& bundle, std::uint32_t parts) = 0;
  // server_conflict when the import is not there (any more).
  virtual Status activate(const Digest& move, const UserId& user, const Digest& bundle,
                          ByteView statement) = 0;
};

}  // namespace cardea::server

// SPDX-License-Identifier: Apache-2.0
// Making and issuing access keys (docs/spec/access-key.md). The server takes part in making a chain and
// counts what was issued; it can't compute a key. The second walk of docs/architecture.md comes through here.
#pragma once

#include "server/service/caller.h"

namespace cardea::server {

inline constexpr std::uint32_t kChainLength = 1000;  // N: keys of one generation
inline constexpr std::uint32_t kMaxAhead = 64;       // what the computer tries beyond the last used key

struct GenerationBegun {
  std::uint32_t number = 0;
  std::array<std::uint8_t, 32> server_random{};
  Bytes recovery_public;
  Card signer;
};

class AccessKeyIssuer {
 public:
  AccessKeyIssuer(Store& store, Random& random) : store_(store), random_(random) {}

  // The three steps of a computer. `render` of begin gets what the computer needs to make the chain.
  Result<Outcome<Generation>> begin(const Caller& caller, const UserId& user, UnixSeconds now,
                                    std::optional<Once> once,
                                    const std::function<StoredAnswer(const GenerationBegun&)>& render);
  Result<Outcome<Generation>> prepare(const Caller& caller, PrepareGeneration command,
                                      const Change<Generation>& change);
  Result<Outcome<Generation>> commit(const Caller& caller, CommitGeneration command,
                                     const Change<Generation>& change);
  // The next key's number and the seal it can be computed from, for the owner of the session.
  Result<Outcome<Issued>> issue(const Caller& caller, const ComputerId& computer,
                                const Change<Issued>& change);

 private:
  Store& store_;
  Random& random_;
};

}  // namespace cardea::server

// SPDX-License-Identifier: Apache-2.0
// Two servers that are regions to one another, in this process: a user who has agreed goes from the north to
// the south over the real routes.
#pragma once

#include "server/service/relocation_mover.h"
#include "tests/support/server/in_process.h"

namespace cardea::test {

inline std::shared_ptr<const server::RegionKeys> new_region_keys() {
  SystemRandom random;
  return std::make_shared<server::RegionKeys>(server::RegionKeys::make(random.secret<32>()).value());
}

inline Identity region_identity(const server::RegionKeys& keys, const std::string& name) {
  Identity out;
  out.keyid = "region:" + name;
  out.key = std::make_shared<crypto::Ed25519KeyPair>(crypto::Ed25519KeyPair::from_seed(keys.sign().seed()));
  return out;
}

inline server::http::ServiceSettings region_settings(const std::string& here, const std::string& there,
                                                     const std::shared_ptr<const server::RegionKeys>& ours,
                                                     const server::RegionKeys& theirs) {
  server::http::ServiceSettings out{"server.test", here, true, 1'000'000};
  out.regions.here = here;
  out.regions.others[there] = {"https://" + there + ".test", theirs.public_key()};
  out.region_keys = ours;
  return out;
}

// What http/region_client says, straight into the other region's router.
class ApiPeer final : public server::RegionPeer {
 public:
  using Digest = server::Digest;
  ApiPeer(ApiClient client, Identity identity) : client_(std::move(client)), identity_(std::move(identity)) {}
  Status put_part(const Digest& move, std::uint32_t number, ByteView part) override {
    return status(call("PUT", move, "/parts/" + std::to_string(number),
                       api::Json::Object{{"part", api::Json::bytes(part)}}));
  }
  Result<Receipt> import(const Digest& move, const Digest& bundle, std::uint32_t parts) override {
    const HttpReply reply =
        call("POST", move, "/import", api::Json::Object{{"bundle", to_hex(bundle)}, {"parts", parts}});
    TRY(status(reply));
    return Receipt{reply.bytes("checkpoint_key"), reply.bytes("signature")};
  }
  Status activate(const Digest& move, const api::UserId& user, const Digest& bundle,
                  ByteView statement) override {
    return status(call("POST", move, "/activate",
                       api::Json::Object{{"user_id", user.text()},
                                         {"bundle", to_hex(bundle)},
                                         {"statement", api::Json::bytes(statement)}}));
  }

 private:
  HttpReply call(const char* method, const Digest& move, const std::string& rest, const api::Json& body) {
    return client_.call(method, "/v1/regions/moves/" + to_hex(move) + rest, body, &identity_);
  }
  static Status status(const HttpReply& reply) {
    return reply.status < 300 ? Status() : Status(fail(Error::server_refused, reply.body));
  }
  ApiClient client_;
  Identity identity_;
};

struct TwoRegions {
  TwoRegions() {
    south.ake_key = SecretKey32(north.ake_key.expose());
    south.restart();
  }
  // What the mover of the north does with those who have agreed.
  Result<server::MoverReport> run_mover_of_north() {
    ApiPeer peer(south.client(), region_identity(*north_keys, "north"));
    const server::Policies policies(*north.store, {});
    server::RelocationMover mover(
        *north.store, *north.secrets, *north_keys, north.services->settings.regions, policies,
        [&](std::string_view) { return &peer; }, north.clock, north.random);
    return mover.run();
  }
  std::shared_ptr<const server::RegionKeys> north_keys = new_region_keys(), south_keys = new_region_keys();
  InProcessServer north{region_settings("north", "south", north_keys, *south_keys)};
  InProcessServer south{region_settings("south", "north", south_keys, *north_keys)};
};

}  // namespace cardea::test

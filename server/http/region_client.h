// SPDX-License-Identifier: Apache-2.0
// Another region over HTTPS (docs/spec/relocation.md, "Between servers"). Made by server/region_loop; one
// thread at a time.
#pragma once

#include <memory>

#include "server/service/region_keys.h"
#include "server/service/region_peer.h"
#include "upstream/https_transport.h"
#include "upstream/server_client.h"

namespace cardea::server::http {

class RegionClient final : public RegionPeer {
 public:
  // `here`: our region's name. Keys, clock and random outlive the client. config_invalid.
  static Result<std::unique_ptr<RegionClient>> create(const std::string& here, const OtherRegion& region,
                                                      const std::string& ca_file, const RegionKeys& keys,
                                                      const Clock& clock, Random& random);
  Status put_part(const Digest& move, std::uint32_t number, ByteView part) override;
  Result<Receipt> import(const Digest& move, const Digest& bundle, std::uint32_t parts) override;
  Status activate(const Digest& move, const UserId& user, const Digest& bundle, ByteView statement) override;

 private:
  RegionClient(std::unique_ptr<upstream::HttpsTransport> transport, upstream::RequestKey key,
               const Clock& clock, Random& random)
      : transport_(std::move(transport)), key_(std::move(key)), client_(*transport_, clock, random) {}
  Result<upstream::Answer> call(const char* method, const std::string& path, api::Json body);

  const std::unique_ptr<upstream::HttpsTransport> transport_;
  const upstream::RequestKey key_;
  upstream::ServerClient client_;
};

}  // namespace cardea::server::http

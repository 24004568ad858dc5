// SPDX-License-Identifier: Apache-2.0
// All services of one server process, put together once, and what the handlers need to know about it.
#pragma once

#include "core/base/clock.h"
#include "server/http/metrics.h"
#include "server/service/access_key_issuer.h"
#include "server/service/card_replacement.h"
#include "server/service/card_service.h"
#include "server/service/computer_service.h"
#include "server/service/guest_accounts.h"
#include "server/service/login_service.h"
#include "server/service/record_service.h"
#include "server/service/registration.h"
#include "server/service/relocation_inbox.h"
#include "server/service/relocation_service.h"
#include "server/service/session_service.h"

namespace cardea::server::http {

struct ServiceSettings {
  std::string authority;  // what clients call this server
  std::string region;
  bool registration_open = true;
  std::uint32_t guesses_per_prefix = 50;
  GuestPolicy guests = {};
  RegionPolicy regions = {};
  std::shared_ptr<const RegionKeys> region_keys = {};  // null: this is the only region
};

struct Services {
  Services(Store& s, const ServerSecrets& server_secrets, const Clock& c, Random& random, Metrics& m,
           ServiceSettings server_settings)
      : store(s),
        secrets(server_secrets),
        clock(c),
        metrics(m),
        settings(std::move(server_settings)),
        budget(s, settings.guesses_per_prefix),
        registration(s, budget, secrets, random, settings.registration_open),
        logins(s, budget, secrets, random),
        sessions(s, secrets, random, settings.authority),
        cards(s),
        replacement(s),
        access_keys(s, random),
        computers(s),
        guests(s, secrets, settings.authority, settings.guests),
        records(s),
        relocation(s, settings.regions) {
    if (settings.region_keys) arrivals.emplace(s, secrets, *settings.region_keys, settings.regions, random);
  }
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  Store& store;
  const ServerSecrets& secrets;
  const Clock& clock;
  Metrics& metrics;
  const ServiceSettings settings;
  GuessBudget budget;
  Registration registration;
  LoginService logins;
  SessionService sessions;
  CardService cards;
  CardReplacement replacement;
  AccessKeyIssuer access_keys;
  ComputerService computers;
  GuestAccounts guests;
  RecordService records;
  RelocationService relocation;
  std::optional<RelocationInbox> arrivals;  // from other regions
};

}  // namespace cardea::server::http

// SPDX-License-Identifier: Apache-2.0
// All services of one server process, put together once, and what the handlers need to know about it.
#pragma once

#include "core/base/clock.h"
#include "server/http/metrics.h"
#include "server/service/access_key_issuer.h"
#include "server/service/admin_desk.h"
#include "server/service/card_replacement.h"
#include "server/service/card_service.h"
#include "server/service/computer_service.h"
#include "server/service/draft_service.h"
#include "server/service/guest_accounts.h"
#include "server/service/login_service.h"
#include "server/service/officer_desk.h"
#include "server/service/officer_sessions.h"
#include "server/service/pairing_service.h"
#include "server/service/record_service.h"
#include "server/service/registration.h"
#include "server/service/relocation_inbox.h"
#include "server/service/relocation_service.h"
#include "server/service/server_directory.h"
#include "server/service/session_service.h"
#include "server/service/sheet_service.h"

namespace cardea::server::http {

struct ServiceSettings {
  std::string authority;  // what clients call this server
  std::string region;
  bool registration_open = true;
  std::uint32_t guesses_per_prefix = 50;
  GuestPolicy guests = {};
  std::optional<api::ServerList> servers = {};  // nothing: this one only
  RegionPolicy regions = {};
  std::shared_ptr<const RegionKeys> region_keys = {};  // null: this is the only region
  std::string program = CARDEA_VERSION;
};

struct Services {
  Services(Store& s, const ServerSecrets& server_secrets, const Clock& c, Random& random_source, Metrics& m,
           ServiceSettings server_settings)
      : store(s),
        secrets(server_secrets),
        clock(c),
        random(random_source),
        metrics(m),
        settings(std::move(server_settings)),
        policies(s, {settings.registration_open, settings.guesses_per_prefix}),
        budget(s, policies),
        registration(s, budget, secrets, random, policies),
        accounts(s),
        logins(s, accounts, budget, secrets, random),
        sessions(s, secrets, random, settings.authority),
        sheets(s, accounts, budget, sessions),
        cards(s),
        replacement(s),
        access_keys(s, random),
        computers(s),
        guests(s, secrets, settings.authority, settings.guests),
        records(s),
        servers(secrets, settings.servers, c.now()),
        officer_sessions(s, secrets, random, sessions),
        officers(s, random, policies),
        pairings(s),
        drafts(s, budget, secrets, random, policies),
        relocation(s, settings.regions, policies),
        administration(s, secrets, random, sessions, policies, settings.program) {
    if (settings.region_keys) arrivals.emplace(s, secrets, *settings.region_keys, settings.regions, random);
  }
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  Store& store;
  const ServerSecrets& secrets;
  const Clock& clock;
  Random& random;
  Metrics& metrics;
  const ServiceSettings settings;
  const Policies policies;
  GuessBudget budget;
  Registration registration;
  AccountReader accounts;
  LoginService logins;
  SessionService sessions;
  SheetService sheets;
  CardService cards;
  CardReplacement replacement;
  AccessKeyIssuer access_keys;
  ComputerService computers;
  GuestAccounts guests;
  RecordService records;
  const ServerDirectory servers;
  OfficerSessions officer_sessions;
  OfficerDesk officers;
  PairingService pairings;
  DraftService drafts;
  RelocationService relocation;
  std::optional<RelocationInbox> arrivals;  // from other regions
  AdminDesk administration;
};

}  // namespace cardea::server::http

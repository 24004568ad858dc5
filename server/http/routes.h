// SPDX-License-Identifier: Apache-2.0
// The table of everything the API does: request, who may ask, handler. A request that is not in the table, or
// is asked by somebody else, is refused before its body is read as JSON. server/openapi.yaml describes the
// same routes; a test compares the two.
#pragma once

#include <span>

#include "server/http/context.h"

namespace cardea::server::http {

// Who may make a request; a bit each. Sessions by level, see docs/spec/server-protocol.md "Session levels".
enum Allow : unsigned {
  kAnyone = 1,         // no signature is looked at
  kPassword = 2,       // session of level password
  kAnswer = 4,         // session of level answer
  kCard = 8,           // session opened by a card
  kAccessKey = 16,     // session opened by an access key
  kDevice = 32,        // a known computer's key
  kBodyDevice = 64,    // a computer that introduces itself in computer.device_spki
  kOfficer = 128,      // a help-desk officer's session, opened by his WebAuthn key
  kOfficerCard = 256,  // the same, opened by his card
  kRegion = 2048,      // another region's server
  // An administrator's session, by WebAuthn key or card: he is no officer of the help desk by it.
  kAdministrator = 512,
  kAdministratorCard = 1024
};
inline constexpr unsigned kAnySession = kPassword | kAnswer | kCard;
inline constexpr unsigned kAnyOfficer = kOfficer | kOfficerCard;
inline constexpr unsigned kAnyAdministrator = kAdministrator | kAdministratorCard;

struct Route {
  const char* method;
  const char* pattern;  // "/v1/records/{record_id}"
  unsigned allow;
  bool has_body;
  const char* query;  // parameters, "since|cursor"; others are refused
  Handler handler;
  UnixSeconds deprecated = 0;  // since when there is a better way (RFC 9745); 0: there is none
  UnixSeconds sunset = 0;      // when the route goes (RFC 8594); 0: not known
};

std::span<const Route> routes();

}  // namespace cardea::server::http

// SPDX-License-Identifier: Apache-2.0
// How the things of the API look as JSON, and how they are read from it. Used by the handlers.
#pragma once

#include "server/http/context.h"
#include "server/service/audit_log.h"

namespace cardea::server::http {

inline constexpr std::size_t kMaxSpki = 600;  // RSA-4096 has 550 bytes

api::Json to_json(const Card& card);      // with keys
api::Json state_json(const Card& card);   // only what a computer's check-in needs
api::Json signer_json(const Card& card);  // the card that signed the recovery key
api::Json to_json(const Computer& computer);
api::Json to_json(const Holder& holder);
api::Json to_json(const Record& record);  // without the envelope
api::Json to_json(const AuditEvent& event);
// {length, head}
api::Json to_json(const AuditPoint& point);
// The same with a signed checkpoint.
api::Json audit_json(const Context& context, const AuditPoint& point);
api::Json registered_json(const Context& context, const Registered& registered);
// The same of the administration's chain.
api::Json administration_json(const Context& context, const AuditPoint& point);
api::Json checkpoint_json(const ServerSecrets& secrets, const Checkpoint& signed_point);
// `key` and, after a rotation, `handovers`: the way from the first key to it.
void add_checkpoint_key(const ServerSecrets& secrets, api::Json::Object& out);

// 421: where the user has gone (docs/spec/relocation.md).
Response forwarded(const ServerSecrets& secrets, const Home& home);
// {to, since} of a proposal that waits for its answer; null for nobody else.
api::Json relocation_json(const Home& home);

// Read from a request; what only the services know stays empty. invalid_argument.
Result<Card> read_card(const api::Json& json);
Result<Computer> read_computer(const api::Json& json);
Result<std::vector<Holder>> read_holders(const api::Json::Array& list);

}  // namespace cardea::server::http

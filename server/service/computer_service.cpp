// SPDX-License-Identifier: Apache-2.0
#include "server/service/computer_service.h"

#include "core/api/proofs.h"
#include "core/crypto/signature.h"
#include "server/service/holder_rules.h"
#include "server/service/registration.h"

namespace cardea::server {
namespace {

AuditNote note(const char* kind, const Caller& caller, const ComputerId& computer) {
  return {kind, api::Json::Object{{"computer", computer.text()},
                                  {"level", name_of(caller.session->level)},
                                  {"from", caller.prefix}}};
}

}  // namespace

Result<Outcome<Computer>> ComputerService::add(const Caller& caller, ComputerRequest request,
                                               const Change<Computer>& change) {
  if (!caller.session) return Error::permission_denied;
  AddComputer command;
  command.user = caller.session->user;
  command.computer = std::move(request.computer);
  TRY(check_new_computer(command.computer));
  TRY_ASSIGN(const auto key, crypto::PublicKey::from_spki(command.computer.device_spki));
  TRY(key.verify(api::computer_proof(command.user, command.computer.device_spki), request.proof));
  TRY_ASSIGN(const User user, store_.get_user(command.user));
  // Adding a computer brings its own holders only; those of others have requests of their own.
  TRY(check_holders(request.holders, {{}, {command.computer.id}}, user.epoch));
  command.holders = std::move(request.holders);
  command.audit = note("computer-added", caller, command.computer.id);
  return store_.add_computer(change, command);
}

Result<Outcome<Computer>> ComputerService::ask_for_keys(const Caller& caller, const ComputerId& computer,
                                                        const Change<Computer>& change) {
  if (!caller.session) return Error::permission_denied;
  return store_.ask_for_keys(change,
                             {caller.session->user, computer, note("access-keys-asked", caller, computer)});
}

Result<Outcome<Retired>> ComputerService::retire(const Caller& caller, const ComputerId& computer,
                                                 const Change<Retired>& change) {
  if (!caller.session) return Error::permission_denied;
  return store_.retire_computer(change,
                                {caller.session->user, computer, note("computer-retired", caller, computer)});
}

Result<Outcome<CheckedIn>> ComputerService::check_in(const Caller& caller, CheckIn command,
                                                     const Change<CheckedIn>& change) {
  if (!caller.computer) return Error::permission_denied;
  command.computer = *caller.computer;
  return store_.check_in(change, command);
}

}  // namespace cardea::server

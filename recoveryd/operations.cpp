// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/operations.h"

#include "recoveryd/service/access_key_service.h"
#include "recoveryd/service/card_service.h"
#include "recoveryd/service/card_state_service.h"
#include "recoveryd/service/gate_service.h"
#include "recoveryd/service/guest_administration.h"
#include "recoveryd/service/officer_service.h"
#include "recoveryd/service/pin_service.h"
#include "recoveryd/service/portal_service.h"
#include "recoveryd/service/record_service.h"
#include "recoveryd/service/region_service.h"
#include "recoveryd/service/registration_service.h"
#include "recoveryd/service/replacement_service.h"
#include "recoveryd/service/sheet_service.h"
#include "recoveryd/service/ssh_key_service.h"

namespace cardea::recoveryd {

void Operations::add_to(Dispatcher& dispatcher) {
  Context& context = context_;
  using Client = Conversation&;
  using In = const OperationRequest&;
  using User = const std::string&;
  dispatcher.add("status",
                 [&](Client client, In, User user) { return CardService(context).status(client, user); });
  dispatcher.add("card.show",
                 [&](Client client, In, User user) { return CardService(context).show(client, user); });
  dispatcher.add("card.enrol", [&](Client client, In in, User user) {
    return CardService(context).enrol(client, in, user);
  });
  dispatcher.add("card.change-pin",
                 [&](Client client, In, User user) { return PinService(context).change(client, user); });
  dispatcher.add("card.unblock",
                 [&](Client client, In, User user) { return PinService(context).unblock(client, user); });
  dispatcher.add("gate.on",
                 [&](Client client, In in, User user) { return GateService(context).on(client, in, user); });
  dispatcher.add("gate.off", [&](Client, In, User) { return GateService(context).off(); });
  dispatcher.add("gate.confirm", [&](Client, In, User) { return GateService(context).confirm(); });
  dispatcher.add("gate.status",
                 [&](Client client, In, User user) { return GateService(context).status(client, user); });
  dispatcher.add("gate.rehearse", [&](Client client, In in, User user) {
    return GateService(context).rehearse(client, in, user);
  });
  dispatcher.add("register", [&](Client client, In in, User user) {
    return RegistrationService(context).run(client, in, user);
  });
  dispatcher.add("card.replace", [&](Client client, In in, User user) {
    return ReplacementService(context).replace(client, in, user);
  });
  dispatcher.add("card.suspend", [&](Client client, In in, User user) {
    return CardStateService(context).suspend(client, in, user);
  });
  dispatcher.add("card.resume", [&](Client client, In in, User user) {
    return CardStateService(context).resume(client, in, user);
  });
  dispatcher.add("sheet.check",
                 [&](Client client, In, User user) { return SheetService(context).check(client, user); });
  dispatcher.add("access-key.rotate",
                 [&](Client, In, User user) { return AccessKeyService(context).rotate(user); });
  dispatcher.add("access-key.check",
                 [&](Client, In, User user) { return AccessKeyService(context).check(user); });
  dispatcher.add("records.put", [&](Client client, In in, User user) {
    return RecordService(context).put(client, in, user);
  });
  dispatcher.add("records.get", [&](Client client, In in, User user) {
    return RecordService(context).get(client, in, user);
  });
  dispatcher.add("records.list", [&](Client client, In in, User user) {
    return RecordService(context).list(client, in, user);
  });
  dispatcher.add("records.remove", [&](Client client, In in, User user) {
    return RecordService(context).remove(client, in, user);
  });
  dispatcher.add("records.sync", [&](Client client, In in, User user) {
    return RecordService(context).sync(client, in, user);
  });
  dispatcher.add("portal.allow", [&](Client client, In in, User user) {
    return PortalService(context).allow(client, in, user);
  });
  dispatcher.add("server.show",
                 [&](Client client, In, User user) { return RegionService(context).show(client, user); });
  dispatcher.add("server.days", [&](Client client, In in, User user) {
    return RegionService(context).days(client, in, user);
  });
  dispatcher.add("server.move", [&](Client client, In in, User user) {
    return RegionService(context).move(client, in, user);
  });
  dispatcher.add("ssh.keys",
                 [&](Client client, In, User user) { return SshKeyService(context).keys(client, user); });
  dispatcher.add("guest.list",
                 [&](Client client, In in, User) { return GuestAdministration(context).list(client, in); });
  dispatcher.add("guest.remove", [&](Client client, In, User user) {
    return GuestAdministration(context).remove(client, user);
  });
  add_officers_to(dispatcher);
}

void Operations::add_officers_to(Dispatcher& dispatcher) {
  Context& context = context_;
  using Client = Conversation&;
  using In = const OperationRequest&;
  using User = const std::string&;
  dispatcher.add("officer.show",
                 [&](Client client, In, User user) { return OfficerService(context).show(client, user); });
  dispatcher.add("officer.add-key",
                 [&](Client client, In, User user) { return OfficerService(context).add_key(client, user); });
  dispatcher.add("officer.find", [&](Client client, In in, User user) {
    return OfficerService(context).find(client, in, user);
  });
  dispatcher.add("officer.ask", [&](Client client, In in, User user) {
    return OfficerService(context).ask(client, in, user);
  });
  dispatcher.add("officer.list",
                 [&](Client client, In, User user) { return OfficerService(context).list(client, user); });
  for (const char* const step : {"approve", "decline", "carry-out"}) {
    dispatcher.add(std::string("officer.") + step, [&context, step](Client client, In in, User user) {
      return OfficerService(context).step(client, in, user, step);
    });
  }
  dispatcher.add("officer.issue", [&](Client client, In in, User user) {
    return OfficerService(context).issue(client, in, user);
  });
}

}  // namespace cardea::recoveryd

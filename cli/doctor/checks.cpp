// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/checks.h"

#include "cli/doctor/card_check.h"
#include "cli/doctor/files_check.h"
#include "cli/doctor/gate_check.h"
#include "cli/doctor/names_check.h"
#include "cli/doctor/pam_check.h"
#include "cli/doctor/server_check.h"
#include "cli/doctor/service_check.h"

namespace cardea::cli::doctor {
namespace {

using text::tr;

constexpr Check kChecks[] = {
    {"daemon", tr("The card service answers."), check_daemon},
    {"readers", tr("The reader service runs, and there is a reader."), check_readers},
    {"modules", tr("The card modules are there, and only root can change them."), check_modules},
    {"cards", tr("Cards and access keys are in order."), check_cards},
    {"pam", tr("The PAM services let in whom they should."), check_pam},
    {"names", tr("The name service is in order."), check_names},
    {"clock", tr("The clock is right."), check_clock},
    {"server", tr("The servers answer, and their certificates are good."), check_servers},
    {"files", tr("Owners and modes of Cardea's files are right."), check_files},
    {"gate", tr("Secure mode and break-glass are in order."), check_gate},
    {"tpm", "", check_tpm},
};

}  // namespace

std::span<const Check> all_checks() { return kChecks; }

void run_checks(const Case& patient, Findings& findings) {
  for (const Check& check : kChecks) {
    findings.begin(check.name);
    const std::size_t before = findings.list().size();
    check.run(patient, findings);
    if (findings.list().size() == before && check.fine[0] != '\0') findings.ok(findings.speak(check.fine));
  }
}

}  // namespace cardea::cli::doctor

// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/server_check.h"

#include <algorithm>

#include "core/base/text.h"

namespace cardea::cli::doctor {
namespace {

constexpr std::int64_t kDay = 24 * 3600;
// The server refuses requests that differ by more (docs/spec/server-protocol.md).
constexpr std::int64_t kServerTolerance = 300;
// The daemon's own tolerance (docs/spec/login.md).
constexpr std::int64_t kLatestTolerance = kDay;
constexpr std::int64_t kCertificateSoon = 14 * kDay;

constexpr const char* kSynchronised[] = {"/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid",
                                         "/run/chronyd.pid", "/run/ntpd.pid", "/run/openntpd.pid"};

std::string days(std::int64_t seconds) { return std::to_string(std::max<std::int64_t>(seconds, 0) / kDay); }

const char* mend_clock() {
  return text::tr("Set the clock, and switch time synchronisation on: “timedatectl set-ntp true”.");
}

void check_latest(const UserFacts& user, UnixSeconds now, bool counts, Findings& findings) {
  const std::int64_t latest = number_of(member(user.status, {"enrolment", "latest_time_seen"}));
  const std::int64_t behind = latest - now;
  if (behind <= kServerTolerance) return;
  const std::string what = findings.speak("The clock is behind: it was already %1.", {format_utc(latest)});
  if (behind > kLatestTolerance && counts)
    findings.problem("clock-behind", what + " " + findings.speak("Cards are refused."),
                     findings.speak(mend_clock()));
  else
    findings.warn("clock-behind", what, findings.speak(mend_clock()));
}

void check_contact(const UserFacts& user, Findings& findings) {
  if (!user.contact.has_value()) return;
  const Failure& failure = *user.contact;
  // Said once by the look at the server itself, or by the clock.
  if (failure.error == Error::clock_skewed) return;
  if (failure.error == Error::server_unreachable) {
    findings.problem(
        "server-unreachable",
        findings.speak("The card service does not reach the server of %1. Logins go on without it.",
                       {user.name}),
        findings.speak("Check the network and whether the server runs; then “cardea access-key check”."));
  } else if (failure.error == Error::server_untrusted) {
    findings.problem(
        "server-untrusted",
        findings.speak("The card service does not trust the server of %1: %2", {user.name, failure.detail}),
        findings.speak("Check the server's certificate, “ca_file” in the configuration, and the clock."));
  } else {
    findings.problem("server-refused",
                     findings.speak("The server of %1 refused: %2", {user.name, failure.detail}),
                     findings.speak("Run “cardea access-key check”; the log of cardea-recoveryd says more."));
  }
}

void check_server(const ServerFacts& server, UnixSeconds now, Findings& findings) {
  if (server.failure.has_value()) {
    const bool untrusted = server.failure->error == Error::server_untrusted;
    findings.problem(untrusted ? "server-certificate" : "server-silent",
                     untrusted
                         ? findings.speak("The certificate of %1 is not accepted: %2.",
                                          {server.url, server.failure->detail})
                         : findings.speak("%1 does not answer: %2.", {server.url, server.failure->detail}),
                     untrusted ? findings.speak("Renew it on the server, or correct “ca_file” or the clock.")
                               : findings.speak("Check the network and whether the server runs."));
    return;
  }
  const std::int64_t left = server.certificate_ends - now;
  if (left < kCertificateSoon)
    findings.warn("certificate-ends-soon",
                  findings.speak("The certificate of %1 ends in %2 days.", {server.url, days(left)}),
                  findings.speak("Renew it on the server."));
}

}  // namespace

void check_clock(const Case& patient, Findings& findings) {
  const UnixSeconds now = patient.system.clock.now();
  const bool counts = patient.facts.settings.max_offline_seconds > 0;
  for (const UserFacts& user : patient.facts.users)
    check_latest(user, now, counts, findings);
  for (const ServerFacts& server : patient.facts.servers) {
    if (!server.its_clock.has_value()) continue;
    const std::int64_t off = now - *server.its_clock;
    if (off <= kServerTolerance && -off <= kServerTolerance) continue;
    findings.problem(
        "clock-skewed",
        findings.speak("The clock differs from that of %1, which is at %2: its requests are refused.",
                       {server.url, format_utc(*server.its_clock)}),
        findings.speak(mend_clock()));
  }
  const bool skewed =
      std::any_of(patient.facts.users.begin(), patient.facts.users.end(), [](const UserFacts& user) {
        return user.contact.has_value() && user.contact->error == Error::clock_skewed;
      });
  if (skewed && findings.find("clock-skewed") == nullptr)
    findings.problem("clock-skewed",
                     findings.speak("The server refuses the requests of this computer because of its clock."),
                     findings.speak(mend_clock()));
  const bool synchronised = std::any_of(std::begin(kSynchronised), std::end(kSynchronised),
                                        [&](const char* path) { return patient.system.exists(path); });
  if (!synchronised)
    findings.note("clock-not-synchronised", findings.speak("No sign of time synchronisation was found."),
                  findings.speak("Switch it on: “timedatectl set-ntp true”."));
}

void check_servers(const Case& patient, Findings& findings) {
  const Facts& facts = patient.facts;
  for (const ServerFacts& server : facts.servers)
    check_server(server, patient.system.clock.now(), findings);
  for (const UserFacts& user : facts.users) {
    check_contact(user, findings);
    const api::Json* doubted = member(user.status, {"enrolment", "server_doubted"});
    if (doubted != nullptr && doubted->boolean() != nullptr && *doubted->boolean())
      findings.problem(
          "server-doubted",
          findings.speak("The server's record of events does not fit what this computer has seen of %1.",
                         {user.name}),
          findings.speak("Ask who restored the server from a backup; then “cardea register --existing”."));
    if (number_of(member(user.status, {"enrolment", "retired_at"})) > 0)
      findings.add(
          "computer-retired", Level::warning,
          findings.speak("The server says that this computer was taken out of the account of %1: it does "
                         "not learn of lost cards any more.",
                         {user.name}),
          findings.speak("To bring it back: “cardea register --existing”. Else “cardea gate off”."));
    const std::int64_t heard = number_of(member(user.status, {"enrolment", "server_last_heard"}));
    const std::int64_t most = facts.settings.max_offline_seconds;
    const std::int64_t age = patient.system.clock.now() - heard;
    if (most > 0 && heard > 0 && age > most / 2)
      findings.add("contact-old", age > most ? Level::problem : Level::warning,
                   findings.speak(
                       "The last contact of %1 with the server was %2 days ago; cards are refused after %3.",
                       {user.name, days(age), days(most)}),
                   findings.speak("Connect this computer, then “cardea access-key check”."));
  }
  const bool unseen = facts.config_failure.has_value() && facts.config_failure->error != Error::not_found;
  if (unseen)
    findings.note("server-unseen",
                  findings.speak("Certificates of servers can't be looked at without the configuration."));
  else if (facts.servers.empty())
    findings.note("no-server", findings.speak("No server is known here, so none was looked at."));
}

}  // namespace cardea::cli::doctor

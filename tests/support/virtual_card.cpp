// SPDX-License-Identifier: Apache-2.0
#include "tests/support/virtual_card.h"

#include <cstdio>
#include <map>
#include <sstream>
#include <stdexcept>

#include "tests/support/pcsc_world.h"
#include "tests/virtual_card/control.h"

namespace cardea::test_support {
namespace {

constexpr int kControlTimeout = 10'000;  // ms

std::vector<std::string> card_command(const VirtualCard::Options& options,
                                      const std::filesystem::path& control) {
  std::vector<std::string> out = {CARDEA_VIRTUAL_CARD_PROGRAM,
                                  "--personality",
                                  virtual_card::kind_name(options.kind),
                                  "--state",
                                  options.state_file.string(),
                                  "--control",
                                  control.string(),
                                  "--port",
                                  std::to_string(PcscWorld::port(options.slot))};
  if (options.memory) out.insert(out.end(), {"--memory", std::to_string(*options.memory)});
  if (!options.serial.empty()) out.insert(out.end(), {"--serial", options.serial});
  if (options.absent) out.emplace_back("--absent");
  return out;
}

}  // namespace

VirtualCard::VirtualCard(const Options& options)
    : state_file_(options.state_file),
      control_(options.state_file.string() + ".ctl"),
      process_({card_command(options, control_), options.state_file.string() + ".log"}) {
  if (!process_.wait_for_output("ready")) throw std::runtime_error("virtual card: " + process_.log_text());
}

std::string VirtualCard::control(const std::string& command) const {
  auto answer = virtual_card::request_control(control_, command, kControlTimeout);
  if (!answer.ok()) throw std::runtime_error("virtual card: " + answer.failure().detail);
  return std::move(answer).value();
}

void VirtualCard::must(const std::string& command) const {
  const std::string answer = control(command);
  if (!answer.starts_with("ok")) throw std::runtime_error("virtual card refused " + command + ": " + answer);
}

void VirtualCard::force(std::uint8_t instruction, std::uint16_t status, unsigned count) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "force %02x %04x %u", instruction, status, count);
  must(text.data());
}

void VirtualCard::quit() {
  must("quit");
  if (!process_.wait()) throw std::runtime_error("virtual card did not end");
}

CardStatus VirtualCard::stat() const {
  std::istringstream words(control("stat"));
  std::map<std::string, std::string> fields;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) fields[word.substr(0, equals)] = word.substr(equals + 1);
  }
  CardStatus out;
  out.inserted = fields.at("inserted") == "1";
  out.apdus = std::stoull(fields.at("apdus"));
  out.personality = fields.at("personality");
  out.pin_tries = static_cast<unsigned>(std::stoul(fields.at("pin_tries")));
  out.puk_tries = static_cast<unsigned>(std::stoul(fields.at("puk_tries")));
  out.verified = fields.at("verified") == "1";
  out.free = static_cast<std::uint32_t>(std::stoul(fields.at("free")));
  out.serial = fields.at("serial");
  return out;
}

Environment opensc_environment() {
  return {{"OPENSC_CONF", CARDEA_SOURCE_ROOT "/tests/support/opensc.conf"}};
}

void provision_myeid(unsigned slot, const CardSecrets& secrets) {
  const std::string reader = PcscWorld::reader_name(slot);
  const std::vector<std::string> tool = {"pkcs15-init", "--reader", reader, "--so-pin", secrets.so_pin};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), tool.begin(), tool.end());
    must_run(arguments, opensc_environment());
  };
  run({"--create-pkcs15", "--so-puk", secrets.so_puk, "--label", secrets.label});
  run({"--store-pin", "--auth-id", "1", "--label", "User PIN", "--pin", secrets.pin, "--puk", secrets.puk});
  run({"--finalize"});
}

void provision_sc_hsm(unsigned slot, const CardSecrets& secrets) {
  const std::vector<std::string> tool = {"pkcs11-tool",        "--module", kOpenScModule,     "--slot-index",
                                         std::to_string(slot), "--so-pin", secrets.so_pin_hsm};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), tool.begin(), tool.end());
    must_run(arguments, opensc_environment());
  };
  run({"--init-token", "--label", secrets.label});
  run({"--init-pin", "--login", "--login-type", "so", "--pin", secrets.pin});
}

void provision(CardKind kind, unsigned slot, const CardSecrets& secrets) {
  if (kind == CardKind::myeid) return provision_myeid(slot, secrets);
  provision_sc_hsm(slot, secrets);
}

}  // namespace cardea::test_support

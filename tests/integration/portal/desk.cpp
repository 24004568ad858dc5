// SPDX-License-Identifier: Apache-2.0
// The other end of the portal's tests: users with software cards and computers, made with the client's own
// code, and the computer's own check of an access key. Reads commands from standard input, one a line;
// answers each with a line of JSON.
//   register NAME             an account with password, question and answer of the test; two computers with
//                             access keys, one without; {"sheet": the code of its recovery sheet}
//   continue NAME SHEET       finishes what was prepared in the page Register; {"question", "opens": whose
//   account
//                             password and answer open then} or {"error"}; his computer is NAME-laptop
//   check NAME COMPUTER KEY   what the computer says to the typed key: {"number": N} or {"error": …}
//   card NAME                 the state of his card at the server
//   suspend NAME              suspends the card with the password, as another program would
//   contact NAME COMPUTER [other]   its check-in, or one with other keys than the server knows:
//                             {"fit", "rotate"} or {"error": …}
//   report NAME COMPUTER GATE PROGRAM [OTHER]   a check-in that says so; a further computer called OTHER
//   new-keys NAME COMPUTER    the computer makes a new generation
//   officer NAME              a help-desk officer's card; {"line": for “cardea admin officers add”}
//   officer-code NAME         a code with which a security key can be added
//   seal NAME COMPUTER OFFICER   new access keys of this computer, for this officer, too
//   issue OFFICER REQUEST     what “cardea officer issue” does: {"key": the typed form, "number": N}
//   put NAME ID BODY          a record sealed by the client's code; ID is "new" or of an older version
//   read NAME ID              the record as the client's code reads it: {"version", "body"} or {"error": …}
//   allow NAME CODE [records [ID VERSION]…]   what `cardea portal allow` does; the card holds the records
//   named
// Usage: portal_desk URL CA-FILE
#include <iostream>
#include <map>
#include <sstream>

#include "core/access_key/access_key_verifier.h"
#include "core/access_key/typed_form.h"
#include "core/crypto/opaque_client.h"
#include "core/crypto/password_input.h"
#include "tests/integration/portal/draft_desk.h"
#include "tests/integration/portal/records_desk.h"
#include "upstream/access_key_calls.h"
#include "upstream/account_calls.h"
#include "upstream/card_calls.h"
#include "upstream/https_transport.h"
#include "upstream/officer_calls.h"
#include "upstream/opaque_login.h"
#include "upstream/recover.h"

namespace cardea::upstream {
namespace {

constexpr std::string_view kPassword = "correct horse battery";
constexpr std::string_view kAnswer = "Lake Zürich";
constexpr std::string_view kQuestion = "Where did you learn to swim?";

template <typename T>
T need(Result<T> result) {
  if (!result.ok())
    throw std::runtime_error(std::string(error_name(result.error())) + " " + result.failure().detail);
  return std::move(result).value();
}
void need(const Status& status) {
  if (!status.ok()) throw std::runtime_error(error_name(status.error()) + (" " + status.failure().detail));
}

struct Machine {
  crypto::Ed25519KeyPair device;
  api::ComputerId id;
  access_key::AccessKeyVerifier verifier;
};

struct Owner {
  api::UserId user;
  crypto::P256KeyPair auth;
  crypto::P256KeyPair wrap;
  records::UserKey root;
  std::map<std::string, Machine> machines;
};

struct OfficerCard {
  crypto::P256KeyPair auth;
  crypto::P256KeyPair wrap;
};

class Desk {
 public:
  Desk(const std::string& url, const std::string& ca_file)
      : transport_(need(HttpsTransport::create({.urls = {url}, .ca_file = ca_file}, clock_))),
        client_(*transport_, clock_, random_),
        records_(client_, clock_, random_) {}

  api::Json run(std::istringstream& words) {
    std::string verb, name, computer, key;
    words >> verb >> name;
    if (verb == "put" || verb == "read" || verb == "allow") return with_records(verb, name, words);
    words >> computer >> key;
    if (verb == "register") return register_owner(name);
    if (verb == "continue") return continue_draft(name, computer);
    if (verb == "check") return check(owners_.at(name).machines.at(computer), owners_.at(name).user, key);
    if (verb == "card") return card_of(owners_.at(name));
    if (verb == "suspend") return suspend(name);
    if (verb == "contact")
      return contact(owners_.at(name), owners_.at(name).machines.at(computer), key == "other");
    if (verb == "report") return report(owners_.at(name), owners_.at(name).machines.at(computer), key, words);
    if (verb == "new-keys") return new_keys(owners_.at(name), owners_.at(name).machines.at(computer));
    if (verb == "officer") return make_officer(name);
    if (verb == "officer-code") return api::Json::Object{{"code", officer_code(officers_.at(name))}};
    if (verb == "seal") return seal(owners_.at(name), owners_.at(name).machines.at(computer), key);
    if (verb == "issue") return issue_for_person(officers_.at(name), computer);
    throw std::runtime_error("unknown command " + verb);
  }

 private:
  using Parts = std::pair<Bytes, records::ExportKey>;

  Parts finish_opaque(crypto::OpaqueClientRegistration registration, ByteView response) {
    const auto message = need(crypto::RegistrationResponse::parse(response));
    auto done =
        need(std::move(registration).finalize(message, {}, need(crypto::argon2id_stretch()), random_));
    return {done.record.serialise(), std::move(done.export_key)};
  }

  api::Json register_owner(const std::string& name) {
    Owner owner{{},
                crypto::P256KeyPair::generate(random_),
                crypto::P256KeyPair::generate(random_),
                records::UserKey::generate(random_),
                {}};
    const auto recovery = crypto::P256KeyPair::generate(random_);
    Machine laptop{crypto::Ed25519KeyPair::generate(random_), {}, {}};
    laptop.id = api::computer_id_of(laptop.device.spki());
    const auto input_a = need(crypto::password_input(as_bytes(kPassword)));
    const auto input_b = need(crypto::password_and_answer_input(as_bytes(kPassword), as_bytes(kAnswer)));
    auto a = need(crypto::OpaqueClientRegistration::start(input_a.expose(), random_));
    auto b = need(crypto::OpaqueClientRegistration::start(input_b.expose(), random_));
    const auto started =
        need(start_registration(client_, name, a.request().serialise(), b.request().serialise()));
    owner.user = started.user;
    const Parts opaque_a = finish_opaque(std::move(a), started.opaque_a_response);
    const Parts opaque_b = finish_opaque(std::move(b), started.opaque_b_response);
    const auto& user = owner.user.bytes();
    RegistrationFinish finish;
    finish.registration_id = started.registration_id;
    finish.opaque_a_record = opaque_a.first;
    finish.opaque_b_record = opaque_b.first;
    finish.question_seal = need(records::seal_question(kQuestion, user, opaque_a.second, random_));
    finish.recovery_seal = need(records::seal_recovery_key(recovery, user, opaque_b.second, random_));
    finish.recovery_public = to_bytes(recovery.point());
    finish.card = {owner.auth.spki(), owner.wrap.spki(),
                   to_bytes(owner.auth.sign(
                       api::card_proof(owner.user, owner.auth.spki(), owner.wrap.spki(), recovery.point()))),
                   "Blue card", "0815-4711"};
    finish.device_spki = laptop.device.spki();
    finish.computer_name = "anna-laptop";
    finish.computer_serial = "PF-3X91A7";
    const auto& root = owner.root;
    const auto sheet = records::make_sheet_code(random_);
    finish.holders = {need(records::seal_for_card(root, user, api::card_id_of(owner.auth.spki()).bytes(),
                                                  owner.wrap.spki(), random_)),
                      need(records::seal_for_sheet(root, user, sheet, random_))};
    finish.sheet_check = records::sheet_check(sheet);
    need(finish_registration(client_, device_key(laptop.id, laptop.device), finish));
    new_generation(owner, laptop);
    owner.machines.emplace("anna-laptop", std::move(laptop));
    add_machine(owner, "studio-tower", true);
    add_machine(owner, "kitchen-tablet", false);
    owners_.insert_or_assign(name, std::move(owner));
    return api::Json::Object{{"registered", name},
                             {"sheet", std::string(records::format_sheet_code(sheet).expose_text())}};
  }

  api::Json continue_draft(const std::string& name, const std::string& sheet) {
    Owner owner{{},
                crypto::P256KeyPair::generate(random_),
                crypto::P256KeyPair::generate(random_),
                records::UserKey::generate(random_),
                {}};
    Machine laptop{crypto::Ed25519KeyPair::generate(random_), {}, {}};
    laptop.id = api::computer_id_of(laptop.device.spki());
    const DraftOwner who{name,       kPassword,     kAnswer,    owner.auth,
                         owner.wrap, laptop.device, owner.root, name + "-laptop"};
    const auto finished = finish_prepared(client_, random_, who, sheet);
    if (!finished.ok()) return api::Json::Object{{"error", error_name(finished.error())}};
    owner.user = finished->user;
    new_generation(owner, laptop);
    owner.machines.emplace(who.computer_name, std::move(laptop));
    owners_.insert_or_assign(name, std::move(owner));
    const auto session = need(login_with_password(client_, name, as_bytes(kPassword)));
    const auto account = need(get_account(client_, session.key, std::nullopt));
    return api::Json::Object{{"question", finished->question}, {"opens", account.account}};
  }

  void add_machine(Owner& owner, const std::string& name, bool with_keys) {
    const auto session_pair = crypto::Ed25519KeyPair::generate(random_);
    const auto sign = [&](ByteView message) -> Result<Bytes> { return to_bytes(owner.auth.sign(message)); };
    const auto session = need(open_card_session(client_, api::card_id_of(owner.auth.spki()),
                                                session_pair.spki(), clock_.now() + 600, sign));
    Machine machine{crypto::Ed25519KeyPair::generate(random_), {}, {}};
    machine.id = api::computer_id_of(machine.device.spki());
    const NewComputer computer{
        machine.device.spki(),
        name,
        "",
        to_bytes(machine.device.sign(api::computer_proof(owner.user, machine.device.spki()))),
        {}};
    need(add_computer(client_, session_key(session.id, session_pair), computer));
    if (with_keys) new_generation(owner, machine);
    owner.machines.emplace(name, std::move(machine));
  }

  api::Json make_officer(const std::string& name) {
    OfficerCard card{crypto::P256KeyPair::generate(random_), crypto::P256KeyPair::generate(random_)};
    const std::string line =
        name + " " + to_base64url(card.auth.spki()) + " " + to_base64url(card.wrap.spki());
    officers_.insert_or_assign(name, std::move(card));
    return api::Json::Object{{"line", line}};
  }

  // As his daemon does it, with a card in software. `session_pair` outlives the key.
  RequestKey officer_session(const OfficerCard& card, const crypto::Ed25519KeyPair& session_pair) {
    const auto sign = [&](ByteView message) -> Result<Bytes> { return to_bytes(card.auth.sign(message)); };
    const auto session = need(open_officer_session(client_, api::card_id_of(card.auth.spki()),
                                                   session_pair.spki(), clock_.now() + 600, sign));
    return officer_key(session.id, session_pair);
  }

  std::string officer_code(const OfficerCard& card) {
    const auto pair = crypto::Ed25519KeyPair::generate(random_);
    return need(get_officer_key_code(client_, officer_session(card, pair))).code;
  }

  api::Json seal(const Owner& owner, Machine& machine, const std::string& officer) {
    new_generation(owner, machine, &officer);
    return api::Json::Object{{"sealed", officer}};
  }

  api::Json issue_for_person(const OfficerCard& card, const std::string& request) {
    const auto pair = crypto::Ed25519KeyPair::generate(random_);
    const auto issued = need(
        issue_as_officer(client_, officer_session(card, pair), need(api::RequestId::from_text(request))));
    const access_key::ChainContext whose{issued.key.computer.id.bytes(), issued.user.bytes(),
                                         issued.key.generation};
    const auto seed = need(records::open_chain_seed_as_officer(
        issued.key.seal, whose, crypto::card_id(card.auth.spki()),
        [&](ByteView peer) { return card.wrap.dh(peer); }, card.wrap.point()));
    const auto key = need(access_key::chain_key(seed, whose, issued.key.index));
    return api::Json::Object{{"key", std::string(access_key::format_access_key(key).expose_text())},
                             {"number", std::uint32_t{issued.key.index}}};
  }

  // The three steps of the computer, and its first check-in.
  void new_generation(const Owner& owner, Machine& machine, const std::string* officer = nullptr) {
    const RequestKey key = device_key(machine.id, machine.device);
    const auto begun = need(begin_generation(client_, key, machine.id, owner.user));
    const access_key::ChainContext whose{machine.id.bytes(), owner.user.bytes(), begun.generation};
    const auto seed = access_key::make_chain_seed(random_.secret<32>(), begun.server_random);
    const auto made = access_key::make_generation(seed, whose);
    machine.verifier = made.verifier;
    GenerationPrepared prepared{owner.user, begun.generation,
                                need(records::seal_chain_seed(seed, whose, begun.recovery_public, random_)),
                                made.verifier.check_root, made.login_public};
    if (officer != nullptr) {
      const OfficerCard& card = officers_.at(*officer);
      const auto id = crypto::card_id(card.auth.spki());
      prepared.officers = {
          {api::CardId(id), *officer,
           need(records::seal_chain_seed_for_officer(seed, whose, id, card.wrap.spki(), random_))}};
    }
    need(prepare_generation(client_, key, machine.id, prepared));
    need(commit_generation(client_, key, machine.id, owner.user, begun.generation, made.verifier.check_root));
    need(check_in(client_, key, machine.id,
                  {owner.user, made.verifier.generation, to_bytes(made.verifier.check_root), 0}));
  }

  api::Json with_records(const std::string& verb, const std::string& name, std::istringstream& words) {
    const Owner& owner = owners_.at(name);
    const DeskCard card{owner.user, owner.auth, owner.root};
    std::string id, rest;
    words >> id;
    if (verb == "read") return need(records_.read(card, id));
    if (verb == "put") {
      std::getline(words >> std::ws, rest);
      return need(records_.put(card, id, rest));
    }
    words >> rest;
    std::vector<records::RecordName> on_card;
    for (std::string on; words >> on;) {
      records::RecordName record{need(api::RecordId::from_text(on)).bytes(), 0};
      words >> record.version;
      on_card.push_back(record);
    }
    return need(records_.allow(card, name, id, rest == "records", on_card));
  }

  // As the daemon does it: parsed, matched, and the new state stored before anyone is let in.
  static api::Json check(Machine& machine, const api::UserId& user, const std::string& typed) {
    const auto key = access_key::parse_access_key(as_bytes(typed));
    if (!key.ok()) return api::Json::Object{{"error", error_name(key.error())}};
    const auto match = access_key::verify(machine.verifier, {machine.id.bytes(), user.bytes()}, *key);
    if (!match.ok()) return api::Json::Object{{"error", error_name(match.error())}};
    machine.verifier = match->verifier;
    return api::Json::Object{{"number", std::uint32_t{match->index}}};
  }

  // What the computer hears at its check-in; `other`: it has a check value that the server does not know.
  api::Json contact(const Owner& owner, const Machine& machine, bool other) {
    auto check_root = to_bytes(machine.verifier.check_root);
    if (other) check_root.front() ^= 1;
    const auto heard =
        check_in(client_, device_key(machine.id, machine.device), machine.id,
                 {owner.user, machine.verifier.generation, check_root, machine.verifier.last_used});
    if (!heard.ok()) return api::Json::Object{{"error", error_name(heard.error())}};
    return api::Json::Object{{"fit", heard->fit}, {"rotate", heard->rotate}};
  }

  // What it says of itself; then another computer of that name.
  api::Json report(Owner& owner, const Machine& machine, const std::string& gate, std::istringstream& words) {
    CheckIn said{owner.user, machine.verifier.generation, to_bytes(machine.verifier.check_root),
                 machine.verifier.last_used};
    said.gate = gate;
    std::string name;
    words >> said.program >> name;
    need(check_in(client_, device_key(machine.id, machine.device), machine.id, said));
    if (!name.empty()) add_machine(owner, name, false);
    return api::Json::Object{{"reported", gate}};
  }

  api::Json new_keys(const Owner& owner, Machine& machine) {
    new_generation(owner, machine);
    return api::Json::Object{{"generation", machine.verifier.generation}};
  }

  api::Json card_of(const Owner& owner) {
    const Machine& laptop = owner.machines.at("anna-laptop");
    const auto cards = need(list_cards(client_, device_key(laptop.id, laptop.device), owner.user));
    return api::Json::Object{{"state", name_of(cards.at(0).status.state)},
                             {"reason", cards.at(0).status.reason}};
  }

  api::Json suspend(const std::string& name) {
    const auto session = need(login_with_password(client_, name, as_bytes(kPassword)));
    const auto cards = need(list_cards(client_, session.key, std::nullopt));
    const auto changed = need(change_card_state(client_, session.key, cards.at(0).status.id,
                                                CardState::suspended, "lost", cards.at(0).status.version));
    return api::Json::Object{{"state", name_of(changed.status.state)}};
  }

  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<HttpsTransport> transport_;
  ServerClient client_;
  RecordsDesk records_;
  std::map<std::string, Owner> owners_;
  std::map<std::string, OfficerCard> officers_;
};

int serve(const std::string& url, const std::string& ca_file) {
  Desk desk(url, ca_file);
  for (std::string line; std::getline(std::cin, line);) {
    try {
      std::istringstream words(line);
      std::cout << desk.run(words).text() << std::endl;
    } catch (const std::exception& failure) {
      std::cout << api::Json(api::Json::Object{{"failed", std::string(failure.what())}}).text() << std::endl;
    }
  }
  return 0;
}

}  // namespace
}  // namespace cardea::upstream

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    return cardea::upstream::serve(argv[1], argv[2]);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_card_worker.h"

#include <algorithm>
#include <stdexcept>

#include <sys/socket.h>

#include "core/base/byte_io.h"
#include "core/wire/local_messages.h"

namespace cardea::test {
namespace {

std::string read_pin(const UniqueFd& channel) {
  std::uint8_t packet[256];
  const ssize_t got = ::recv(channel.get(), packet, sizeof packet, MSG_DONTWAIT);
  if (got <= 0) return {};
  ByteReader in({packet, static_cast<std::size_t>(got)});
  (void)in.u8();
  return std::string(in.text());
}

}  // namespace

void FakeCardWorker::changed() {
  ++view_.revision;
  condition_.notify_all();
}

card::PinReport FakeCardWorker::report_of(const FakeCard& card) const {
  if (card.tries == 0) return {card::PinState::locked, std::uint8_t{0}};
  if (card.tries == 1) return {card::PinState::last_try, std::uint8_t{1}};
  return {card.tries == 3 ? card::PinState::ok : card::PinState::low, card.tries};
}

worker::CardView FakeCardWorker::insert(const std::string& label, const std::string& pin) {
  const std::lock_guard lock(mutex_);
  SystemRandom random;
  FakeCard fake{pin, 3, crypto::P256KeyPair::generate(random), crypto::P256KeyPair::generate(random)};
  worker::CardView card;
  card.insertion = next_insertion_++;
  card.info.reader = "Fake reader";
  card.info.label = label;
  card.info.serial = "0001";
  card.info.has_cardea_keys = true;
  card.info.auth_spki = fake.auth.spki();
  card.info.wrap_spki = fake.wrap.spki();
  card.info.card_id = crypto::card_id(card.info.auth_spki);
  card.info.pin = report_of(fake);
  card.info.min_pin = 4;
  card.info.max_pin = 8;
  cards_.emplace(card.insertion, std::move(fake));
  view_.cards.push_back(card);
  changed();
  return card;
}

void FakeCardWorker::remove(std::uint32_t insertion) {
  const std::lock_guard lock(mutex_);
  std::erase_if(view_.cards, [&](const auto& card) { return card.insertion == insertion; });
  if (auto card = cards_.extract(insertion)) removed_.insert(std::move(card));
  changed();
}

void FakeCardWorker::put_back(worker::CardView card) {
  const std::lock_guard lock(mutex_);
  auto fake = removed_.extract(card.insertion);
  if (fake.empty()) throw std::invalid_argument("this insertion was not removed");
  card.insertion = next_insertion_++;
  fake.key() = card.insertion;
  cards_.insert(std::move(fake));
  view_.cards.push_back(std::move(card));
  changed();
}

void FakeCardWorker::set_service(worker::ReaderService service) {
  const std::lock_guard lock(mutex_);
  view_.service = service;
  if (service != worker::ReaderService::up) ++view_.interruptions;
  changed();
}

void FakeCardWorker::set_tries(std::uint32_t insertion, std::uint8_t tries) {
  const std::lock_guard lock(mutex_);
  FakeCard& fake = cards_.at(insertion);
  fake.tries = tries;
  for (auto& card : view_.cards) {
    if (card.insertion == insertion) card.info.pin = report_of(fake);
  }
  changed();
}

worker::ReaderView FakeCardWorker::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

worker::ReaderView FakeCardWorker::wait_for_change(std::uint64_t revision, worker::Timeout timeout) {
  std::unique_lock lock(mutex_);
  condition_.wait_for(lock, timeout, [&] { return view_.revision != revision; });
  return view_;
}

Status FakeCardWorker::refresh(worker::Timeout) { return {}; }

Result<Bytes> FakeCardWorker::login_sign(const card::CardId& card, ByteView message, bool last_try_consent,
                                         UniqueFd pin, card::PinReport& report, worker::Timeout,
                                         const worker::KeyringOpening* keyring) {
  const std::lock_guard lock(mutex_);
  report = {};
  if (!failures_.empty()) {
    const Error error = failures_.front();
    failures_.pop_front();
    return error;
  }
  const auto seen = std::find_if(view_.cards.begin(), view_.cards.end(),
                                 [&](const auto& c) { return c.info.card_id == card; });
  if (seen == view_.cards.end()) return Error::card_absent;
  FakeCard& fake = cards_.at(seen->insertion);
  report = report_of(fake);
  const std::string typed = read_pin(pin);
  if (typed.size() < seen->info.min_pin || typed.size() > seen->info.max_pin) return Error::pin_length;
  if (fake.tries == 0) return Error::pin_locked;
  if (fake.tries == 1 && !last_try_consent) return Error::pin_last_try;
  const bool right = typed == fake.pin;
  fake.tries = right ? std::uint8_t{3} : static_cast<std::uint8_t>(fake.tries - 1);
  report = seen->info.pin = report_of(fake);
  changed();
  if (!right) return fake.tries == 0 ? Error::pin_locked : Error::pin_wrong;
  if (keyring != nullptr) {
    keyrings_.insert_or_assign(
        keyring->ticket,
        Keyring{keyring->owner, records::open_keyring_with_card(
                                    keyring->envelope, keyring->owner, card,
                                    [&](ByteView peer) { return fake.wrap.dh(peer); }, fake.wrap.point())});
  }
  return to_bytes(fake.auth.sign(message));
}

Status FakeCardWorker::keyring_open(const worker::KeyringOpening& opening, worker::Timeout) {
  const std::lock_guard lock(mutex_);
  SystemRandom random;
  if (opening.way == worker::KeyringWay::create) {
    keyrings_.insert_or_assign(opening.ticket, Keyring{opening.owner, random.secret<32>()});
    return {};
  }
  TRY_ASSIGN(const auto root, access_key::AccessKey::from(opening.chain_root));
  TRY_ASSIGN(const auto share, access_key::DeviceShare::from(opening.device_share));
  TRY_ASSIGN(auto secret,
             records::open_keyring_with_access_key(opening.envelope, opening.owner, opening.generation,
                                                   access_key::local_secret(root, share)));
  keyrings_.insert_or_assign(opening.ticket, Keyring{opening.owner, std::move(secret)});
  return {};
}

Result<Bytes> FakeCardWorker::keyring_seal(const worker::KeyringTicket& ticket,
                                           const records::KeyringRecipient& recipient, worker::Timeout) {
  const std::lock_guard lock(mutex_);
  const auto found = keyrings_.find(ticket);
  if (found == keyrings_.end()) return Error::not_found;
  if (!found->second.secret.ok()) return found->second.secret.failure();
  SystemRandom random;
  return records::seal_keyring(*found->second.secret, found->second.owner, recipient, random);
}

Status FakeCardWorker::keyring_reveal(const worker::KeyringTicket& ticket, UniqueFd channel,
                                      worker::Timeout) {
  const std::lock_guard lock(mutex_);
  const auto found = keyrings_.find(ticket);
  if (found == keyrings_.end()) return Error::not_found;
  if (!found->second.secret.ok()) return found->second.secret.failure();
  const SecretBytes text = records::keyring_text(*found->second.secret);
  keyrings_.erase(found);
  std::uint8_t packet[128];
  const auto revealed = wire::encode_revealed(0, text.expose(), packet);
  return ::send(channel.get(), revealed.data(), revealed.size(), MSG_DONTWAIT | MSG_NOSIGNAL) ==
                 static_cast<ssize_t>(revealed.size())
             ? Status()
             : Status(Error::cancelled);
}

Result<std::unique_ptr<worker::Vault>> FakeCardWorker::open_vault(worker::Timeout) {
  const std::lock_guard lock(mutex_);
  if (vaults_.empty()) return Error::worker_down;
  auto vault = std::move(vaults_.front());
  vaults_.pop_front();
  return vault;
}

}  // namespace cardea::test

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/card_worker_process.h"

#include <system_error>

#include "recoveryd/worker_link/vault_link.h"

namespace cardea::worker {

CardWorkerProcess::CardWorkerProcess(std::shared_ptr<Supervisor> supervisor) noexcept
    : supervisor_(std::move(supervisor)) {}

CardWorkerProcess::~CardWorkerProcess() = default;

Result<std::unique_ptr<CardWorkerProcess>> CardWorkerProcess::start(WorkerOptions options) {
  const std::string& start = options.socket.empty() ? options.program : options.socket;
  if (!start.starts_with('/')) return fail(Error::invalid_argument, "worker program or socket");
  try {
    auto supervisor = std::make_shared<Supervisor>(std::move(options));
    return std::unique_ptr<CardWorkerProcess>(new CardWorkerProcess(std::move(supervisor)));
  } catch (const std::system_error& e) {  // std::thread
    return fail(Error::io_failed, e.what());
  }
}

ReaderView CardWorkerProcess::view() const { return supervisor_->view(); }

ReaderView CardWorkerProcess::wait_for_change(std::uint64_t revision, Timeout timeout) {
  return supervisor_->wait_for_change(revision, timeout);
}

pid_t CardWorkerProcess::pid() const { return supervisor_->pid(); }

Status CardWorkerProcess::refresh(Timeout timeout) {
  card::PinReport ignored;
  TRY(supervisor_->call({Verb::look, {}, -1, 0}, ignored, timeout));
  return {};
}

Result<Bytes> CardWorkerProcess::login_sign(const card::CardId& card, ByteView message, bool last_try_consent,
                                            UniqueFd pin, card::PinReport& report, Timeout timeout,
                                            const KeyringOpening* keyring) {
  ByteBuilder request;
  request.raw(card).u8(last_try_consent).lp32(message).u8(keyring != nullptr);
  if (keyring != nullptr) put_opening(request, *keyring);
  const Bytes payload = request.take();
  TRY_ASSIGN(const ReplyPacket packet,
             supervisor_->call({Verb::login_sign, payload, pin.get(), 0}, report, timeout));
  ByteReader in(packet.reply.result);
  Bytes signature = to_bytes(in.lp());
  if (!in.complete()) return fail(Error::worker_down, "malformed result");
  return signature;
}

Status CardWorkerProcess::keyring_open(const KeyringOpening& opening, Timeout timeout) {
  ByteBuilder request;
  put_opening(request, opening);
  Bytes payload = request.take();
  card::PinReport ignored;
  const auto done = supervisor_->call({Verb::keyring_open, payload, -1, 0}, ignored, timeout);
  wipe(payload);
  return done.ok() ? Status() : Status(done.failure());
}

Result<Bytes> CardWorkerProcess::keyring_seal(const KeyringTicket& ticket,
                                              const records::KeyringRecipient& recipient, Timeout timeout) {
  ByteBuilder request;
  request.raw(ticket);
  put_recipient(request, recipient);
  const Bytes payload = request.take();
  card::PinReport ignored;
  TRY_ASSIGN(const ReplyPacket packet,
             supervisor_->call({Verb::keyring_seal, payload, -1, 0}, ignored, timeout));
  ByteReader in(packet.reply.result);
  Bytes envelope = to_bytes(in.lp());
  if (!in.complete()) return fail(Error::worker_down, "malformed result");
  return envelope;
}

Status CardWorkerProcess::keyring_reveal(const KeyringTicket& ticket, UniqueFd channel, Timeout timeout) {
  card::PinReport ignored;
  TRY(supervisor_->call({Verb::keyring_reveal, ticket, channel.get(), 0}, ignored, timeout));
  return {};
}

Result<std::unique_ptr<Vault>> CardWorkerProcess::open_vault(Timeout timeout) {
  TRY_ASSIGN(const std::uint64_t instance, supervisor_->acquire_vault(timeout));
  card::PinReport ignored;
  const auto opened = supervisor_->call({Verb::vault_open, {}, -1, instance}, ignored, timeout);
  if (!opened.ok()) {
    supervisor_->release_vault();
    return opened.failure();
  }
  return std::unique_ptr<Vault>(std::make_unique<VaultLink>(supervisor_, instance));
}

}  // namespace cardea::worker

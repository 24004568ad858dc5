// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/pcsc_card.h"

#include <cstdio>

#include <winscard.h>

namespace cardea::worker {
namespace {

Failure pcsc_failure(LONG rv, const char* call) {
  char detail[64];
  (void)std::snprintf(detail, sizeof detail, "%.32s: 0x%lx", call, static_cast<unsigned long>(rv));
  switch (rv) {
    case SCARD_E_NO_SERVICE:
    case SCARD_E_SERVICE_STOPPED:
    case SCARD_F_COMM_ERROR:
      return fail(Error::reader_service_down, detail);
    case SCARD_E_NO_SMARTCARD:
    case SCARD_W_REMOVED_CARD:
    case SCARD_E_READER_UNAVAILABLE:
    case SCARD_E_UNKNOWN_READER:
      return fail(Error::card_removed, detail);
    default:
      return fail(Error::card_fault, detail);
  }
}

// A shared connection inside a transaction.
class Connection {
 public:
  Connection(SCARDCONTEXT context, const std::string& reader) {
    DWORD protocol = 0;
    rv_ = ::SCardConnect(context, reader.c_str(), SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                         &card_, &protocol);
    if (rv_ != SCARD_S_SUCCESS) return;
    connected_ = true;
    pci_ = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    rv_ = ::SCardBeginTransaction(card_);
    if (rv_ == SCARD_W_RESET_CARD) {
      rv_ = ::SCardReconnect(card_, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
                             SCARD_LEAVE_CARD, &protocol);
      if (rv_ == SCARD_S_SUCCESS) rv_ = ::SCardBeginTransaction(card_);
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (connected_) (void)::SCardDisconnect(card_, SCARD_LEAVE_CARD);  // ends the transaction, too
  }
  [[nodiscard]] LONG rv() const noexcept { return rv_; }
  LONG disconnect_with_reset() {
    connected_ = false;
    return ::SCardDisconnect(card_, SCARD_RESET_CARD);
  }
  // The two status bytes of a command without answer data; 0 when it did not get there.
  unsigned transmit(const std::uint8_t* command, std::size_t size) {
    std::uint8_t answer[258];
    DWORD got = sizeof answer;
    if (::SCardTransmit(card_, pci_, command, size, nullptr, answer, &got) != SCARD_S_SUCCESS || got != 2)
      return 0;
    return static_cast<unsigned>(answer[0]) << 8 | answer[1];
  }

 private:
  LONG rv_ = SCARD_S_SUCCESS;
  SCARDHANDLE card_ = 0;
  const SCARD_IO_REQUEST* pci_ = nullptr;
  bool connected_ = false;
};

// How OpenSC names the cards whose user PIN has a fixed reference.
std::optional<std::uint8_t> pin_reference(const card::TokenInfo& token) {
  if (token.manufacturer.starts_with("Aventra")) return std::uint8_t{0x01};          // MyEID
  if (token.manufacturer.starts_with("www.CardContact")) return std::uint8_t{0x81};  // SmartCard-HSM
  if (token.manufacturer.starts_with("piv_II")) return std::uint8_t{0x80};           // PIV
  return std::nullopt;
}

}  // namespace

PcscCards::~PcscCards() { forget(); }

void PcscCards::forget() noexcept {
  if (context_ != 0) (void)::SCardReleaseContext(context_);
  context_ = 0;
}

Status PcscCards::connect_service() {
  if (context_ != 0 && ::SCardIsValidContext(context_) == SCARD_S_SUCCESS) return {};
  forget();
  SCARDCONTEXT context = 0;
  const LONG rv = ::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
  if (rv != SCARD_S_SUCCESS) return pcsc_failure(rv, "SCardEstablishContext");
  context_ = context;
  return {};
}

Status PcscCards::reset(const std::string& reader) {
  TRY(connect_service());
  Connection connection(context_, reader);
  if (connection.rv() != SCARD_S_SUCCESS) return pcsc_failure(connection.rv(), "SCardConnect");
  const LONG rv = connection.disconnect_with_reset();
  if (rv != SCARD_S_SUCCESS) return pcsc_failure(rv, "SCardDisconnect");
  return {};
}

std::optional<std::uint8_t> PcscCards::pin_tries(const std::string& reader, const card::TokenInfo& token) {
  const auto reference = pin_reference(token);
  if (!reference || !connect_service().ok()) return std::nullopt;
  Connection connection(context_, reader);
  if (connection.rv() != SCARD_S_SUCCESS) return std::nullopt;
  const std::uint8_t verify[] = {0x00, 0x20, 0x00, *reference};
  const unsigned status = connection.transmit(verify, sizeof verify);
  if (status == 0x6983) return std::uint8_t{0};
  if ((status & 0xfff0U) != 0x63c0U) return std::nullopt;
  return static_cast<std::uint8_t>(status & 0x0fU);
}

}  // namespace cardea::worker

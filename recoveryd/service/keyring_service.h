// SPDX-License-Identifier: Apache-2.0
// [policy] set_authtok = keyring: the secret that opens the user's keyring, handed to the login program after
// a granted login, and kept sealed to whatever may open it next (docs/spec/keyring.md). Only the card worker
// sees it. Nothing here ever decides about a login, a replacement or a generation: what fails is logged, and
// the keyring stays closed.
#pragma once

#include "recoveryd/context.h"
#include "recoveryd/conversation.h"

namespace cardea::recoveryd {

class KeyringService {
 public:
  explicit KeyringService(const Context& context) : context_(context) {}

  // Logins. Whether this one gets the secret: the policy, the service, and only programs of root's.
  [[nodiscard]] bool is_wanted(const Peer& peer, const LoginRequest& request) const;
  // What login_sign shall open beside the signature; empty when this card opens none. `ticket`: of this
  // login.
  struct ByCard {
    Bytes envelope;
    worker::KeyringTicket ticket{};
    records::KeyringOwner owner;
    [[nodiscard]] worker::KeyringOpening opening() const {
      return {ticket, worker::KeyringWay::card, owner, envelope, {}, {}, 0};
    }
  };
  [[nodiscard]] std::optional<ByCard> by_card(const login::EnrolmentRecord& record,
                                              const crypto::CardId& card) const;
  // After the verdict is made and before it is sent. `opened`: what the login's card has opened. The first
  // time the secret is made. Whatever it is newly sealed to is on disk before it is handed out.
  void hand_out(Conversation& client, const std::string& user, const std::optional<ByCard>& opened) const;

  // Vaults. Opens the secret in the vault, when there is one that this opens.
  void open_with_access_key(worker::Vault& vault, const login::EnrolmentRecord& record,
                            const KeptAccessKeys::Root& root) const;
  // After password and answer; opens the recovery key, too.
  void open_with_recovery_key(worker::Vault& vault, const login::EnrolmentRecord& record,
                              ByteView recovery_seal, ByteView recovery_public) const;
  // A card that takes over. Before the record names it as anything.
  void add_card(worker::Vault& vault, const login::EnrolmentRecord& record, const crypto::CardId& card,
                ByteView wrap_spki) const;
  // The generation that the vault has made, and the user's recovery key. Before PREPARE.
  void add_generation(worker::Vault& vault, const login::EnrolmentRecord& record, std::uint32_t generation,
                      ByteView recovery_public) const;
  // Whether the current access keys can't be given the secret: they are older than the policy.
  [[nodiscard]] bool needs_generation(const login::EnrolmentRecord& record) const;

 private:
  [[nodiscard]] bool is_on() const {
    return context_.settings.set_authtok_keyring && context_.keyrings != nullptr;
  }
  [[nodiscard]] records::KeyringOwner owner_of(const login::EnrolmentRecord& record) const;
  [[nodiscard]] Status open_for_login(const login::EnrolmentRecord& record, const KeyringFile& file,
                                      const worker::KeyringTicket& ticket) const;
  [[nodiscard]] Status seal_to_all(const login::EnrolmentRecord& record, const KeyringFile& file,
                                   const worker::KeyringTicket& ticket) const;
  [[nodiscard]] Status prepare(const login::EnrolmentRecord& record, const std::optional<ByCard>& opened,
                               worker::KeyringTicket& ticket) const;
  void add(worker::Vault& vault, const login::EnrolmentRecord& record,
           std::vector<records::KeyringRecipient> recipients) const;
  void complain(std::string_view what, const std::string& user, const Failure& failure) const;

  const Context& context_;
};

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
// When the keyring secret is handed out, to whom it is sealed before that, and what never happens to it.
#include "recoveryd/service/keyring_service.h"

#include <fstream>

#include "tests/unit/recoveryd/service/service_fixture.h"

namespace cardea::recoveryd {
namespace {

using records::KeyringHolderKind;

class KeyringServiceTest : public ServiceTest {
 protected:
  KeyringServiceTest() {
    settings_.set_authtok_keyring = true;
    context_.keyrings = &keyrings_;
    card_ = worker_.insert("Alice's card", "1234");
    record_ = enrol("alice", card_);
  }

  static LoginRequest request(const std::string& service = "login") {
    LoginRequest request;
    request.service = service;
    request.user = "alice";
    return request;
  }
  KeyringFile file() { return keyrings_.load("alice", record_.user_id).value(); }
  std::optional<KeyringService::ByCard> card_opens() {
    const auto opened = KeyringService(context_).by_card(record_, *card_.info.card_id);
    if (!opened) return opened;
    auto [ours, theirs] = channel();
    const std::uint8_t pin[] = {1, 0, 4, '1', '2', '3', '4'};
    EXPECT_EQ(::send(ours.get(), pin, sizeof pin, 0), static_cast<ssize_t>(sizeof pin));
    const worker::KeyringOpening opening = opened->opening();
    card::PinReport report;
    EXPECT_TRUE(worker_
                    .login_sign(*card_.info.card_id, Bytes(40, 1), false, std::move(theirs), report,
                                worker::kCardTimeout, &opening)
                    .ok());
    return opened;
  }
  static std::pair<UniqueFd, UniqueFd> channel() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
  }
  // What the client was given; empty when nothing was.
  std::string hand_out(const std::optional<KeyringService::ByCard>& opened) {
    Conversation client = client_of(::geteuid());
    std::uint8_t answer[64];
    const auto shown = wire::encode(wire::Answer{1, wire::AnswerKind::empty, {}}, answer);
    EXPECT_EQ(::send(client_end_.get(), shown.data(), shown.size(), 0), static_cast<ssize_t>(shown.size()));
    KeyringService(context_).hand_out(client, "alice", opened);
    return revealed();
  }
  std::string revealed() {
    std::uint8_t packet[512];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    iovec part{packet, sizeof packet};
    msghdr head{nullptr, 0, &part, 1, control, sizeof control, 0};
    const ssize_t size = ::recvmsg(client_end_.get(), &head, MSG_DONTWAIT);
    if (size <= 0 || CMSG_FIRSTHDR(&head) == nullptr) return {};
    wire::Reveal reveal;
    EXPECT_TRUE(wire::decode(wire::Packet(packet, static_cast<std::size_t>(size)), reveal));
    EXPECT_EQ(reveal.purpose, "keyring");
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&head)), sizeof fd);
    const UniqueFd secret(fd);
    const ssize_t got = ::recv(secret.get(), packet, sizeof packet, MSG_DONTWAIT);
    std::uint8_t status = 1;
    std::span<const std::uint8_t> content;
    EXPECT_TRUE(got > 0 &&
                wire::decode_revealed(wire::Packet(packet, static_cast<std::size_t>(got)), status, content));
    return std::string(content.begin(), content.end());
  }
  // A generation whose point is known, and an access key of which has just let in.
  void came_in_by_key(std::uint32_t generation) {
    memory_.kept_keys.keep("alice", generation, root_, true, clock_.monotonic());
  }
  void know_generation(std::uint32_t generation) {
    const auto key = records::keyring_key({record_.user_id, device_->computer_id}, generation,
                                          access_key::local_secret(root_, record_.device_share));
    EXPECT_TRUE(
        keyrings_
            .update("alice", record_.user_id,
                    [&](KeyringFile& changed) -> Status {
                      changed.holders.push_back(
                          {{KeyringHolderKind::access_key, {}, generation, to_bytes(key.value().point())},
                           {}});
                      return {};
                    })
            .ok());
  }

  KeyringStore keyrings_{*directory_};
  access_key::AccessKey root_ = random_.secret<15>();
  worker::CardView card_;
  login::EnrolmentRecord record_;
};

TEST_F(KeyringServiceTest, OnlyRootsProgramsAndOnlyThoseThatOpenSessions) {
  const KeyringService service(context_);
  const Peer root{0, 0, 1};
  const Peer owner{static_cast<uid_t>(ordinary_uid()), 0, 1};
  EXPECT_TRUE(service.is_wanted(root, request()));
  EXPECT_FALSE(service.is_wanted(owner, request()));
  for (const char* without : {"sudo", "sudo-i", "su", "su-l", "polkit-1"})
    EXPECT_FALSE(service.is_wanted(root, request(without))) << without;
  settings_.set_authtok_keyring = false;
  EXPECT_FALSE(service.is_wanted(root, request()));
}

TEST_F(KeyringServiceTest, TheFirstLoginMakesItAndItIsOnDiskWhenItIsHandedOut) {
  know_generation(1);
  EXPECT_FALSE(KeyringService(context_).by_card(record_, *card_.info.card_id).has_value());
  const std::string secret = hand_out(std::nullopt);
  EXPECT_EQ(secret.size(), 43u);
  ASSERT_EQ(file().holders.size(), 2u);
  for (const KeyringHolder& holder : file().holders)
    EXPECT_FALSE(holder.envelope.empty());
  EXPECT_EQ(hand_out(card_opens()), secret);
  came_in_by_key(1);
  EXPECT_EQ(hand_out(std::nullopt), secret);
}

TEST_F(KeyringServiceTest, WhereItCantBeWrittenItIsNotHandedOut) {
  std::filesystem::create_directory(directory_->user_file("alice", "keyring"));
  EXPECT_EQ(hand_out(std::nullopt), "");
}

TEST_F(KeyringServiceTest, WhatExistsAndDoesNotOpenIsNeverMadeAnew) {
  know_generation(1);
  const std::string secret = hand_out(std::nullopt);
  const SecretBytes before = encode(file());
  EXPECT_EQ(hand_out(std::nullopt), "");  // no card, no key
  came_in_by_key(2);                      // of a generation it was not sealed to
  EXPECT_EQ(hand_out(std::nullopt), "");
  EXPECT_TRUE(encode(file()) == before);
  memory_.kept_keys.forget("alice");
  EXPECT_EQ(hand_out(card_opens()), secret);
}

TEST_F(KeyringServiceTest, ADamagedFileHandsOutNothingAndStays) {
  (void)hand_out(std::nullopt);
  const std::string path = directory_->user_file("alice", "keyring");
  std::fstream damaged(path, std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(60);
  damaged.put('\x55');
  damaged.close();
  EXPECT_FALSE(KeyringService(context_).by_card(record_, *card_.info.card_id).has_value());
  EXPECT_EQ(hand_out(std::nullopt), "");
  EXPECT_EQ(keyrings_.load("alice", record_.user_id).error(), Error::corrupted);
}

TEST_F(KeyringServiceTest, ACardLoginSealsItToTheGenerationThatNobodyWasThereFor) {
  const std::string secret = hand_out(std::nullopt);
  know_generation(5);
  came_in_by_key(5);
  EXPECT_EQ(hand_out(std::nullopt), "");
  memory_.kept_keys.forget("alice");
  EXPECT_EQ(hand_out(card_opens()), secret);
  came_in_by_key(5);
  EXPECT_EQ(hand_out(std::nullopt), secret);
}

TEST_F(KeyringServiceTest, CopiesForRevokedCardsAndOlderGenerationsAreDropped) {
  know_generation(1);
  (void)hand_out(std::nullopt);
  const worker::CardView second = worker_.insert("Second", "5678");
  const auto now = enrolments_.update("alice", [&](login::EnrolmentRecord& record) -> Status {
    record.cards.push_back({*second.info.card_id, second.info.auth_spki, second.info.wrap_spki, "Second", "2",
                            login::CardState::revoked});
    record.current->generation = 2;
    return {};
  });
  ASSERT_TRUE(now.ok());
  ASSERT_TRUE(keyrings_
                  .update("alice", record_.user_id,
                          [&](KeyringFile& changed) -> Status {
                            changed.holders.push_back(
                                {{KeyringHolderKind::card, *second.info.card_id, 0, second.info.wrap_spki},
                                 Bytes(115, 1)});
                            return {};
                          })
                  .ok());
  know_generation(2);
  (void)hand_out(card_opens());
  ASSERT_EQ(file().holders.size(), 2u);
  EXPECT_EQ(file().holders[0].recipient.card, *card_.info.card_id);
  EXPECT_EQ(file().holders[1].recipient.generation, 2u);
}

TEST_F(KeyringServiceTest, AGenerationThatIsBeingMadeDropsNothing) {
  know_generation(1);
  const std::string secret = hand_out(std::nullopt);
  auto vault = std::make_unique<test::MockVault>();
  EXPECT_CALL(*vault, keyring_recipient).WillOnce([](ByteView, worker::Timeout) {
    return Result<Bytes>(Bytes(65, 4));
  });
  EXPECT_CALL(*vault, keyring_seal).Times(2).WillRepeatedly([](const auto&, worker::Timeout) {
    return Result<Bytes>(Error::not_found);
  });
  KeyringService(context_).add_generation(*vault, record_, 2, Bytes(65, 5));
  EXPECT_EQ(file().holders.size(), 4u);
  came_in_by_key(1);
  EXPECT_EQ(hand_out(std::nullopt), secret);  // although the made-up points are no keys
}

TEST_F(KeyringServiceTest, AccessKeysOlderThanThePolicyNeedANewGeneration) {
  EXPECT_TRUE(KeyringService(context_).needs_generation(record_));
  know_generation(1);
  EXPECT_FALSE(KeyringService(context_).needs_generation(record_));
  settings_.set_authtok_keyring = false;
  record_.current->generation = 2;
  EXPECT_FALSE(KeyringService(context_).needs_generation(record_));
}

}  // namespace
}  // namespace cardea::recoveryd

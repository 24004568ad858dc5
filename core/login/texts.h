// SPDX-License-Identifier: Apache-2.0
// What the gate says. The wording is a contract: scripts and tests compare it, docs/guide/troubleshooting.md
// explains it. One function per text, so that no format string ever meets a foreign one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cardea::login::texts {

std::string pin_for_card(std::string_view label);  // PIN for card “%s”:
std::string wrong_pin(int tries_left);             // tries_left < 0: the card does not tell
std::string pin_length(unsigned least, unsigned most);
std::string mistyped_group(int group);
std::string throttled(std::int64_t seconds);
std::string not_this_users_card(std::string_view user);
std::string who_asks(std::string_view service, std::string_view requester, std::string_view user,
                     std::string_view tty);
std::string clock_behind(std::int64_t seen);

inline constexpr std::string_view kNoCard = "Insert your card, or type an access key: ";
inline constexpr std::string_view kAccessKey = "Access key: ";
inline constexpr std::string_view kLastTry = "Only 1 try left; a further wrong PIN locks the card.";
inline constexpr std::string_view kPinLocked =
    "This card is locked. Unblock it with its PUK, or use an access key.";
inline constexpr std::string_view kWrongKey = "This access key does not open this computer.";
inline constexpr std::string_view kKeyAccepted =
    "Access key accepted. It can't be used again. Get a new card: run “cardea card replace”.";
inline constexpr std::string_view kCardRevoked =
    "This card has been replaced or reported lost. It does not open this computer.";
inline constexpr std::string_view kCardSuspended = "This card is suspended. Resume it, or use an access key.";
inline constexpr std::string_view kCardAwaited =
    "This card is not in use yet: its replacement was interrupted. Connect this computer to the server.";
inline constexpr std::string_view kCardPulled = "The card was pulled too early.";
inline constexpr std::string_view kCardTrouble =
    "The card could not be read. Clean it, or try another reader.";
inline constexpr std::string_view kReaderDown =
    "The card reader service is not running. An access key still works.";
inline constexpr std::string_view kNoAccessKeys = "There is no access key for this computer yet.";
inline constexpr std::string_view kStoreUnwritable =
    "An access key can't be taken now: this computer can't record its use (disk full or read-only). The card "
    "still works.";
inline constexpr std::string_view kStoreCorrupted =
    "The enrolment data of this computer is damaged. An administrator must restore it from a backup or enrol "
    "again.";
inline constexpr std::string_view kStale =
    "This computer has been without contact to the server for too long to trust the card. Connect it, or use "
    "an access key.";
inline constexpr std::string_view kLastTryGuarded =
    "Only 1 PIN try is left on this card. Use it at a full login screen, or type an access key.";
inline constexpr std::string_view kRemote = "A remote login needs an access key.";

}  // namespace cardea::login::texts

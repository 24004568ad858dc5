// SPDX-License-Identifier: Apache-2.0
// What the gate says. The English wording is a contract: scripts and tests compare it,
// docs/guide/troubleshooting.md explains it; other languages come from the catalogue. One function per text,
// so that no format string ever meets a foreign one. A constant is English until say() is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/login/enrolment_record.h"
#include "core/text/catalogue.h"

namespace cardea::login::texts {

using text::Language;
using text::tr;

std::string say(Language language, std::string_view text);
std::string pin_for_card(Language language, std::string_view label);  // PIN for card “%1”:
std::string wrong_pin(Language language, int tries_left);  // tries_left < 0: the card does not tell
std::string pin_length(Language language, unsigned least, unsigned most);
std::string mistyped_group(Language language, int group);
std::string throttled(Language language, std::int64_t seconds);
std::string not_this_users_card(Language language, std::string_view user);
std::string who_asks(Language language, std::string_view service, std::string_view requester,
                     std::string_view user, std::string_view tty);
std::string other_spelling(Language language, std::string_view name);
std::string clock_behind(Language language, std::int64_t seen);
// Why a card in this state, which is not `active`, opens nothing.
std::string_view why_closed(CardState state) noexcept;

inline constexpr const char* kNotThisUsersCard = tr("This is not the card enrolled for %1.");

inline constexpr std::string_view kNoCard = tr("Insert your card, or type an access key: ");
inline constexpr std::string_view kAccessKey = tr("Access key: ");
inline constexpr std::string_view kLastTry = tr("Only 1 try left; a further wrong PIN locks the card.");
inline constexpr std::string_view kGuestEnded =
    tr("Your server must be asked before you may be a guest at this computer again.");
inline constexpr std::string_view kPinLocked =
    tr("This card is locked. Unblock it with its PUK, or use an access key.");
inline constexpr std::string_view kWrongKey = tr("This access key does not open this computer.");
inline constexpr std::string_view kKeyAccepted =
    tr("Access key accepted. It can't be used again. Get a new card: run “cardea card replace”.");
inline constexpr std::string_view kCardRevoked =
    tr("This card has been replaced or reported lost. It does not open this computer.");
inline constexpr std::string_view kCardSuspended =
    tr("This card is suspended. Resume it, or use an access key.");
inline constexpr std::string_view kCardAnnounced =
    tr("This card takes over when the server has confirmed it. Connect this computer, or use an access key.");
inline constexpr std::string_view kCardPulled = tr("The card was pulled too early.");
inline constexpr std::string_view kCardTrouble =
    tr("The card could not be read. Clean it, or try another reader.");
inline constexpr std::string_view kReaderDown =
    tr("The card reader service is not running. An access key still works.");
inline constexpr std::string_view kNoAccessKeys = tr("There is no access key for this computer yet.");
inline constexpr std::string_view kStoreUnwritable = tr(
    "An access key can't be taken now: this computer can't record its use (disk full or read-only). The card "
    "still works.");
inline constexpr std::string_view kStoreCorrupted = tr(
    "The enrolment data of this computer is damaged. An administrator must restore it from a backup or enrol "
    "again.");
inline constexpr std::string_view kStale = tr(
    "This computer has been without contact to the server for too long to trust the card. Connect it, or use "
    "an access key.");
inline constexpr std::string_view kLastTryGuarded =
    tr("Only 1 PIN try is left on this card. Use it at a full login screen, or type an access key.");
inline constexpr std::string_view kAskingAgent =
    tr("Asking the card at your computer through the ssh agent.");
inline constexpr std::string_view kRemote = tr("A remote login needs an access key.");

}  // namespace cardea::login::texts

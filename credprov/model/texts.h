// SPDX-License-Identifier: Apache-2.0
// What the tile says by itself; everything else comes from the daemon. English until text::translate() is
// asked.
#pragma once

#include "core/text/catalogue.h"

namespace cardea::credprov::texts {

using text::tr;

// Labels: LogonUI shows them in empty fields and reads them out.
inline constexpr const char* kProviderLabel = tr("Cardea card login");
inline constexpr const char* kTitle = tr("Log in with your card");
inline constexpr const char* kChangeTitle = tr("Change the PIN of your card");
inline constexpr const char* kUserNameLabel = tr("User name");
inline constexpr const char* kPinLabel = tr("PIN");
inline constexpr const char* kAccessKeyLabel = tr("Access key");
inline constexpr const char* kAnswerLabel = tr("Answer");
inline constexpr const char* kPasswordLabel = tr("Windows password");
inline constexpr const char* kSubmitLabel = tr("Continue");
inline constexpr const char* kNoCardLink = tr("I don't have my card");
inline constexpr const char* kCardLink = tr("I have my card");
inline constexpr const char* kStorePasswordLink = tr("My Windows password has changed");
inline constexpr const char* kChangePinLink = tr("Change the PIN instead");

inline constexpr const char* kTypeUserName = tr("Type your user name.");
inline constexpr const char* kTypeAccessKey =
    tr("Type the access key: six groups of five letters and digits. You get it from another computer or a "
       "telephone.");
inline constexpr const char* kNotAnAccessKey = tr("An access key has six groups of five letters and digits.");
inline constexpr const char* kGroupMistyped = tr("Group %1 is mistyped.");
inline constexpr const char* kTypeOldPin = tr("Type the PIN that the card has now.");
inline constexpr const char* kTypeNewPassword =
    tr("Type the Windows password that counts now. It is kept, sealed for your card.");
inline constexpr const char* kTooLong = tr("What was typed is too long.");
inline constexpr const char* kWorking = tr("One moment …");

inline constexpr const char* kNotSetUp =
    tr("Card login is not set up for this account; use another way to sign in.");
inline constexpr const char* kRefused = tr("You were not let in.");
inline constexpr const char* kFailed = tr("Something went wrong; try again.");
inline constexpr const char* kPinChanged = tr("The PIN is changed.");
inline constexpr const char* kPasswordStored = tr("The Windows password is stored.");
inline constexpr const char* kPasswordWanted =
    tr("Your Windows password is not stored yet. Type it once; it is kept, sealed for your card.");
inline constexpr const char* kStoredPasswordWrong =
    tr("The stored Windows password is not right any more: type the new one once.");
inline constexpr const char* kPasswordWrong = tr("The Windows password is not right.");
inline constexpr const char* kTooSlow = tr("That took too long; begin again.");

// What Windows said to a password that was right, or that it did not look at.
inline constexpr const char* kLockedOut = tr("Windows has locked this account for a while.");
inline constexpr const char* kAccountDisabled = tr("This Windows account is disabled.");
inline constexpr const char* kAccountExpired = tr("This Windows account has expired.");
inline constexpr const char* kPasswordExpired =
    tr("The Windows password has expired. Change it in another way to sign in.");
inline constexpr const char* kNotNow = tr("This account may not log in now, or not at this computer.");
inline constexpr const char* kNoLogonServer =
    tr("No server of the domain can be reached to check the password.");
inline constexpr const char* kLogonFailed = tr("Windows did not accept the logon (%1).");

}  // namespace cardea::credprov::texts

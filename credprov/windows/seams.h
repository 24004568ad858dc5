// SPDX-License-Identifier: Apache-2.0
// What the DLL wants of the system and a test must be able to answer itself, because Wine answers with
// nothing or with lies. production_seams.cpp is what is shipped; the test's DLL has its own.
#pragma once

#include <windows.h>

#include "core/base/clock.h"
#include "core/client/windows/named_pipe_transport.h"
#include "credprov/model/card_watch.h"

namespace cardea::credprov {

class Seams {
 public:
  virtual ~Seams() = default;
  // The number of LSA's package Negotiate; false when LSA does not say.
  virtual bool logon_package(ULONG& number) noexcept = 0;
  // Below which root, and in which key, the settings are, and those that group policy writes.
  virtual HKEY settings_root() noexcept = 0;
  virtual const wchar_t* settings_key() noexcept = 0;
  virtual const wchar_t* policy_key() noexcept = 0;
  virtual const wchar_t* daemon_pipe() noexcept = 0;
  virtual client::PipeOwner pipe_owner() noexcept = 0;
  virtual bool safe_mode() noexcept = 0;
  virtual const Clock& clock() noexcept = 0;
  virtual CardWatch::Pauses watch_pauses() noexcept = 0;
  // How long a start must last to count as one that worked.
  virtual DWORD proven_ms() noexcept = 0;
};

Seams& seams() noexcept;

}  // namespace cardea::credprov

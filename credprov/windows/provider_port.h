// SPDX-License-Identifier: Apache-2.0
// The provider's way to LogonUI from any thread: “there is something new, look at the tiles”. It outlives the
// provider when a thread is still in it, and is silent after detach().
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "credprov/model/card_watch.h"
#include "credprov/model/session.h"
#include "credprov/windows/com.h"

namespace cardea::credprov {

class ProviderPort final : public CardListener {
 public:
  void attach(ICredentialProviderEvents* events, UINT_PTR context);
  void detach() noexcept;
  void set_sessions(std::vector<std::weak_ptr<Session>> sessions);

  // All tiles are to be drawn anew.
  void raise() noexcept;
  // A card came or went: every tile says so. The tiles are drawn anew only when nobody is in the middle of
  // anything, because LogonUI forgets what was typed.
  void on_cards(const std::string& status) noexcept override;

 private:
  std::mutex mutex_;
  ComPtr<ICredentialProviderEvents> events_;
  UINT_PTR context_ = 0;
  std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
// A tile's way to LogonUI from any thread: tells it which fields have changed since it was told last.
// Callbacks are made outside of every lock, so that LogonUI may call back at once, and by one thread at a
// time.
#pragma once

#include <memory>
#include <mutex>

#include "credprov/model/session.h"
#include "credprov/windows/com.h"
#include "credprov/windows/provider_port.h"

namespace cardea::credprov {

class CredentialPort final : public TileHost {
 public:
  CredentialPort(std::weak_ptr<Session> session, std::shared_ptr<ProviderPort> provider)
      : session_(std::move(session)), provider_(std::move(provider)) {}

  // `credential` is what LogonUI knows the tile by; it holds it as long as it is advised.
  void attach(ICredentialProviderCredential* credential, ICredentialProviderCredentialEvents* events);
  void detach() noexcept;

  void on_tile_changed() noexcept override;
  void on_tile_ready() noexcept override { provider_->raise(); }

 private:
  void draw();

  const std::weak_ptr<Session> session_;
  const std::shared_ptr<ProviderPort> provider_;
  std::mutex mutex_;
  ComPtr<ICredentialProviderCredential> credential_;
  ComPtr<ICredentialProviderCredentialEvents> events_;
  View shown_;
  bool drawing_ = false;  // by some thread
  bool again_ = false;    // and there was another change meanwhile
};

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/provider_port.h"

namespace cardea::credprov {

void ProviderPort::attach(ICredentialProviderEvents* events, UINT_PTR context) {
  ComPtr<ICredentialProviderEvents> before(events);
  std::lock_guard lock(mutex_);
  std::swap(events_, before);
  context_ = context;
}

// LogonUI's object is released outside of the lock: it may call back.
void ProviderPort::detach() noexcept {
  ComPtr<ICredentialProviderEvents> before;  // ends after the lock
  std::lock_guard lock(mutex_);
  std::swap(events_, before);
}

void ProviderPort::set_sessions(std::vector<std::weak_ptr<Session>> sessions) {
  std::lock_guard lock(mutex_);
  sessions_ = std::move(sessions);
}

void ProviderPort::raise() noexcept {
  ComPtr<ICredentialProviderEvents> events;
  UINT_PTR context = 0;
  {
    std::lock_guard lock(mutex_);
    events = events_;
    context = context_;
  }
  if (events) (void)events->CredentialsChanged(context);
}

void ProviderPort::on_cards(const std::string& status) noexcept {
  (void)guarded([&] {
    std::vector<std::weak_ptr<Session>> sessions;
    {
      std::lock_guard lock(mutex_);
      if (!events_) return S_OK;
      sessions = sessions_;
    }
    bool in_use = false;
    for (const std::weak_ptr<Session>& weak : sessions) {
      const std::shared_ptr<Session> session = weak.lock();
      if (session == nullptr) continue;
      in_use = in_use || session->in_use();
      session->set_card_status(status);
    }
    if (!in_use) raise();
    return S_OK;
  });
}

}  // namespace cardea::credprov

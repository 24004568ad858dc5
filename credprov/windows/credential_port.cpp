// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/credential_port.h"

#include "credprov/windows/fields.h"

namespace cardea::credprov {
namespace {

// Several changes as one, where LogonUI can (Windows 8).
class FieldUpdates {
 public:
  explicit FieldUpdates(ICredentialProviderCredentialEvents* events) noexcept {
    if (SUCCEEDED(events->QueryInterface(__uuidof(ICredentialProviderCredentialEvents2),
                                         reinterpret_cast<void**>(events_.put())))) {
      (void)events_->BeginFieldUpdates();
    }
  }
  FieldUpdates(const FieldUpdates&) = delete;
  FieldUpdates& operator=(const FieldUpdates&) = delete;
  ~FieldUpdates() {
    if (events_) (void)events_->EndFieldUpdates();
  }

 private:
  ComPtr<ICredentialProviderCredentialEvents2> events_;
};

void tell_changes(ICredentialProviderCredential* credential, ICredentialProviderCredentialEvents* events,
                  const View& before, const View& now) {
  const FieldUpdates together(events);
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto field = static_cast<Field>(i);
    const auto id = static_cast<DWORD>(i);
    const FieldView& was = before.fields[i];
    const FieldView& is = now.fields[i];
    if (is_typed(field)) {
      // The name stays; LogonUI's own copy of everything else must go.
      if (before.emptied != now.emptied && field != Field::user_name)
        (void)events->SetFieldString(credential, id, L"");
    } else if (was.text != is.text && field != Field::image && field != Field::submit) {
      (void)events->SetFieldString(credential, id, wide(is.text).c_str());
    }
    if (was.shown != is.shown) (void)events->SetFieldState(credential, id, state_of(field, is));
    if (is.shown && (was.enabled != is.enabled || was.focused != is.focused || !was.shown))
      (void)events->SetFieldInteractiveState(credential, id, interactive_state_of(is));
  }
  if (before.submit_after != now.submit_after) {
    (void)events->SetFieldSubmitButton(credential, static_cast<DWORD>(index_of(Field::submit)),
                                       static_cast<DWORD>(index_of(now.submit_after)));
  }
}

}  // namespace

void CredentialPort::attach(ICredentialProviderCredential* credential,
                            ICredentialProviderCredentialEvents* events) {
  ComPtr<ICredentialProviderCredentialEvents> new_events(events);
  ComPtr<ICredentialProviderCredential> new_credential(credential);
  const std::shared_ptr<Session> session = session_.lock();
  const View view = session == nullptr ? View() : session->view();
  std::lock_guard lock(mutex_);
  std::swap(events_, new_events);
  std::swap(credential_, new_credential);
  shown_ = view;
}

void CredentialPort::detach() noexcept {
  ComPtr<ICredentialProviderCredentialEvents> events;  // these end after the lock
  ComPtr<ICredentialProviderCredential> credential;
  std::lock_guard lock(mutex_);
  std::swap(events_, events);
  std::swap(credential_, credential);
}

void CredentialPort::on_tile_changed() noexcept {
  (void)guarded([this] {
    draw();
    return S_OK;
  });
}

void CredentialPort::draw() {
  const std::shared_ptr<Session> session = session_.lock();
  std::unique_lock lock(mutex_);
  if (session == nullptr || !events_) return;
  again_ = true;
  if (drawing_) return;  // whoever draws will see it
  drawing_ = true;
  while (again_ && events_) {
    again_ = false;
    const ComPtr<ICredentialProviderCredentialEvents> events = events_;
    const ComPtr<ICredentialProviderCredential> credential = credential_;
    const View before = shown_;
    lock.unlock();
    View now;
    const HRESULT told = guarded([&] {
      now = session->view();
      tell_changes(credential.get(), events.get(), before, now);
      return S_OK;
    });
    lock.lock();
    if (SUCCEEDED(told)) shown_ = now;
  }
  drawing_ = false;
}

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
#include "credprov/windows/windows_outside.h"

#include <cwchar>

#include "core/client/windows/named_pipe_transport.h"
#include "credprov/model/locale_name.h"
#include "credprov/model/utf16.h"
#include "credprov/windows/module.h"

namespace cardea::credprov {
namespace {

class PipeConnection final : public CancellableTransport {
 public:
  PipeConnection(const wchar_t* path, client::PipeOwner owner) noexcept : pipe_(path, owner) {}
  Error connect(std::uint32_t& budget_ms) noexcept override { return pipe_.connect(budget_ms); }
  Error send(wire::Packet packet) noexcept override { return pipe_.send(packet); }
  Error receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                client::Channel& channel) noexcept override {
    return pipe_.receive(buffer, budget_ms, packet, channel);
  }
  bool hung_up() noexcept override { return pipe_.hung_up(); }
  Error write(client::Channel channel, wire::Packet packet) noexcept override {
    return pipe_.write(channel, packet);
  }
  Error read(client::Channel channel, wire::PacketBuffer buffer, std::uint32_t& budget_ms,
             wire::Packet& packet) noexcept override {
    return pipe_.read(channel, buffer, budget_ms, packet);
  }
  void close(client::Channel channel) noexcept override { pipe_.close(channel); }
  void cancel() noexcept override { pipe_.cancel(); }

 private:
  client::NamedPipeTransport pipe_;
};

struct ThreadStart {
  std::function<void()> task;
  HMODULE module;
};

DWORD WINAPI thread_main(void* argument) {
  HMODULE module = nullptr;
  {
    const std::unique_ptr<ThreadStart> start(static_cast<ThreadStart*>(argument));
    module = start->module;
    const ModuleHold hold;
    start->task();
    start->task = nullptr;  // what it held ends while it is counted
  }
  FreeLibraryAndExitThread(module, 0);
}

}  // namespace

std::unique_ptr<CancellableTransport> WindowsOutside::transport() noexcept {
  return std::unique_ptr<CancellableTransport>(new (std::nothrow)
                                                   PipeConnection(seams_.daemon_pipe(), seams_.pipe_owner()));
}

bool WindowsOutside::run(std::function<void()> task) noexcept {
  std::unique_ptr<ThreadStart> start(new (std::nothrow) ThreadStart{std::move(task), nullptr});
  if (start == nullptr) return false;
  if (GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, reinterpret_cast<LPCWSTR>(&thread_main),
                         &start->module) == 0) {
    return false;
  }
  const HMODULE module = start->module;
  const HANDLE thread = CreateThread(nullptr, 0, thread_main, start.get(), 0, nullptr);
  if (thread == nullptr) {
    (void)FreeLibrary(module);
    return false;
  }
  (void)start.release();
  (void)CloseHandle(thread);
  return true;
}

std::string ui_locale() {
  wchar_t name[LOCALE_NAME_MAX_LENGTH] = {};
  if (LCIDToLocaleName(MAKELCID(GetThreadUILanguage(), SORT_DEFAULT), name, LOCALE_NAME_MAX_LENGTH, 0) == 0)
    return "C";
  const auto text = utf8_from_utf16({reinterpret_cast<const char16_t*>(name), std::wcslen(name)});
  return text.ok() ? posix_locale(text.value()) : "C";
}

std::string computer_name() {
  wchar_t name[MAX_COMPUTERNAME_LENGTH + 1] = {};
  DWORD size = MAX_COMPUTERNAME_LENGTH + 1;
  if (GetComputerNameW(name, &size) == 0) return {};
  const auto text = utf8_from_utf16({reinterpret_cast<const char16_t*>(name), size});
  return text.ok() ? text.value() : std::string();
}

}  // namespace cardea::credprov

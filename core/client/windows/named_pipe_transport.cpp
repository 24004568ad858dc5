// SPDX-License-Identifier: Apache-2.0
#include "core/client/windows/named_pipe_transport.h"

#include <cwchar>
#include <span>

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <aclapi.h>
// clang-format on

namespace cardea::client {
namespace {

constexpr std::size_t kHandleBytes = 8;  // what the daemon puts before each packet
constexpr std::size_t kMaxPathUnits = 255;
constexpr DWORD kWriteLimitMs =
    5'000;  // a pipe has room for a message; only a daemon that is stuck lets us wait

// Takes the time between its construction and its end off a budget.
class Spending {
 public:
  explicit Spending(std::uint32_t& budget_ms) noexcept : budget_ms_(budget_ms), started_(GetTickCount64()) {}
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;
  ~Spending() { budget_ms_ = left(); }
  [[nodiscard]] DWORD left() const noexcept {
    const ULONGLONG spent = GetTickCount64() - started_;
    return spent >= budget_ms_ ? 0 : budget_ms_ - static_cast<std::uint32_t>(spent);
  }

 private:
  std::uint32_t& budget_ms_;
  ULONGLONG started_;
};

class Event {
 public:
  Event() noexcept : handle_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() {
    if (handle_ != nullptr) (void)CloseHandle(handle_);
  }
  [[nodiscard]] HANDLE get() const noexcept { return handle_; }

 private:
  HANDLE handle_;
};

HANDLE handle_of(Channel channel) noexcept { return reinterpret_cast<HANDLE>(channel); }

Error error_of(DWORD code) noexcept {
  switch (code) {
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA:
    case ERROR_PIPE_NOT_CONNECTED:
    case ERROR_HANDLE_EOF:
      return Error::peer_closed;
    default:
      return Error::io_failed;
  }
}

// The end of an operation that was begun: no longer than that, and not once `cancelled` is set. Whatever it
// says, the operation no longer touches its buffer.
DWORD finish(HANDLE pipe, OVERLAPPED& operation, DWORD limit_ms, HANDLE cancelled, DWORD& size) noexcept {
  const HANDLE wait[] = {operation.hEvent, cancelled};
  const DWORD count = cancelled == nullptr ? 1 : 2;
  const DWORD woken = WaitForMultipleObjects(count, wait, FALSE, limit_ms);
  if (woken != WAIT_OBJECT_0) (void)CancelIoEx(pipe, &operation);
  const bool done = GetOverlappedResult(pipe, &operation, &size, TRUE) != 0;
  const DWORD code = done ? ERROR_SUCCESS : GetLastError();
  if (code != ERROR_OPERATION_ABORTED) return code;
  return woken == WAIT_OBJECT_0 + 1 ? ERROR_CANCELLED : ERROR_TIMEOUT;
}

// What is there of the message, at most `room` bytes. ERROR_MORE_DATA: there is more of the same message.
DWORD read_part(HANDLE pipe, std::uint8_t* out, std::size_t room, DWORD limit_ms, HANDLE cancelled,
                DWORD& size) noexcept {
  size = 0;
  const Event event;
  if (event.get() == nullptr) return GetLastError();
  OVERLAPPED operation{};
  operation.hEvent = event.get();
  if (ReadFile(pipe, out, static_cast<DWORD>(room), nullptr, &operation) == 0) {
    const DWORD code = GetLastError();
    if (code != ERROR_IO_PENDING && code != ERROR_MORE_DATA) return code;
  }
  return finish(pipe, operation, limit_ms, cancelled, size);
}

Error read_error(DWORD code) noexcept {
  if (code == ERROR_TIMEOUT) return Error::timeout;
  if (code == ERROR_CANCELLED) return Error::cancelled;
  return error_of(code);
}

// The rest of a message, in `buffer`. A message of no bytes is nobody's.
Error read_rest(HANDLE pipe, wire::PacketBuffer buffer, DWORD limit_ms, HANDLE cancelled,
                wire::Packet& packet) noexcept {
  DWORD size = 0;
  const DWORD code = read_part(pipe, buffer.data(), buffer.size(), limit_ms, cancelled, size);
  if (code == ERROR_MORE_DATA) return Error::frame_too_large;
  if (code != ERROR_SUCCESS) return read_error(code);
  if (size == 0) return Error::peer_closed;
  packet = buffer.first(size);
  return kNoError;
}

Error write_message(HANDLE pipe, wire::Packet packet) noexcept {
  const Event event;
  if (event.get() == nullptr) return Error::io_failed;
  OVERLAPPED operation{};
  operation.hEvent = event.get();
  if (WriteFile(pipe, packet.data(), static_cast<DWORD>(packet.size()), nullptr, &operation) == 0) {
    const DWORD code = GetLastError();
    if (code != ERROR_IO_PENDING) return error_of(code);
  }
  DWORD size = 0;
  const DWORD code = finish(pipe, operation, kWriteLimitMs, nullptr, size);
  if (code == ERROR_TIMEOUT) return Error::timeout;
  if (code != ERROR_SUCCESS) return error_of(code);
  return size == packet.size() ? kNoError : Error::io_failed;
}

// The user of a process, in `space`; nullptr when he can't be learned.
PSID user_of(HANDLE process, std::span<std::uint8_t> space) noexcept {
  HANDLE token = nullptr;
  if (OpenProcessToken(process, TOKEN_QUERY, &token) == 0) return nullptr;
  DWORD size = 0;
  const bool known =
      GetTokenInformation(token, TokenUser, space.data(), static_cast<DWORD>(space.size()), &size) != 0;
  (void)CloseHandle(token);
  return known ? reinterpret_cast<const TOKEN_USER*>(space.data())->User.Sid : nullptr;
}

// The process that made the pipe belongs to the user of this one.
bool is_own_process(HANDLE pipe) noexcept {
  ULONG number = 0;
  if (GetNamedPipeServerProcessId(pipe, &number) == 0) return false;
  const HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, number);
  if (process == nullptr) return false;
  alignas(TOKEN_USER) std::uint8_t theirs[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  alignas(TOKEN_USER) std::uint8_t ours[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  const PSID server = user_of(process, theirs);
  const PSID self = user_of(GetCurrentProcess(), ours);
  (void)CloseHandle(process);
  return server != nullptr && self != nullptr && EqualSid(server, self) != 0;
}

// By the owner of the pipe, which an ordinary user can read and can't forge: he makes no object that belongs
// to these two.
bool is_of_system(HANDLE pipe) noexcept {
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, nullptr, nullptr, nullptr,
                      &descriptor) != ERROR_SUCCESS) {
    return false;
  }
  const bool trusted = owner != nullptr && (IsWellKnownSid(owner, WinLocalSystemSid) != 0 ||
                                            IsWellKnownSid(owner, WinBuiltinAdministratorsSid) != 0);
  (void)LocalFree(descriptor);
  return trusted;
}

bool is_trusted(HANDLE pipe, PipeOwner expected) noexcept {
  return is_of_system(pipe) || (expected == PipeOwner::own_instance && is_own_process(pipe));
}

bool is_local_pipe(const wchar_t* path) noexcept {
  constexpr wchar_t kPrefix[] = L"\\\\.\\pipe\\";
  constexpr std::size_t kPrefixUnits = sizeof kPrefix / sizeof kPrefix[0] - 1;
  if (path == nullptr || std::wcsncmp(path, kPrefix, kPrefixUnits) != 0) return false;
  const std::size_t units = std::wcslen(path);
  return units > kPrefixUnits && units <= kMaxPathUnits;
}

// Identification only: the daemon learns who is there, and can't act in his name.
HANDLE open_pipe(const wchar_t* path) noexcept {
  constexpr DWORD kFlags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
  return CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, kFlags, nullptr);
}

}  // namespace

NamedPipeTransport::NamedPipeTransport(const wchar_t* path, PipeOwner owner) noexcept
    : path_(path), owner_(owner), cancelled_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}

NamedPipeTransport::~NamedPipeTransport() {
  disconnect();
  if (cancelled_ != nullptr) (void)CloseHandle(cancelled_);
}

void NamedPipeTransport::cancel() noexcept {
  if (cancelled_ != nullptr) (void)SetEvent(cancelled_);
}

void NamedPipeTransport::disconnect() noexcept {
  if (pipe_ != nullptr) (void)CloseHandle(pipe_);
  pipe_ = nullptr;
}

Error NamedPipeTransport::connect(std::uint32_t& budget_ms) noexcept {
  disconnect();
  const Spending spending(budget_ms);
  if (!is_local_pipe(path_)) return Error::invalid_argument;
  HANDLE pipe = open_pipe(path_);
  while (pipe == INVALID_HANDLE_VALUE) {
    if (GetLastError() != ERROR_PIPE_BUSY) return Error::service_unreachable;
    const DWORD left = spending.left();  // to WaitNamedPipe 0 would mean the pipe's own limit
    if (left == 0) return Error::timeout;
    if (WaitNamedPipeW(path_, left) == 0 && GetLastError() == ERROR_SEM_TIMEOUT) return Error::timeout;
    pipe = open_pipe(path_);
  }
  pipe_ = pipe;
  DWORD mode = PIPE_READMODE_MESSAGE;
  if (SetNamedPipeHandleState(pipe, &mode, nullptr, nullptr) == 0) return Error::peer_not_trusted;
  return is_trusted(pipe, owner_) ? kNoError : Error::peer_not_trusted;
}

Error NamedPipeTransport::send(wire::Packet packet) noexcept {
  return pipe_ == nullptr ? Error::io_failed : write_message(pipe_, packet);
}

Error NamedPipeTransport::receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                                  Channel& channel) noexcept {
  const Spending spending(budget_ms);
  channel = kNoChannel;
  if (pipe_ == nullptr) return Error::io_failed;
  std::uint8_t head[kHandleBytes];
  DWORD size = 0;
  const DWORD code = read_part(pipe_, head, sizeof head, spending.left(), cancelled_, size);
  if (code == ERROR_SUCCESS) return size == 0 ? Error::peer_closed : Error::frame_malformed;
  if (code != ERROR_MORE_DATA) return read_error(code);
  std::uint64_t handle = 0;
  for (std::size_t i = 0; i < sizeof head; ++i)
    handle |= static_cast<std::uint64_t>(head[i]) << (8 * i);
  if (handle != 0) channel = static_cast<Channel>(handle);
  const Error error = read_rest(pipe_, buffer, spending.left(), cancelled_, packet);
  if (error != kNoError && channel != kNoChannel) {
    close(channel);
    channel = kNoChannel;
  }
  return error;
}

// Also when something lies there unread: the daemon says nothing while it waits for an answer but its last
// word.
bool NamedPipeTransport::hung_up() noexcept {
  DWORD waiting = 0;
  if (pipe_ == nullptr || PeekNamedPipe(pipe_, nullptr, 0, nullptr, &waiting, nullptr) == 0) return true;
  return waiting != 0;
}

Error NamedPipeTransport::write(Channel channel, wire::Packet packet) noexcept {
  return write_message(handle_of(channel), packet);
}

Error NamedPipeTransport::read(Channel channel, wire::PacketBuffer buffer, std::uint32_t& budget_ms,
                               wire::Packet& packet) noexcept {
  const Spending spending(budget_ms);
  return read_rest(handle_of(channel), buffer, spending.left(), cancelled_, packet);
}

void NamedPipeTransport::close(Channel channel) noexcept { (void)CloseHandle(handle_of(channel)); }

}  // namespace cardea::client

// SPDX-License-Identifier: Apache-2.0
#include "tests/windows/credprov/pipe_daemon.h"

#include <chrono>

#include <gtest/gtest.h>

#include "core/base/secret.h"
#include "tests/windows/credprov/test_values.h"

namespace cardea::credprov::test {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr DWORD kMessageMode = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT;

HANDLE make_pipe(const std::wstring& path) {
  return CreateNamedPipeW(path.c_str(), PIPE_ACCESS_DUPLEX, kMessageMode, PIPE_UNLIMITED_INSTANCES, 1 << 17,
                          1 << 17, 0, nullptr);
}

// A message, when one comes in time; false when the other side is gone.
bool read_message(HANDLE pipe, Buffer& packet) {
  for (int waited = 0; waited < kPatienceMs; ++waited) {
    DWORD waiting = 0;
    if (PeekNamedPipe(pipe, nullptr, 0, nullptr, &waiting, nullptr) == 0) return false;
    if (waiting != 0) {
      packet.assign(waiting, 0);
      DWORD size = 0;
      if (ReadFile(pipe, packet.data(), waiting, &size, nullptr) == 0) return false;
      packet.resize(size);
      return true;
    }
    Sleep(1);
  }
  ADD_FAILURE() << "nothing came";
  return false;
}

bool is_gone(HANDLE pipe) { return PeekNamedPipe(pipe, nullptr, 0, nullptr, nullptr, nullptr) == 0; }

class PipeLink final : public DaemonLink {
 public:
  explicit PipeLink(HANDLE pipe) : pipe_(pipe) {}
  PipeLink(const PipeLink&) = delete;
  PipeLink& operator=(const PipeLink&) = delete;
  ~PipeLink() override { close_channel(); }

  void send(const Buffer& packet, bool with_channel, const Buffer& revealed) override {
    std::uint64_t value = 0;
    if (with_channel) value = reinterpret_cast<std::uint64_t>(open_channel());
    DWORD size = 0;
    if (!revealed.empty()) {
      EXPECT_TRUE(WriteFile(channel_, revealed.data(), static_cast<DWORD>(revealed.size()), &size, nullptr));
    }
    Buffer message;
    for (int i = 0; i < 8; ++i)
      message.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    message.insert(message.end(), packet.begin(), packet.end());
    (void)WriteFile(pipe_, message.data(), static_cast<DWORD>(message.size()), &size, nullptr);
  }
  bool receive(Buffer& packet) override {
    if (!first_.empty()) {
      packet = std::move(first_);
      first_.clear();
      return true;
    }
    return read_message(pipe_, packet);
  }
  bool secret(Buffer& packet) override { return read_message(channel_, packet); }
  bool wait_for_end() override {
    for (int waited = 0; waited < kPatienceMs; ++waited) {
      if (is_gone(pipe_)) return true;
      Sleep(1);
    }
    return false;
  }
  // What comes first says what kind of conversation it is; a script sees it once more.
  bool look(Buffer& packet) {
    if (!read_message(pipe_, first_)) return false;
    packet = first_;
    return true;
  }

 private:
  // Server and client are one process, so the client's end is good as it is.
  HANDLE open_channel() {
    close_channel();
    static std::atomic<int> number{0};
    const std::wstring path = pipe_path() + L"-private-" + std::to_wstring(number++);
    channel_ = make_pipe(path);
    const HANDLE end = CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                   FILE_FLAG_OVERLAPPED, nullptr);
    EXPECT_NE(end, INVALID_HANDLE_VALUE);
    DWORD mode = PIPE_READMODE_MESSAGE;
    EXPECT_TRUE(SetNamedPipeHandleState(end, &mode, nullptr, nullptr));
    return end;
  }
  void close_channel() {
    if (channel_ != INVALID_HANDLE_VALUE) (void)CloseHandle(channel_);
    channel_ = INVALID_HANDLE_VALUE;
  }
  HANDLE pipe_;
  HANDLE channel_ = INVALID_HANDLE_VALUE;
  Buffer first_;
};

}  // namespace

PipeDaemon::PipeDaemon() {
  HANDLE listening = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  acceptor_ = std::thread([this, listening] {
    HANDLE next = make_pipe(pipe_path());
    EXPECT_NE(next, INVALID_HANDLE_VALUE);
    SetEvent(listening);
    for (;;) {
      (void)ConnectNamedPipe(next, nullptr);
      const HANDLE pipe = next;
      next = make_pipe(pipe_path());
      std::lock_guard lock(mutex_);
      if (ended_) {
        (void)CloseHandle(pipe);
        break;
      }
      threads_.emplace_back([this, pipe] { serve(pipe); });
    }
    (void)CloseHandle(next);
  });
  WaitForSingleObject(listening, INFINITE);
  CloseHandle(listening);
}

PipeDaemon::~PipeDaemon() {
  {
    std::unique_lock lock(mutex_);
    // What the DLL says on a thread of its own may come after the test's last word.
    (void)changed_.wait_for(lock, std::chrono::seconds(10), [this] { return scripts_.empty(); });
    ended_ = true;
    changed_.notify_all();
  }
  const HANDLE last =
      CreateFileW(pipe_path().c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  acceptor_.join();
  if (last != INVALID_HANDLE_VALUE) (void)CloseHandle(last);
  for (std::thread& thread : threads_)
    thread.join();
  EXPECT_TRUE(scripts_.empty()) << "a script that no connection took";
}

void PipeDaemon::expect(Script script) {
  std::lock_guard lock(mutex_);
  scripts_.push_back(std::move(script));
}

void PipeDaemon::set_cards(std::string message) {
  std::lock_guard lock(mutex_);
  cards_ = std::move(message);
  ++counter_;
  changed_.notify_all();
}

void PipeDaemon::serve(HANDLE pipe) {
  {
    PipeLink link(pipe);
    DaemonEnd end(link);
    Buffer first;
    wire::BeginOperation operation;
    if (link.look(first)) {
      if (wire::decode(first, operation) && operation.verb == "card.watch") {
        answer_watch(end, pipe);
      } else {
        Script script;
        {
          std::lock_guard lock(mutex_);
          if (!scripts_.empty()) {
            script = std::move(scripts_.front());
            scripts_.pop_front();
            changed_.notify_all();
          }
        }
        EXPECT_TRUE(script) << "a conversation that nobody expected";
        if (script) script(end);
      }
    }
  }
  (void)FlushFileBuffers(pipe);
  (void)CloseHandle(pipe);
}

void PipeDaemon::answer_watch(DaemonEnd& end, HANDLE pipe) {
  const wire::BeginOperation begin = end.operation();
  const std::string known(begin.arguments[0].value);
  ++watches_;
  std::unique_lock lock(mutex_);
  while (!ended_ && known == std::to_string(counter_) && !is_gone(pipe))
    (void)changed_.wait_for(lock, std::chrono::milliseconds(2));
  const std::string message = cards_;
  const std::string counter = std::to_string(counter_);
  lock.unlock();
  if (!is_gone(pipe)) end.result(message, "{\"counter\":\"" + counter + "\"}");
}

}  // namespace cardea::credprov::test

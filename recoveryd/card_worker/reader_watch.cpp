// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/reader_watch.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <winscard.h>

namespace cardea::worker {
namespace {

constexpr const char* kPlugNotice = "\\\\?PnP?\\Notification";  // pcsc-lite: a reader comes or goes
constexpr std::size_t kMaxReaders = 16;
// A reader that comes between listing and waiting is noticed at the latest now.
constexpr DWORD kRelistMillis = 60'000;
constexpr int kServiceMillis = 5'000;  // look for pcscd without a sign, in case inotify sees nothing
constexpr int kListenMillis = 50;      // its socket's file is there shortly before it listens
constexpr int kListenTries = 40;
constexpr int kCancelMillis = 5;

std::vector<std::string> list_readers(SCARDCONTEXT context, LONG& rv) {
  DWORD size = 0;
  std::vector<char> names;
  do {  // a reader may come between the two calls
    rv = ::SCardListReaders(context, nullptr, nullptr, &size);
    if (rv != SCARD_S_SUCCESS) break;
    names.resize(size);
    rv = ::SCardListReaders(context, nullptr, names.data(), &size);
  } while (rv == SCARD_E_INSUFFICIENT_BUFFER);
  if (rv == SCARD_E_NO_READERS_AVAILABLE) rv = SCARD_S_SUCCESS;
  std::vector<std::string> out;
  if (rv != SCARD_S_SUCCESS || names.empty()) return out;
  for (const char* name = names.data(); *name != '\0' && out.size() < kMaxReaders;
       name += std::strlen(name) + 1) {
    out.emplace_back(name);
  }
  return out;
}

ReaderState state_of(const SCARD_READERSTATE& raw) {
  ReaderState state;
  state.name = raw.szReader;
  state.present = (raw.dwEventState & SCARD_STATE_PRESENT) != 0 && (raw.dwEventState & SCARD_STATE_MUTE) == 0;
  state.events = static_cast<std::uint16_t>(raw.dwEventState >> 16);
  return state;
}

void drain(int fd) {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(fd, &count, sizeof count);
}

void signal(int fd) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t put = ::write(fd, &one, sizeof one);
}

// The folder in which pcscd's socket appears, or the nearest one above it that exists.
std::string service_folder() {
  const char* const path = ::secure_getenv("PCSCLITE_CSOCK_NAME");
  std::filesystem::path folder =
      std::filesystem::path(path == nullptr ? "/run/pcscd/pcscd.comm" : path).parent_path();
  std::error_code error;
  while (!std::filesystem::is_directory(folder, error) && folder.has_relative_path())
    folder = folder.parent_path();
  return folder.empty() ? "/" : folder.string();
}

bool service_answers() {
  SCARDCONTEXT context = 0;
  if (::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) != SCARD_S_SUCCESS)
    return false;
  (void)::SCardReleaseContext(context);
  return true;
}

}  // namespace

ReaderWatch::ReaderWatch(UniqueFd wake, UniqueFd stop) noexcept
    : wake_(std::move(wake)), stop_(std::move(stop)) {}

Result<std::unique_ptr<ReaderWatch>> ReaderWatch::start() {
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake || !stop) return fail(Error::io_failed, std::strerror(errno));
  std::unique_ptr<ReaderWatch> watch(new ReaderWatch(std::move(wake), std::move(stop)));
  watch->thread_ = std::thread([raw = watch.get()] { raw->run(); });
  return watch;
}

ReaderWatch::~ReaderWatch() {
  stopping_ = true;
  signal(stop_.get());
  // A cancel that comes before the wait begins is lost, so it is repeated until the thread has seen one.
  while (!finished_) {
    if (const auto context = context_.load(); context != 0) (void)::SCardCancel(context);
    (void)::poll(nullptr, 0, kCancelMillis);
  }
  thread_.join();
}

ReaderSnapshot ReaderWatch::take() {
  drain(wake_.get());
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

void ReaderWatch::publish(ReaderSnapshot snapshot) {
  {
    const std::lock_guard lock(mutex_);
    if (snapshot == snapshot_) return;
    snapshot_ = std::move(snapshot);
  }
  signal(wake_.get());
}

void ReaderWatch::run() {
  while (!stopping_) {
    SCARDCONTEXT context = 0;
    if (::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) == SCARD_S_SUCCESS) {
      ++sessions_;
      context_ = context;
      if (!stopping_) watch(context);
      context_ = 0;
      (void)::SCardReleaseContext(context);
    } else {
      wait_for_service();
    }
  }
  finished_ = true;
}

// Until pcscd ends or stop.
void ReaderWatch::watch(std::intptr_t context) {
  std::vector<std::string> names;
  std::vector<SCARD_READERSTATE> states;
  bool relist = true;
  while (!stopping_) {
    LONG rv = SCARD_S_SUCCESS;
    if (relist) {
      const auto now = list_readers(context, rv);
      if (rv != SCARD_S_SUCCESS) break;
      if (now != names || states.empty()) {
        names = now;
        states.assign(names.size() + 1, SCARD_READERSTATE{});
        for (std::size_t i = 0; i < names.size(); ++i)
          states[i].szReader = names[i].c_str();
        states.back().szReader = kPlugNotice;
      }
    }
    // The first call has no known state and returns at once.
    rv = ::SCardGetStatusChange(context, kRelistMillis, states.data(), static_cast<DWORD>(states.size()));
    if (rv == SCARD_E_UNKNOWN_READER || rv == SCARD_E_READER_UNAVAILABLE) {
      states.clear();
      relist = true;
      continue;
    }
    if (rv != SCARD_S_SUCCESS && rv != SCARD_E_TIMEOUT) break;
    relist = rv == SCARD_E_TIMEOUT || (states.back().dwEventState & SCARD_STATE_CHANGED) != 0 ||
             states.back().dwCurrentState == SCARD_STATE_UNAWARE;
    ReaderSnapshot snapshot{ReaderService::up, sessions_, {}};
    for (std::size_t i = 0; i < names.size(); ++i) {
      if ((states[i].dwEventState & (SCARD_STATE_UNKNOWN | SCARD_STATE_IGNORE)) != 0) relist = true;
      states[i].dwCurrentState = states[i].dwEventState;
      snapshot.readers.push_back(state_of(states[i]));
    }
    states.back().dwCurrentState = states.back().dwEventState;
    publish(std::move(snapshot));
  }
  if (!stopping_) publish({ReaderService::down, sessions_, {}});
}

void ReaderWatch::wait_for_service() {
  publish({ReaderService::down, sessions_, {}});
  const UniqueFd notify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  (void)::inotify_add_watch(notify.get(), service_folder().c_str(), IN_CREATE | IN_MOVED_TO | IN_ATTRIB);
  // pcscd may have come before the watch was there.
  if (service_answers()) return;
  pollfd waits[] = {{stop_.get(), POLLIN, 0}, {notify.get(), POLLIN, 0}};
  if (::poll(waits, 2, kServiceMillis) <= 0 || waits[1].revents == 0) return;
  for (int i = 0; i < kListenTries && !stopping_; ++i) {
    if (service_answers()) return;
    (void)::poll(waits, 1, kListenMillis);
  }
}

}  // namespace cardea::worker

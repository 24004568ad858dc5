// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/worker_link/supervisor.h"

#include <cerrno>

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "recoveryd/worker_link/reach.h"
#include "recoveryd/worker_link/spawn.h"

namespace cardea::worker {
namespace {

using std::chrono::steady_clock;

// A worker that ends sooner is broken (no program, no module): starting it again at once would burn a core.
constexpr std::chrono::seconds kShortLife{1};

// For the card's reset; a vendor module that hangs gets no longer.
constexpr std::chrono::milliseconds kGrace{3'000};

bool ends_within(pid_t pid, std::chrono::milliseconds patience) {
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd entry{handle.get(), POLLIN, 0};
  return handle && ::poll(&entry, 1, static_cast<int>(patience.count())) > 0;
}

// Until the other end of a socket that we have shut for writing is closed, which is when its process ends.
bool closes_within(const PacketSocket& socket, std::chrono::milliseconds patience) {
  pollfd entry{socket.fd(), 0, 0};  // POLLHUP needs no asking
  return ::poll(&entry, 1, static_cast<int>(patience.count())) > 0;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Supervisor::Supervisor(WorkerOptions options) : options_(std::move(options)) {
  thread_ = std::thread([this] { run(); });
}

Supervisor::~Supervisor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    // The worker sees the end of the socket, locks the card and ends by itself.
    if (socket_) (void)::shutdown(socket_->fd(), SHUT_RDWR);
  }
  changed_.notify_all();
  thread_.join();
}

void Supervisor::run() {
  while (true) {
    const Deadline started = steady_clock::now();
    if (begin_instance()) {
      std::shared_ptr<PacketSocket> socket;
      {
        const std::lock_guard lock(mutex_);
        socket = socket_;
      }
      listen(*socket);
    }
    end_instance();
    pause_after_short_life(started);
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
}

// Our end of a new worker's socket. `mutex_` is held.
Result<PacketSocket> Supervisor::start_worker() {
  if (!options_.socket.empty()) {
    TRY_ASSIGN(UniqueFd reached, reach_worker(options_.socket));
    return PacketSocket(std::move(reached));
  }
  TRY_ASSIGN(auto pair, PacketSocket::make_pair());
  TRY_ASSIGN(pid_, spawn_worker(options_, pair.second.fd()));
  return std::move(pair.first);
}

bool Supervisor::begin_instance() {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  auto started = start_worker();
  if (!started.ok()) {
    if (options_.log != nullptr)
      options_.log->error("card worker not started", {{"reason", started.failure().detail}});
    return false;
  }
  running_ = true;
  ++instance_;
  socket_ = std::make_shared<PacketSocket>(std::move(*started));
  if (options_.log != nullptr) {
    options_.log->info("card worker started", {pid_ > 0 ? LogField("pid", std::int64_t{pid_})
                                                        : LogField("socket", options_.socket)});
  }
  return true;
}

// Until the worker closes its end, dies, or says something that is not in the protocol.
void Supervisor::listen(PacketSocket& socket) {
  while (true) {
    auto packet = socket.receive(std::nullopt);
    if (!packet.ok() || packet->fd || !take_packet(std::move(packet->bytes))) return;
  }
}

bool Supervisor::take_packet(SecretBytes packet) {
  if (is_event(packet.expose())) {
    auto view = decode_view(packet.expose());
    if (!view.ok()) return false;
    const std::lock_guard lock(mutex_);
    view->revision = view_.revision + 1;
    view->interruptions = view_.interruptions + (view->service == ReaderService::up ? 0 : 1);
    view_ = std::move(view).value();
    ready_ = true;
  } else {
    const auto reply = decode_reply(packet.expose());
    const std::lock_guard lock(mutex_);
    if (!reply.ok() || waiting_for_ == 0 || reply->id != waiting_for_ || reply_) return false;
    reply_ = std::move(packet);
  }
  changed_.notify_all();
  return true;
}

void Supervisor::end_instance() {
  pid_t pid = -1;
  bool grace = false, ran = false;
  std::shared_ptr<PacketSocket> socket;
  {
    const std::lock_guard lock(mutex_);
    pid = pid_;
    grace = stopping_;
    if (!grace) kill_locked();
    pid_ = -1;  // from here on nobody signals this number
    ran = std::exchange(running_, false);
    socket = std::exchange(socket_, nullptr);
    ready_ = false;
    view_ = ReaderView{view_.revision + 1, ReaderService::starting, 0, {}, view_.interruptions + 1};
  }
  changed_.notify_all();
  if (!ran) return;
  await_end(pid, grace, socket.get());
  {
    const std::lock_guard lock(mutex_);
    ended_ = instance_;
  }
  changed_.notify_all();
}

// Our child is reaped. systemd's worker ends by itself once we have hung up; one that does not is left to it,
// and has lost its socket.
void Supervisor::await_end(pid_t pid, bool grace, PacketSocket* socket) const {
  if (pid <= 0) {
    const bool ended = socket == nullptr || closes_within(*socket, kGrace);
    if (options_.log != nullptr)
      options_.log->warning("card worker ended", {{"status", ended ? "closed" : "does not end"}});
    return;
  }
  if (grace && !ends_within(pid, kGrace)) (void)::kill(pid, SIGKILL);
  const int status = reap(pid);
  if (options_.log != nullptr) options_.log->warning("card worker ended", {{"status", std::int64_t{status}}});
}

void Supervisor::pause_after_short_life(Deadline started) {
  std::unique_lock lock(mutex_);
  if (std::exchange(killed_by_us_, false) || steady_clock::now() - started >= kShortLife) return;
  changed_.wait_until(lock, started + kShortLife, [this] { return stopping_; });
}

// So that the next call meets the next worker, and not the death of this one.
void Supervisor::kill_and_await_end(std::unique_lock<std::mutex>& lock, std::uint64_t instance) {
  if (instance_ == instance) {
    killed_by_us_ = true;
    kill_locked();
  }
  const auto ended = [&] { return ended_ >= instance || stopping_; };
  if (changed_.wait_for(lock, kGrace, ended)) return;
  // A worker of systemd's that neither speaks nor ends: what it says from now on is not heard.
  if (instance_ == instance && pid_ <= 0 && socket_) (void)::shutdown(socket_->fd(), SHUT_RDWR);
}

// systemd's worker is another user's: it sees our end closed and has a moment to lock the card.
void Supervisor::kill_locked() noexcept {
  if (pid_ > 0) {
    (void)::kill(pid_, SIGKILL);
  } else if (socket_) {
    (void)::shutdown(socket_->fd(), SHUT_WR);
  }
}

ReaderView Supervisor::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

ReaderView Supervisor::wait_for_change(std::uint64_t revision, Timeout timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return view_.revision != revision || stopping_; });
  return view_;
}

pid_t Supervisor::pid() const {
  const std::lock_guard lock(mutex_);
  return pid_;
}

// Returns what to wait for once the request is on its way. `turn_` is held.
Result<Supervisor::Sent> Supervisor::send_request(const Call& call, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto gone = [&] { return stopping_ || (call.only_instance != 0 && instance_ != call.only_instance); };
  const bool there = changed_.wait_until(lock, deadline, [&] { return ready_ || gone(); });
  if (!there || gone() || !ready_) return fail(Error::worker_down, "no worker");
  const std::uint32_t id = next_id_++;
  if (next_id_ == 0) next_id_ = 1;
  waiting_for_ = id;
  reply_.reset();
  Bytes packet = encode_request(call.verb, id, call.payload);
  const Status sent = socket_->send(packet, call.fd, deadline);
  wipe(packet);
  if (!sent.ok()) {
    waiting_for_ = 0;
    kill_and_await_end(lock, instance_);
    return fail(Error::worker_down, "not sent");
  }
  return Sent{id, instance_};
}

Result<ReplyPacket> Supervisor::await_reply(const Sent& sent, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto gone = [&] { return instance_ != sent.instance || !running_ || stopping_; };
  changed_.wait_until(lock, deadline, [&] { return reply_ || gone(); });
  waiting_for_ = 0;
  if (!reply_) {
    kill_and_await_end(lock, sent.instance);  // hung: nothing else helps against vendor code
    return fail(Error::worker_down, "no reply to request " + std::to_string(sent.id));
  }
  ReplyPacket out{std::move(*reply_), {}};
  reply_.reset();
  TRY_ASSIGN(out.reply, decode_reply(out.packet.expose()));
  return out;
}

Result<ReplyPacket> Supervisor::call(const Call& call, card::PinReport& report, Timeout timeout) {
  const Deadline deadline = steady_clock::now() + timeout;
  report = {};
  const std::unique_lock turn(turn_, deadline);
  if (!turn.owns_lock()) return fail(Error::timeout, "the worker serves somebody else");
  TRY_ASSIGN(const Sent sent, send_request(call, deadline));
  TRY_ASSIGN(ReplyPacket packet, await_reply(sent, deadline));
  report = packet.reply.pin;
  if (packet.reply.failure) return *packet.reply.failure;
  if (packet.reply.verb != call.verb) return fail(Error::worker_down, "reply to another verb");
  return packet;
}

Result<std::uint64_t> Supervisor::acquire_vault(Timeout timeout) {
  const Deadline deadline = steady_clock::now() + timeout;
  std::unique_lock lock(mutex_);
  const bool there =
      changed_.wait_until(lock, deadline, [&] { return (ready_ && !vault_taken_) || stopping_; });
  if (!there || stopping_) return vault_taken_ ? Error::card_busy : Error::worker_down;
  vault_taken_ = true;
  return instance_;
}

void Supervisor::release_vault() {
  {
    const std::lock_guard lock(mutex_);
    vault_taken_ = false;
  }
  changed_.notify_all();
}

}  // namespace cardea::worker

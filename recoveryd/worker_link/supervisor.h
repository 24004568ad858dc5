// SPDX-License-Identifier: Apache-2.0
// The worker process as a thing that takes requests: one thread starts it, listens to it and reaps it;
// callers send one request at a time and wait for its reply. Used by card_worker_process.cpp and
// vault_link.cpp only.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "recoveryd/worker_link/card_worker_process.h"
#include "recoveryd/worker_link/packet_socket.h"
#include "recoveryd/worker_link/worker_messages.h"

namespace cardea::worker {

struct ReplyPacket {
  SecretBytes packet;
  Reply reply;  // points into `packet`
};

class Supervisor {
 public:
  explicit Supervisor(WorkerOptions options);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor();

  [[nodiscard]] ReaderView view() const;
  ReaderView wait_for_change(std::uint64_t revision, Timeout timeout);
  [[nodiscard]] pid_t pid() const;

  struct Call {
    Verb verb{};
    ByteView payload;
    int fd = -1;
    // Only to this worker (a vault's); 0: any. Error::worker_down when it is another by now.
    std::uint64_t only_instance = 0;
  };
  // Waits for its turn and for a worker, sends, waits for the reply; all within the timeout. A reply's
  // failure is the failure of the call; `report` is set in both cases.
  Result<ReplyPacket> call(const Call& call, card::PinReport& report, Timeout timeout);

  // One vault at a time. Returns the instance that has it.
  Result<std::uint64_t> acquire_vault(Timeout timeout);
  void release_vault();

 private:
  void run();
  bool begin_instance();
  Result<PacketSocket> start_worker();
  void listen(PacketSocket& socket);
  bool take_packet(SecretBytes packet);
  void end_instance();
  void pause_after_short_life(Deadline started);
  void kill_locked() noexcept;
  void await_end(pid_t pid, bool grace, PacketSocket* socket) const;
  void kill_and_await_end(std::unique_lock<std::mutex>& lock, std::uint64_t instance);
  struct Sent {
    std::uint32_t id = 0;
    std::uint64_t instance = 0;
  };
  Result<Sent> send_request(const Call& call, Deadline deadline);
  Result<ReplyPacket> await_reply(const Sent& sent, Deadline deadline);

  const WorkerOptions options_;
  std::timed_mutex turn_;  // held by the caller whose request is under way

  mutable std::mutex mutex_;  // everything below
  std::condition_variable changed_;
  bool stopping_ = false;
  bool ready_ = false;  // the first event has come
  bool running_ = false;
  pid_t pid_ = -1;  // of our child; a worker of systemd's has none
  std::uint64_t instance_ = 0;
  bool killed_by_us_ = false;  // at a deadline: the next may start at once
  std::uint64_t ended_ = 0;    // the last instance that was reaped
  std::shared_ptr<PacketSocket> socket_;
  std::uint32_t next_id_ = 1;
  std::uint32_t waiting_for_ = 0;
  std::optional<SecretBytes> reply_;
  ReaderView view_;
  bool vault_taken_ = false;

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace cardea::worker

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/credprov/fake_outside.h"

#include <chrono>

namespace cardea::credprov {
namespace {

using client::Channel;
using client::kNoChannel;
using client::kNoError;
constexpr std::chrono::seconds kPatience{10};
}  // namespace

class MemoryTransport final : public CancellableTransport {
 public:
  explicit MemoryTransport(FakeOutside& outside) : outside_(outside) {}
  ~MemoryTransport() override { hang_up(); }

  Error connect(std::uint32_t&) noexcept override {
    hang_up();
    std::shared_ptr<Wire> wire = outside_.connect();
    std::lock_guard lock(mutex_);
    wire_ = std::move(wire);
    if (wire_ == nullptr) return Error::service_unreachable;
    std::lock_guard inner(wire_->mutex);
    wire_->cancelled = cancelled_;
    return kNoError;
  }
  Error send(wire::Packet packet) noexcept override {
    std::lock_guard lock(wire_->mutex);
    if (wire_->daemon_gone) return Error::peer_closed;
    wire_->to_daemon.push_back({Buffer(packet.begin(), packet.end()), kNoChannel});
    wire_->changed.notify_all();
    return kNoError;
  }
  Error receive(wire::PacketBuffer buffer, std::uint32_t& budget_ms, wire::Packet& packet,
                Channel& channel) noexcept override {
    std::unique_lock lock(wire_->mutex);
    const bool woken = wire_->changed.wait_for(lock, std::chrono::milliseconds(budget_ms), [&] {
      return !wire_->to_client.empty() || wire_->daemon_gone || wire_->cancelled;
    });
    if (wire_->cancelled) return Error::cancelled;
    if (!woken) return Error::timeout;
    if (wire_->to_client.empty()) return Error::peer_closed;
    const Wire::Item item = std::move(wire_->to_client.front());
    wire_->to_client.pop_front();
    channel = item.channel;
    if (channel != kNoChannel) ++wire_->open_channels;
    std::copy(item.packet.begin(), item.packet.end(), buffer.begin());
    packet = buffer.first(item.packet.size());
    return kNoError;
  }
  bool hung_up() noexcept override {
    std::lock_guard lock(wire_->mutex);
    return wire_->daemon_gone;
  }
  Error write(Channel channel, wire::Packet packet) noexcept override {
    std::lock_guard lock(wire_->mutex);
    wire_->channels[channel].emplace_back(packet.begin(), packet.end());
    wire_->changed.notify_all();
    return kNoError;
  }
  Error read(Channel channel, wire::PacketBuffer buffer, std::uint32_t&,
             wire::Packet& packet) noexcept override {
    std::lock_guard lock(wire_->mutex);
    auto& queue = wire_->channels[channel];
    if (queue.empty()) return Error::peer_closed;
    if (queue.front().size() > buffer.size()) return Error::frame_too_large;
    std::copy(queue.front().begin(), queue.front().end(), buffer.begin());
    packet = buffer.first(queue.front().size());
    queue.pop_front();
    return kNoError;
  }
  void close(Channel) noexcept override {
    std::lock_guard lock(wire_->mutex);
    --wire_->open_channels;
  }
  void cancel() noexcept override {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (wire_ == nullptr) return;
    std::lock_guard inner(wire_->mutex);
    wire_->cancelled = true;
    wire_->changed.notify_all();
  }

 private:
  void hang_up() {
    std::lock_guard lock(mutex_);
    if (wire_ == nullptr) return;
    {
      std::lock_guard inner(wire_->mutex);
      EXPECT_EQ(wire_->open_channels, 0);
      wire_->client_gone = true;
      wire_->changed.notify_all();
    }
    wire_.reset();
  }
  FakeOutside& outside_;
  std::mutex mutex_;
  std::shared_ptr<Wire> wire_;
  bool cancelled_ = false;
};

// The daemon's end of a connection in memory.
class MemoryLink final : public DaemonLink {
 public:
  explicit MemoryLink(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  void send(const Buffer& packet, bool with_channel, const Buffer& revealed) override {
    std::lock_guard lock(wire_->mutex);
    Channel channel = kNoChannel;
    if (with_channel) {
      channel = channel_ = wire_->next_channel++;
      if (!revealed.empty()) wire_->channels[channel].push_back(revealed);
    }
    wire_->to_client.push_back({packet, channel});
    wire_->changed.notify_all();
  }
  bool receive(Buffer& packet) override {
    std::unique_lock lock(wire_->mutex);
    const bool woken = wire_->changed.wait_for(
        lock, kPatience, [&] { return !wire_->to_daemon.empty() || wire_->client_gone; });
    EXPECT_TRUE(woken);
    if (wire_->to_daemon.empty()) return false;
    packet = std::move(wire_->to_daemon.front().packet);
    wire_->to_daemon.pop_front();
    return true;
  }
  bool secret(Buffer& packet) override {
    std::lock_guard lock(wire_->mutex);
    auto& queue = wire_->channels[channel_];
    if (queue.empty()) return false;
    packet = std::move(queue.front());
    queue.pop_front();
    return true;
  }
  bool wait_for_end() override {
    std::unique_lock lock(wire_->mutex);
    return wire_->changed.wait_for(lock, kPatience, [&] { return wire_->client_gone; });
  }

 private:
  const std::shared_ptr<Wire> wire_;
  Channel channel_ = kNoChannel;
};

FakeOutside::~FakeOutside() {
  join();
  EXPECT_TRUE(scripts_.empty()) << "a script that no connection took";
}

void FakeOutside::expect(Script script) {
  std::lock_guard lock(mutex_);
  scripts_.push_back(std::move(script));
}

void FakeOutside::join() {
  for (;;) {
    std::thread thread;
    {
      std::lock_guard lock(mutex_);
      if (threads_.empty()) return;
      thread = std::move(threads_.back());
      threads_.pop_back();
    }
    thread.join();
  }
}

std::unique_ptr<CancellableTransport> FakeOutside::transport() noexcept {
  if (no_transports) return nullptr;
  return std::make_unique<MemoryTransport>(*this);
}

bool FakeOutside::run(std::function<void()> task) noexcept {
  if (no_threads) return false;
  std::lock_guard lock(mutex_);
  threads_.emplace_back(std::move(task));
  return true;
}

std::shared_ptr<Wire> FakeOutside::connect() {
  std::lock_guard lock(mutex_);
  ++connections_;
  if (scripts_.empty()) return nullptr;
  auto wire = std::make_shared<Wire>();
  threads_.emplace_back([wire, script = std::move(scripts_.front())] {
    MemoryLink link(wire);
    DaemonEnd end(link);
    script(end);
    std::lock_guard inner(wire->mutex);
    wire->daemon_gone = true;
    wire->changed.notify_all();
  });
  scripts_.pop_front();
  return wire;
}

bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace cardea::credprov

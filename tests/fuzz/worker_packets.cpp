// SPDX-License-Identifier: Apache-2.0
// Packets to a worker without cards: a sequence of u8 flags (1: with a descriptor), u16 length, packet. A
// refused packet ends the sequence, as it ends the worker.
#include <sys/socket.h>

#include "core/base/byte_io.h"
#include "recoveryd/card_worker/worker.h"

namespace {

using namespace cardea;

// Repeatable, so that a finding is one.
class CountingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    for (auto& byte : out) {
      ++state_;
      byte = static_cast<std::uint8_t>(state_ * 167 + (state_ >> 8));
    }
  }

 private:
  std::uint32_t state_ = 0;
};

// A private channel that holds `secret` and is closed behind it: nothing waits.
UniqueFd channel(ByteView secret) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
  const UniqueFd ours(ends[0]);
  (void)::send(ours.get(), secret.data(), secret.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return UniqueFd(ends[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CountingRandom random;
  const FakeClock clock;
  const Log log("fuzz", LogLevel::error);
  worker::CardService cards(clock, random, log);
  worker::Worker worker(cards, random, log);
  ByteReader in({data, size});
  for (int packets = 0; packets < 32 && !in.rest().empty(); ++packets) {
    const std::uint8_t flags = in.u8();
    const ByteView packet = in.lp();
    const ByteView secret = (flags & 1) != 0 ? in.lp() : ByteView();
    if (!in.good()) break;
    auto answer = worker.handle_packet(packet, (flags & 1) != 0 ? channel(secret) : UniqueFd());
    if (!answer.ok()) break;
    const auto reply = worker::decode_reply(answer->reply);
    if (!reply.ok()) __builtin_trap();  // what we write we can read
    if (answer->after) answer->after();
  }
  (void)worker::decode_view({data, size});
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/card_worker/worker.h"

#include <cerrno>
#include <new>
#include <utility>

#include <poll.h>

#include "recoveryd/card_worker/verb_table.h"

namespace cardea::worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// The daemon reads at once; when it does not, it is hung and the worker must not be.
constexpr seconds kSendPatience{5};
// After a look the daemon prompts; a person needs longer than this for the first digit.
constexpr milliseconds kPromptDelay{200};

// A daemon that has verified a signature asks for the keyring secret at once.
constexpr milliseconds kLockDelay{100};

bool is_about_keyrings(Verb verb) {
  return verb == Verb::keyring_open || verb == Verb::keyring_seal || verb == Verb::keyring_reveal;
}

int poll_millis(const std::optional<Deadline>& due) {
  if (!due) return -1;
  const auto left = std::chrono::ceil<milliseconds>(*due - steady_clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

// A step's exceptions are bad_alloc and bugs; neither may end the other users' card service unsaid.
Result<Bytes> run_step(const VerbRow& row, StepContext& context, ByteReader& in) {
  try {
    return row.step(context, in);
  } catch (const std::bad_alloc&) {
    return Error::out_of_memory;
  } catch (const std::exception& e) {
    return fail(Error::internal, e.what());
  }
}

}  // namespace

Worker::Worker(CardService& cards, Random& random, const Log& log) noexcept
    : cards_(cards), random_(random), log_(log) {}

Result<Worker::Answer> Worker::handle_packet(ByteView packet, UniqueFd fd) {
  TRY_ASSIGN(const RequestHead head, decode_request(packet));
  const VerbRow* const row = permitted(head.verb, vault_.has_value(), static_cast<bool>(fd));
  if (row == nullptr) return Error::frame_malformed;
  if (!is_about_keyrings(head.verb)) pay_owed();
  StepContext context{cards_, vault_, keyrings_, random_, std::move(fd), {}, {}, {}, false};
  ByteReader in(head.payload);
  auto done = run_step(*row, context, in);
  if (!done.ok() && done.error() == Error::frame_malformed) return Error::frame_malformed;
  Reply reply;
  reply.verb = head.verb;
  reply.id = head.id;
  reply.pin = context.pin;
  if (done.ok()) {
    reply.result = *done;
  } else {
    reply.failure = done.failure();
  }
  if (head.verb == Verb::keyring_reveal) context.after = std::exchange(owed_, nullptr);
  Answer answer{encode_reply(reply), std::move(context.after), std::move(context.later), context.prompt_near};
  if (done.ok()) wipe(done.value());
  return answer;
}

Status Worker::serve_request(PacketSocket& socket) {
  TRY_ASSIGN(Packet packet, socket.receive(steady_clock::now()));
  TRY_ASSIGN(Answer answer, handle_packet(packet.bytes.expose(), std::move(packet.fd)));
  // Only now does the card get its reset: nobody waits for it.
  const Status sent = socket.send(answer.reply, -1, steady_clock::now() + kSendPatience);
  wipe(answer.reply);
  if (answer.after) answer.after();
  if (answer.later) {
    owed_ = std::move(answer.later);
    owed_at_ = steady_clock::now() + kLockDelay;
  }
  refresh_at_.reset();
  if (answer.prompt_near) refresh_at_ = steady_clock::now() + kPromptDelay;
  return sent;
}

Status Worker::send_view(PacketSocket& socket) {
  return socket.send(encode_view(cards_.view()), -1, steady_clock::now() + kSendPatience);
}

void Worker::pay_owed() {
  owed_at_.reset();
  if (const auto owed = std::exchange(owed_, nullptr)) owed();
}

void Worker::pay_when_due() {
  if (owed_at_ && steady_clock::now() >= *owed_at_) pay_owed();
  keyrings_.remove_old(steady_clock::now());
}

std::optional<Deadline> Worker::next_due() const {
  std::optional<Deadline> next;
  for (const auto& due : {refresh_at_, owed_at_, keyrings_.next_end()}) {
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

void Worker::refresh_when_due() {
  if (!refresh_at_ || steady_clock::now() < *refresh_at_) return;
  refresh_at_.reset();
  cards_.refresh_old_pins();
}

void Worker::end_vault() {
  pay_owed();
  if (!vault_) return;
  const auto opened = vault_->card;
  vault_.reset();
  if (!opened) return;
  if (BoundCard* const card = cards_.find(*opened); card != nullptr) cards_.lock(*card);
}

int Worker::serve(PacketSocket& socket, ReaderWatch* watch) {
  bool changed = true;  // the first event says that we are ready
  while (true) {
    changed |= cards_.take_changed();
    if (changed && !send_view(socket).ok()) break;
    changed = false;
    pollfd waits[] = {{socket.fd(), POLLIN, 0}, {watch == nullptr ? -1 : watch->wake_fd(), POLLIN, 0}};
    if (::poll(waits, 2, poll_millis(next_due())) < 0 && errno != EINTR) break;
    pay_when_due();
    if (waits[0].revents == 0) refresh_when_due();
    // Cards first: a request must find the card that is in the reader now.
    if (waits[1].revents != 0) changed |= cards_.update(watch->take());
    if (waits[0].revents == 0) continue;
    if (changed && !send_view(socket).ok()) break;
    changed = false;
    const Status served = serve_request(socket);
    if (served.ok()) continue;
    end_vault();
    if (served.error() == Error::peer_closed) return 0;
    log_.error("packet from the daemon refused", {{"reason", error_name(served.error())}});
    return kProtocolExit;
  }
  end_vault();
  return 0;
}

}  // namespace cardea::worker

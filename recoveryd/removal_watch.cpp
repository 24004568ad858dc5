// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/removal_watch.h"

#include <algorithm>

#include "core/base/linux/program_end.h"
#include "recoveryd/log_events.h"

namespace cardea::recoveryd {
namespace {

constexpr std::size_t kMostSessions = 256;
constexpr MonotonicMillis kTryAgainMillis = 5'000;  // a bus that is being restarted is back by then
constexpr int kMostTries = 3;
// So that a daemon that is told to end, and a program that has ended, wait no longer.
constexpr worker::Timeout kTurn{1'000};

const worker::CardView* find_card(const worker::ReaderView& view, const card::CardId& id,
                                  std::uint32_t insertion) {
  for (const worker::CardView& card : view.cards) {
    if (card.info.card_id == id) return &card;
    // One that can't be read for a moment is still where it was.
    if (card.problem.has_value() && card.insertion == insertion && insertion != 0) return &card;
  }
  return nullptr;
}

}  // namespace

void RemovalWatch::start() {
  thread_ = std::thread([this] { run(); });
}

void RemovalWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status RemovalWatch::bind(BoundSession session) {
  auto watched = std::make_shared<Watched>();
  watched->session = std::move(session);
  watched->interruptions = context_.worker.view().interruptions;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(watched_, [](const auto& old) { return has_ended(old->session.program_end); });
    if (watched_.size() >= kMostSessions) return Error::limit_exceeded;
    watched_.push_back(std::move(watched));
  }
  changed_.notify_all();
  return {};
}

void RemovalWatch::release(const std::string& user, const std::string& service, const std::string& tty,
                           pid_t program) {
  const auto find = [&](auto fits) {
    return std::find_if(watched_.begin(), watched_.end(), [&](const auto& watched) {
      return watched->session.user == user && fits(watched->session);
    });
  };
  const std::lock_guard lock(mutex_);
  auto found = find([&](const BoundSession& session) { return session.program == program; });
  // Some programs close a session from another process than the one that has opened it.
  if (found == watched_.end()) {
    found = find([&](const BoundSession& session) {
      return !tty.empty() && session.service == service && session.tty == tty;
    });
  }
  if (found != watched_.end()) watched_.erase(found);
}

std::size_t RemovalWatch::size() const {
  const std::lock_guard lock(mutex_);
  return watched_.size();
}

// What the view says of one card. Only what was seen to go is gone: nothing is concluded from a service that
// was away meanwhile, which lists readers and cards one after another.
void RemovalWatch::notice(Watched& watched, const worker::ReaderView& view) const {
  const bool interrupted = view.interruptions != watched.interruptions;
  watched.interruptions = view.interruptions;
  if (interrupted || view.service != worker::ReaderService::up) {
    watched.seen = false;
    watched.due.reset();
  }
  if (view.service != worker::ReaderService::up) return;
  if (const auto* card = find_card(view, watched.session.card_id, watched.insertion)) {
    watched.insertion = card->insertion;
    watched.seen = true;
    watched.done = false;
    watched.failures = 0;
    watched.due.reset();
  } else if (watched.seen && !watched.done && !watched.due.has_value()) {
    watched.due = context_.clock.monotonic() + context_.settings.removal_grace_seconds * 1000;
  }
}

std::optional<MonotonicMillis> RemovalWatch::look(const worker::ReaderView& view) {
  const MonotonicMillis now = context_.clock.monotonic();
  std::vector<std::shared_ptr<Watched>> due;
  std::optional<MonotonicMillis> next;
  const auto remember = [&](const Watched& watched) {
    if (watched.due.has_value()) next = std::min(next.value_or(*watched.due), *watched.due);
  };
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(watched_, [](const auto& watched) { return has_ended(watched->session.program_end); });
    for (const auto& watched : watched_) {
      notice(*watched, view);
      if (watched->due.has_value() && *watched->due <= now)
        due.push_back(watched);
      else
        remember(*watched);
    }
  }
  // Without the lock: logins are not kept waiting by a slow bus. All but `session` is this thread's own.
  for (const auto& watched : due) {
    act(*watched);
    remember(*watched);
  }
  return next;
}

void RemovalWatch::act(Watched& watched) {
  const BoundSession& session = watched.session;
  const bool ends = context_.settings.removal == RemovalPolicy::logout;
  const auto done = ends ? control_.logout(session) : control_.lock(session);
  watched.due.reset();
  if (done.ok()) {
    watched.done = true;
    context_.log.notice(
        events::kCardRemoved,
        {{"user", session.user}, {"service", session.service}, {"tty", session.tty}, {"session", *done}});
    (void)context_.audit.append(
        context_.clock.now(), "card-removed",
        {{"user", session.user}, {"service", session.service}, {"session", std::string(*done)}});
    return;
  }
  const bool again = done.error() != Error::not_found && ++watched.failures < kMostTries;
  if (again)
    watched.due = context_.clock.monotonic() + kTryAgainMillis;
  else
    watched.done = true;
  context_.log.error(events::kSessionAsItWas, {{"user", session.user},
                                               {"service", session.service},
                                               {"tty", session.tty},
                                               {"error", error_name(done.error())},
                                               {"detail", done.failure().detail},
                                               {"next", again ? "tried again" : "given up"}});
}

void RemovalWatch::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !watched_.empty(); });
      if (stopping_) return;
    }
    const worker::ReaderView view = context_.worker.view();
    const auto due = look(view);
    auto turn = kTurn;
    if (due.has_value()) {
      const auto left = std::max<MonotonicMillis>(*due - context_.clock.monotonic(), 0);
      turn = std::min(turn, worker::Timeout(left));
    }
    (void)context_.worker.wait_for_change(view.revision, turn);
  }
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/pam_simulation.h"

#include <compare>

#include <security/_pam_types.h>

namespace cardea::cli::doctor {
namespace {

constexpr int kMustFail = PAM_PERM_DENIED;

enum class Impression { undecided, positive, negative };

// Where the loop stood when it entered a substack.
struct Entry {
  Impression impression = Impression::undecided;
  int status = kMustFail;
  auto operator<=>(const Entry&) const = default;
};

struct State {
  std::size_t next = 0;  // index of the handler to call
  int previous_level = 0;
  Impression impression = Impression::undecided;
  int status = kMustFail;
  std::vector<Entry> entries{Entry{}};  // by level
  auto operator<=>(const State&) const = default;
};

class Simulation {
 public:
  explicit Simulation(const std::vector<PamHandler>& handlers) : handlers_(handlers) {}

  std::set<int> run(const PamAnswers& answers) {
    if (handlers_.empty()) return {kMustFail};
    std::vector<State> waiting{State{}};
    std::set<State> seen;
    std::set<int> results;
    while (!waiting.empty()) {
      State state = std::move(waiting.back());
      waiting.pop_back();
      if (state.next >= handlers_.size()) {
        const bool unproven = state.status == PAM_SUCCESS && state.impression != Impression::positive;
        results.insert(unproven ? kMustFail : state.status);
        continue;
      }
      if (!seen.insert(state).second) continue;
      enter(state);
      const PamHandler& handler = handlers_[state.next];
      if (handler.kind == PamHandler::Kind::substack) {
        state.next += 1;
        waiting.push_back(std::move(state));
        continue;
      }
      const std::vector<int> given =
          handler.kind == PamHandler::Kind::must_fail ? std::vector<int>{kMustFail} : answers(handler);
      for (const int answer : given)
        waiting.push_back(after(state, handler, answer));
    }
    return results;
  }

 private:
  void enter(State& state) const {
    const int level = handlers_[state.next].level;
    state.entries.resize(static_cast<std::size_t>(level) + 1);
    if (state.previous_level < level) state.entries.back() = {state.impression, state.status};
    state.previous_level = level;
  }

  [[nodiscard]] State after(State state, const PamHandler& handler, int answer) const {
    const bool known = answer >= 0 && answer < kPamAnswers;
    if (!known) answer = kMustFail;
    const int action = known ? handler.actions[static_cast<std::size_t>(answer)] : int{kBad};
    switch (action) {
      case kReset:
        state.impression = state.entries[static_cast<std::size_t>(handler.level)].impression;
        state.status = state.entries[static_cast<std::size_t>(handler.level)].status;
        break;
      case kOk:
      case kDone:
        if (state.impression == Impression::undecided ||
            (state.impression == Impression::positive && state.status == PAM_SUCCESS)) {
          state.impression = Impression::positive;
          state.status = answer;
        }
        if (state.impression != Impression::negative && action == kDone) leave(state, handler.level);
        break;
      case kBad:
      case kDie:
        if (state.impression != Impression::negative) {
          state.impression = Impression::negative;
          state.status = answer == PAM_IGNORE ? kMustFail : answer;
        }
        if (action == kDie) leave(state, handler.level);
        break;
      case kIgnore:
        break;
      default:
        jump(state, handler.level, action);
        break;
    }
    state.next += 1;
    return state;
  }

  [[nodiscard]] bool goes_on_within(std::size_t index, int level) const {
    return index + 1 < handlers_.size() && handlers_[index + 1].level >= level;
  }

  // Decided: nothing more of this substack, or of the whole, is called.
  void leave(State& state, int level) const {
    while (goes_on_within(state.next, level))
      ++state.next;
  }

  // A substack counts as one line. A jump over more lines than there are is a refusal.
  void jump(State& state, int level, int lines) const {
    while (lines > 0 && goes_on_within(state.next, level)) {
      do {
        ++state.next;
      } while (goes_on_within(state.next, level + 1));
      --lines;
    }
    if (lines > 0) {
      state.impression = Impression::negative;
      state.status = kMustFail;
    }
  }

  const std::vector<PamHandler>& handlers_;
};

}  // namespace

std::set<int> simulate_pam(const std::vector<PamHandler>& handlers, const PamAnswers& answers) {
  return Simulation(handlers).run(answers);
}

}  // namespace cardea::cli::doctor

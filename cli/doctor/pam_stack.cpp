// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor/pam_stack.h"

namespace cardea::cli::doctor {
namespace {

// Where lines are read from: in which substack, how deep, and whether an “include” of one type led there.
struct Place {
  int level = 0;
  int depth = 0;
  bool one_type = false;
};

class Loader {
 public:
  Loader(PamType type, const ReadPamFile& read) : type_(type), read_(read) {}

  // False when libpam gives this file up: it is missing, or something that it wants whole is.
  bool load(const std::string& name, Place place) {
    if (full_) return true;
    if (++files_ > kMaxPamFiles) return fill_up(name, 0, place.level);
    const auto text = read_(name);
    if (!text.has_value()) return false;
    const PamFile file = parse_pam_file(*text);
    for (const PamLine& one : file.lines) {
      if (stack.handlers.size() >= kMaxHandlers) return fill_up(name, one.number, place.level);
      if (full_) return true;
      if (!add(one, name, place)) return false;
    }
    return file.too_long ? fill_up(name, 0, place.level) : true;
  }

  PamStack stack;

 private:
  [[nodiscard]] bool concerns(const PamLine& line, const Place& place) const {
    if (line.type == PamType::all) return true;
    // Of what type a line is meant to be that can't be read: of that which is being included, else auth.
    if (line.type == PamType::unknown) return place.one_type || type_ == PamType::auth;
    return line.type == type_;
  }

  bool add(const PamLine& line, const std::string& file, const Place& place) {
    if (!concerns(line, place)) return true;
    switch (line.kind) {
      case PamLineKind::unreadable:
        give_up({PamFault::Kind::unreadable_line, file, line.number, {}}, place.level);
        return true;
      case PamLineKind::include:
      case PamLineKind::substack:
        return include(line, file, place);
      case PamLineKind::module:
        if (line.bad_control)
          stack.faults.push_back({PamFault::Kind::unreadable_line, file, line.number, {}});
        push(PamHandler::Kind::module, line, file, place.level);
        return true;
    }
    return true;
  }

  bool include(const PamLine& line, const std::string& file, const Place& place) {
    const bool own_stack = line.kind == PamLineKind::substack;
    if (own_stack) push(PamHandler::Kind::substack, line, file, place.level);
    if (place.depth == kMaxIncludeDepth) {
      give_up({PamFault::Kind::too_deep, file, line.number, line.name}, place.level);
      return true;
    }
    const Place inner{place.level + (own_stack ? 1 : 0), place.depth + 1, place.one_type || !line.whole_file};
    if (load(line.name, inner)) return true;
    const PamFault fault{PamFault::Kind::missing_file, file, line.number, line.name};
    if (!line.whole_file) {
      give_up(fault, place.level);
      return true;
    }
    stack.faults.push_back(fault);
    return false;
  }

  void push(PamHandler::Kind kind, const PamLine& line, const std::string& file, int level) {
    stack.handlers.push_back(
        {kind, level, line.silent, line.actions, line.name, line.arguments, file, line.number});
  }

  // In its place something that always refuses, so that a fault never looks like a way in.
  void give_up(const PamFault& fault, int level) {
    stack.handlers.push_back(
        {PamHandler::Kind::must_fail, level, false, all_bad(), {}, {}, fault.file, fault.line});
    stack.faults.push_back(fault);
  }

  bool fill_up(const std::string& file, std::size_t line, int level) {
    full_ = true;
    give_up({PamFault::Kind::too_long, file, line, {}}, level);
    return true;
  }

  const PamType type_;
  const ReadPamFile& read_;
  std::size_t files_ = 0;
  bool full_ = false;  // a limit was met: nothing more is read
};

}  // namespace

PamStack load_pam_stack(const std::string& service, PamType type, const ReadPamFile& read) {
  Loader own(type, read);
  const bool there = read(service).has_value();
  const bool aborted = there && !own.load(service, {});
  PamStack stack = std::move(own.stack);
  stack.aborted = aborted;
  if (aborted) {
    stack.handlers = {{PamHandler::Kind::must_fail, 0, false, all_bad(), {}, {}, service, 0}};
    return stack;
  }
  if (!stack.handlers.empty()) return stack;
  Loader other(type, read);
  (void)other.load("other", {});
  stack = std::move(other.stack);
  stack.from_other = true;
  return stack;
}

}  // namespace cardea::cli::doctor

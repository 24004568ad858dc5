// SPDX-License-Identifier: Apache-2.0
#include "recoveryd/os/linux/logind_sessions.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>

#include "core/base/linux/program_end.h"

namespace cardea::recoveryd {
namespace {

constexpr const char* kService = "org.freedesktop.login1";
constexpr const char* kManagerPath = "/org/freedesktop/login1";
constexpr const char* kManager = "org.freedesktop.login1.Manager";
constexpr const char* kSession = "org.freedesktop.login1.Session";
constexpr std::uint64_t kCallMicros = 5'000'000;

struct Text {
  Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { std::free(value); }
  char* value = nullptr;
};

struct BusError {
  BusError() = default;
  BusError(const BusError&) = delete;
  BusError& operator=(const BusError&) = delete;
  ~BusError() { ::sd_bus_error_free(&value); }
  sd_bus_error value = SD_BUS_ERROR_NULL;
};

struct Message {
  Message() = default;
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  ~Message() { ::sd_bus_message_unref(value); }
  sd_bus_message* value = nullptr;
};

// One conversation with logind.
class Logind {
 public:
  Logind() = default;
  Logind(const Logind&) = delete;
  Logind& operator=(const Logind&) = delete;
  ~Logind() { ::sd_bus_flush_close_unref(bus_); }

  Status connect() {
    if (const int rv = ::sd_bus_open_system(&bus_); rv < 0)
      return fail(Error::service_unreachable, std::string("system bus: ") + std::strerror(-rv));
    (void)::sd_bus_set_method_call_timeout(bus_, kCallMicros);
    return {};
  }

  // The session that this very program has opened. Not one in which it merely runs, such as that of a desktop
  // in a terminal of which somebody has called su.
  Status find(const BoundSession& bound) {
    BusError error;
    Message reply;
    int rv = ::sd_bus_call_method(bus_, kService, kManagerPath, kManager, "GetSessionByPID", &error.value,
                                  &reply.value, "u", static_cast<std::uint32_t>(bound.program));
    if (::sd_bus_error_has_name(&error.value, "org.freedesktop.login1.NoSessionForPID") != 0)
      return fail(Error::not_found, "no session of logind's");
    if (rv < 0) return failure("GetSessionByPID", error, rv);
    const char* path = nullptr;
    rv = ::sd_bus_message_read(reply.value, "o", &path);
    if (rv < 0) return failure("GetSessionByPID", error, rv);
    path_ = path;
    TRY(read_properties());
    if (leader_ != static_cast<std::uint32_t>(bound.program) || uid_ != bound.uid)
      return fail(Error::not_found, "the login program does not lead a session of this user");
    // What was asked about a number is true of the program only if it still has it.
    if (has_ended(bound.program_end)) return fail(Error::not_found, "has ended");
    return {};
  }

  Status call(const char* method) {
    BusError error;
    Message reply;
    const int rv = ::sd_bus_call_method(bus_, kService, kManagerPath, kManager, method, &error.value,
                                        &reply.value, "s", id_.value);
    return rv < 0 ? failure(method, error, rv) : Status();
  }

  [[nodiscard]] bool has_desktop() const {
    const std::string_view type(type_.value);
    return type == "x11" || type == "wayland" || type == "mir";
  }

 private:
  static Status failure(const char* what, const BusError& error, int rv) {
    const char* const why = error.value.message != nullptr ? error.value.message : std::strerror(-rv);
    return fail(Error::io_failed, std::string(what) + ": " + why);
  }

  Status read_properties() {
    BusError error;
    Message user;
    const char* const path = path_.c_str();
    int rv = ::sd_bus_get_property_string(bus_, kService, path, kSession, "Id", &error.value, &id_.value);
    if (rv >= 0)
      rv = ::sd_bus_get_property_string(bus_, kService, path, kSession, "Type", &error.value, &type_.value);
    if (rv >= 0)
      rv = ::sd_bus_get_property_trivial(bus_, kService, path, kSession, "Leader", &error.value, 'u',
                                         &leader_);
    if (rv >= 0)
      rv = ::sd_bus_get_property(bus_, kService, path, kSession, "User", &error.value, &user.value, "(uo)");
    if (rv >= 0) rv = ::sd_bus_message_read(user.value, "(uo)", &uid_, nullptr);
    return rv < 0 ? failure("session", error, rv) : Status();
  }

  sd_bus* bus_ = nullptr;
  std::string path_;
  Text id_, type_;
  std::uint32_t leader_ = 0, uid_ = static_cast<std::uint32_t>(-1);
};

}  // namespace

Result<std::string_view> LogindSessions::lock(const BoundSession& session) {
  Logind logind;
  TRY(logind.connect());
  TRY(logind.find(session));
  const bool locks = logind.has_desktop();
  TRY(logind.call(locks ? "LockSession" : "TerminateSession"));
  return std::string_view(locks ? "locked" : "ended");
}

Result<std::string_view> LogindSessions::logout(const BoundSession& session) {
  Logind logind;
  TRY(logind.connect());
  TRY(logind.find(session));
  TRY(logind.call("TerminateSession"));
  return std::string_view("ended");
}

Result<bool> has_logind_session(uid_t uid) {
  const int sessions = ::sd_uid_get_sessions(uid, 0, nullptr);
  if (sessions == -ENOENT || sessions == -ENXIO || sessions == -ENODATA) return false;
  if (sessions < 0) return fail(Error::io_failed, std::string("sessions: ") + std::strerror(-sessions));
  return sessions > 0;
}

}  // namespace cardea::recoveryd

// SPDX-License-Identifier: Apache-2.0
// HTTPS over WinHTTP: no redirect is followed, nothing is asked through a proxy. A kept connection belongs to
// a session; WinHTTP may ask again by itself on another one when it has ended, so what may not be repeated
// begins with a session, and that is with a connection, of its own.
#include "upstream/server_line.h"
#include "upstream/windows/winhttp_exchange.h"

namespace cardea::upstream {
namespace {

class WinHttpLine final : public ServerLine {
 public:
  WinHttpLine(ServerUrl url, LineSettings settings, const Clock& clock)
      : ServerLine(std::move(url)), settings_(std::move(settings)), clock_(clock) {}

  // The signature is made before there is a connection: WinHTTP connects and sends in one call.
  Attempt attempt(const HttpRequest& request, const AttemptLimits& limits, bool may_reuse) override;
  void hang_up() noexcept override { kept_.reset(); }

 private:
  Result<CallPlan> plan(const HttpRequest& request, const AttemptLimits& limits, bool may_reuse);
  // With the server's name, as a person is told.
  [[nodiscard]] Failure named(const Failure& failure) const;

  const LineSettings settings_;
  const Clock& clock_;
  std::shared_ptr<WinHttpSession> kept_;  // with the connection that it keeps
};

Failure WinHttpLine::named(const Failure& failure) const {
  switch (failure.error) {
    case Error::server_unreachable:
    case Error::server_untrusted:
    case Error::server_misbehaved:
      return fail(failure.error, url().authority + ": " + failure.detail);
    default:
      return failure;
  }
}

Result<CallPlan> WinHttpLine::plan(const HttpRequest& request, const AttemptLimits& limits, bool may_reuse) {
  CallPlan out{.url = url(), .request = request, .session = std::move(kept_)};
  kept_.reset();
  out.request.sign = {};  // it belongs to whoever waits
  if (request.sign) {
    TRY_ASSIGN(const Headers signature, request.sign(url().authority));
    out.request.headers.insert(out.request.headers.end(), signature.begin(), signature.end());
  }
  if (!may_reuse || !request.may_repeat) out.session.reset();
  if (out.session == nullptr) {
    TRY_ASSIGN(out.session, WinHttpSession::open());
  }
  out.connect_millis = settings_.connect_millis;
  out.total_millis = limits.answered - clock_.monotonic();
  out.max_response = settings_.max_response;
  return out;
}

Attempt WinHttpLine::attempt(const HttpRequest& request, const AttemptLimits& limits, bool may_reuse) {
  auto planned = plan(request, limits, may_reuse);
  if (!planned.ok()) return {planned.failure()};
  std::shared_ptr<WinHttpSession> session = planned->session;
  auto exchange = WinHttpExchange::start(std::move(planned).value());
  if (!exchange.ok()) return {named(exchange.failure())};
  Attempt done = (*exchange)->await(limits, clock_);
  if (done.result.ok()) {
    kept_ = std::move(session);
  } else {
    done.result = named(done.result.failure());
  }
  return done;
}

}  // namespace

Result<std::unique_ptr<ServerLine>> ServerLine::make(const ServerUrl& url, const LineSettings& settings,
                                                     const Clock& clock) {
  if (!settings.ca_file.empty()) {
    return fail(Error::config_invalid,
                "ca_file: on Windows the authorities are those of the computer's store (Trusted Root "
                "Certification Authorities); put yours there and leave ca_file empty");
  }
  return std::unique_ptr<ServerLine>(std::make_unique<WinHttpLine>(url, settings, clock));
}

}  // namespace cardea::upstream

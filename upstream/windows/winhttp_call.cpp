// SPDX-License-Identifier: Apache-2.0
#include "upstream/windows/winhttp_call.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "upstream/answer_rules.h"
#include "upstream/windows/winhttp_error.h"

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <winhttp.h>
// clang-format on

namespace cardea::upstream {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr DWORD kReadBytes = 8192;

Failure refused(std::string_view call) {
  return fail(Error::internal, std::string(call) + ": error " + std::to_string(GetLastError()));
}

int timeout(MonotonicMillis millis) {  // 0 would be for ever
  return static_cast<int>(std::clamp<MonotonicMillis>(millis, 1, 3'600'000));
}

// Methods, paths and headers are printable ASCII: what WinHTTP would cut or translate is refused.
Result<std::wstring> widen(std::string_view text) {
  std::wstring out;
  for (const char c : text) {
    if (c < ' ' || c == 0x7F) return fail(Error::invalid_argument, "a request that is not ASCII");
    out += static_cast<wchar_t>(c);
  }
  return out;
}

Result<std::string> narrow(const std::wstring& text) {
  if (text.empty()) return std::string();
  const int units = static_cast<int>(text.size());
  const int size = WideCharToMultiByte(CP_UTF8, 0, text.data(), units, nullptr, 0, nullptr, nullptr);
  std::string out(static_cast<std::size_t>(std::max(size, 0)), '\0');
  if (WideCharToMultiByte(CP_UTF8, 0, text.data(), units, out.data(), size, nullptr, nullptr) != size)
    return refused("WideCharToMultiByte");
  return out;
}

Status set_number(HINTERNET request, DWORD option, DWORD value) {
  if (WinHttpSetOption(request, option, &value, sizeof value) == FALSE) return refused("WinHttpSetOption");
  return {};
}

Status add_header(HINTERNET request, std::string_view name, std::string_view value) {
  TRY_ASSIGN(const std::wstring line, widen(std::string(name) + ": " + std::string(value)));
  if (WinHttpAddRequestHeaders(request, line.c_str(), static_cast<DWORD>(line.size()),
                               WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_REPLACE) == FALSE)
    return refused("WinHttpAddRequestHeaders");
  return {};
}

class Call {
 public:
  Call(const CallPlan& plan, CallWatch& watch) : plan_(plan), watch_(watch) {}
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {  // no callback while the handle is closed
    if (request_ != nullptr)
      (void)WinHttpSetStatusCallback(request_.get(), nullptr, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0);
  }

  Attempt run();

 private:
  static void CALLBACK on_status(HINTERNET, DWORD_PTR context, DWORD status, void* information, DWORD size);
  Status open();
  Status restrict_request();
  Status add_headers();
  Status send();
  Status send_body();
  Result<ParsedHead> receive_head();
  Result<std::string> receive_body(const AnswerHead& head);
  Result<HttpResponse> converse();
  Failure failure();  // of the call of WinHTTP that has just failed

  const CallPlan& plan_;
  CallWatch& watch_;
  WinHttpHandle connection_, request_;
  // Written by the callback, which WinHTTP makes on the thread that has called it.
  std::optional<SteadyClock::time_point> began_;
  bool answered_ = false;  // a byte of the answer has come
  DWORD secure_flags_ = 0;
  bool lost_ = false;
};

void CALLBACK Call::on_status(HINTERNET, DWORD_PTR context, DWORD status, void* information, DWORD size) {
  auto* call = reinterpret_cast<Call*>(context);
  if (call == nullptr) return;
  const DWORD number =
      information != nullptr && size == sizeof(DWORD) ? *static_cast<DWORD*>(information) : 0;
  if (status == WINHTTP_CALLBACK_STATUS_SENDING_REQUEST && !call->began_) {
    call->began_ = SteadyClock::now();
    call->watch_.connected();
  }
  if (status == WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED && number > 0) call->answered_ = true;
  if (status == WINHTTP_CALLBACK_STATUS_SECURE_FAILURE) call->secure_flags_ = number;
}

Failure Call::failure() {
  const WinHttpMeaning meaning = winhttp_meaning(GetLastError(), secure_flags_, answered_);
  lost_ = meaning.lost && began_.has_value();
  return fail(meaning.error, meaning.why);
}

Status Call::open() {
  const ServerUrl& url = plan_.url;
  const bool is_v6 = url.is_address && url.host.find(':') != std::string::npos;
  TRY_ASSIGN(const auto host, widen(is_v6 ? "[" + url.host + "]" : url.host));
  TRY_ASSIGN(const auto method, widen(plan_.request.method));
  TRY_ASSIGN(const auto target, widen(plan_.request.path + plan_.request.query));
  connection_.reset(WinHttpConnect(plan_.session->get(), host.c_str(), url.port, 0));
  if (connection_ == nullptr) return refused("WinHttpConnect");
  // The path is signed: it goes out as it is.
  constexpr DWORD kFlags =
      WINHTTP_FLAG_SECURE | WINHTTP_FLAG_ESCAPE_DISABLE | WINHTTP_FLAG_ESCAPE_DISABLE_QUERY;
  request_.reset(WinHttpOpenRequest(connection_.get(), method.c_str(), target.c_str(), nullptr,
                                    WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES, kFlags));
  if (request_ == nullptr) return refused("WinHttpOpenRequest");
  auto context = reinterpret_cast<DWORD_PTR>(this);
  constexpr DWORD kNotify = WINHTTP_CALLBACK_FLAG_SEND_REQUEST | WINHTTP_CALLBACK_FLAG_RECEIVE_RESPONSE |
                            WINHTTP_CALLBACK_FLAG_SECURE_FAILURE;
  if (WinHttpSetOption(request_.get(), WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof context) == FALSE ||
      WinHttpSetStatusCallback(request_.get(), on_status, kNotify, 0) == WINHTTP_INVALID_STATUS_CALLBACK)
    return refused("WinHttpSetStatusCallback");
  return {};
}

// No cookies, no redirects, no credentials and no certificate of this computer, whatever a server asks for.
Status Call::restrict_request() {
  HINTERNET request = request_.get();
  TRY(set_number(request, WINHTTP_OPTION_DISABLE_FEATURE,
                 WINHTTP_DISABLE_COOKIES | WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_AUTHENTICATION));
  TRY(set_number(request, WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_NEVER));
  TRY(set_number(request, WINHTTP_OPTION_AUTOLOGON_POLICY, WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH));
  if (WinHttpSetOption(request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, WINHTTP_NO_CLIENT_CERT_CONTEXT, 0) ==
      FALSE)
    return refused("WINHTTP_OPTION_CLIENT_CERT_CONTEXT");
  const int all = timeout(plan_.total_millis);
  if (WinHttpSetTimeouts(request, all, std::min(all, timeout(plan_.connect_millis)), all, all) == FALSE)
    return refused("WinHttpSetTimeouts");
  return set_number(request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, static_cast<DWORD>(all));
}

Status Call::add_headers() {
  TRY(add_header(request_.get(), "Host", plan_.url.authority));
  for (const auto& [name, value] : plan_.request.headers)
    TRY(add_header(request_.get(), name, value));
  const std::string& method = plan_.request.method;
  if (plan_.request.body.empty() && (method == "POST" || method == "PUT"))
    return add_header(request_.get(), "Content-Length", "0");
  return {};
}

// The body goes out by itself: WinHTTP does not have it while it connects, and so can't send the request
// again by itself; and whoever has waited too long is asked before the server can act.
Status Call::send() {
  const auto size = static_cast<DWORD>(plan_.request.body.size());
  if (WinHttpSendRequest(request_.get(), WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA, 0, size,
                         reinterpret_cast<DWORD_PTR>(this)) == FALSE)
    return failure();
  return size == 0 ? Status() : send_body();
}

Status Call::send_body() {
  if (!watch_.may_send_body()) return Error::cancelled;
  std::string_view left = plan_.request.body;
  while (!left.empty()) {
    DWORD written = 0;
    if (WinHttpWriteData(request_.get(), left.data(), static_cast<DWORD>(left.size()), &written) == FALSE)
      return failure();
    left.remove_prefix(std::min<std::size_t>(written, left.size()));
    if (!watch_.is_wanted()) return Error::cancelled;
  }
  return {};
}

Result<ParsedHead> Call::receive_head() {
  if (WinHttpReceiveResponse(request_.get(), nullptr) == FALSE) return failure();
  DWORD bytes = 0;
  (void)WinHttpQueryHeaders(request_.get(), WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX,
                            WINHTTP_NO_OUTPUT_BUFFER, &bytes, WINHTTP_NO_HEADER_INDEX);
  if (GetLastError() != ERROR_INSUFFICIENT_BUFFER) return refused("WinHttpQueryHeaders");
  if (bytes > kMaxHeadText * sizeof(wchar_t))
    return fail(Error::server_misbehaved, "the head of the answer is too long");
  std::wstring text(bytes / sizeof(wchar_t) + 1, L'\0');
  if (WinHttpQueryHeaders(request_.get(), WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_HEADER_NAME_BY_INDEX,
                          text.data(), &bytes, WINHTTP_NO_HEADER_INDEX) == FALSE)
    return refused("WinHttpQueryHeaders");
  text.resize(bytes / sizeof(wchar_t));
  TRY_ASSIGN(const std::string plain, narrow(text));
  return parse_head(plain);
}

// Read to its end even where there is no body: only then the connection can be used again.
Result<std::string> Call::receive_body(const AnswerHead& head) {
  const bool wanted = has_body(head, plan_.request.method == "HEAD");
  AnswerBody body(head, plan_.max_response);
  char buffer[kReadBytes];
  for (;;) {
    DWORD size = 0;
    if (WinHttpReadData(request_.get(), buffer, sizeof buffer, &size) == FALSE) return failure();
    if (size == 0) break;
    if (!watch_.is_wanted()) return Error::cancelled;
    if (!wanted) return fail(Error::server_misbehaved, "an answer that has no body has one");
    TRY(body.add({buffer, size}));
  }
  if (!wanted) return std::string();
  auto whole = std::move(body).whole(false);
  if (!whole.ok()) lost_ = true;
  return whole;
}

Result<HttpResponse> Call::converse() {
  TRY(open());
  TRY(restrict_request());
  TRY(add_headers());
  TRY(send());
  TRY_ASSIGN(ParsedHead parsed, receive_head());
  TRY(judge_head(parsed.head, plan_.max_response));
  HttpResponse out;
  out.status = parsed.head.status;
  out.headers = std::move(parsed.headers);
  TRY_ASSIGN(out.body, receive_body(parsed.head));
  return out;
}

Attempt Call::run() {
  Attempt out{converse()};
  out.lost = lost_ && !out.result.ok();
  if (began_) {
    const auto took = SteadyClock::now() - *began_;
    out.millis = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  }
  return out;
}

}  // namespace

Attempt call_over_winhttp(const CallPlan& plan, CallWatch& watch) { return Call(plan, watch).run(); }

}  // namespace cardea::upstream

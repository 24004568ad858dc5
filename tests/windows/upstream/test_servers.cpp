// SPDX-License-Identifier: Apache-2.0
#include "tests/windows/upstream/test_servers.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/text.h"

// windows.h before the others, which need its types.
// clang-format off
#include <windows.h>
#include <wincrypt.h>
// clang-format on

namespace cardea::upstream {
namespace {

// A file of this run's servers; the folder's name is one of Linux.
std::string path_of_run(const std::string& name) {
  const char* folder = std::getenv("CARDEA_TEST_SERVERS");
  return "Z:" + std::string(folder == nullptr ? "/nowhere" : folder) + "/" + name;
}

std::string file_of_run(const std::string& name) {
  std::ifstream file(path_of_run(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Wine forgets what is added through the provider SYSTEM, and writes when a store is closed.
class TrustedAuthority final : public ::testing::Environment {
 public:
  void SetUp() override {
    const std::string der = file_of_run("authority.der");
    PCCERT_CONTEXT certificate = nullptr;
    const HCERTSTORE store = open_roots();
    EXPECT_TRUE(CertAddEncodedCertificateToStore(
        store, X509_ASN_ENCODING, reinterpret_cast<const BYTE*>(der.data()), static_cast<DWORD>(der.size()),
        CERT_STORE_ADD_REPLACE_EXISTING, &certificate))
        << "authority.der of CARDEA_TEST_SERVERS";
    EXPECT_TRUE(CertCloseStore(store, 0));
    authority_ = certificate;
  }
  void TearDown() override {
    const HCERTSTORE store = open_roots();
    PCCERT_CONTEXT found =
        CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, authority_, nullptr);
    EXPECT_TRUE(found != nullptr && CertDeleteCertificateFromStore(found));
    EXPECT_TRUE(CertCloseStore(store, 0));
    (void)CertFreeCertificateContext(authority_);
  }

 private:
  static HCERTSTORE open_roots() {
    return CertOpenStore(CERT_STORE_PROV_SYSTEM_REGISTRY_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"ROOT");
  }
  PCCERT_CONTEXT authority_ = nullptr;
};

const auto* const kTrusted = ::testing::AddGlobalTestEnvironment(new TrustedAuthority);

std::string control(const std::string& path) {
  static const SystemClock kClock;
  const auto transport = HttpsTransport::create({.urls = {url_of("control")}, .ca_file = {}}, kClock).value();
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.may_repeat = true;
  const auto answer = transport->send(request);
  return answer.ok() ? answer->body : answer.failure().detail;
}

int number(const std::string& path) {
  const std::string text = control(path);
  const auto value = parse_decimal(text);
  EXPECT_TRUE(value) << path << ": " << text;
  return value ? static_cast<int>(*value) : -1;
}

}  // namespace

std::string url_of(const std::string& server, const std::string& host) {
  for (const std::string& line : split(file_of_run("ports"), '\n')) {
    if (line.starts_with(server + " ")) return "https://" + host + ":" + line.substr(server.size() + 1);
  }
  ADD_FAILURE() << "no test server is called " << server;
  return {};
}

std::string fresh_url() {
  static int used = 0;
  return url_of("fresh-" + std::to_string(used++));
}

int requests(const std::string& name) { return number("/requests/" + name); }
int connections(const std::string& server) { return number("/connections/" + server); }

// By a file: with too many exchanges left behind nothing can be asked.
void release() {
  const std::string path = path_of_run("release");
  std::ofstream(path, std::ios::binary).close();
  for (int i = 0; i < 200 && std::ifstream(path).good(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(std::ifstream(path).good());
}

std::string fresh_name() {
  Bytes bytes(8);
  SystemRandom().fill(bytes);
  return to_hex(bytes);
}

std::unique_ptr<HttpsTransport> WinHttpTest::to(std::vector<std::string> urls, MonotonicMillis total) {
  HttpsSettings settings{.urls = std::move(urls), .ca_file = {}};
  settings.total_millis = total;
  return HttpsTransport::create(settings, clock_).value();
}

std::unique_ptr<ServerLine> WinHttpTest::line_to(const std::string& url) {
  LineSettings settings;
  settings.max_response = 1 << 20;
  return ServerLine::make(ServerUrl::parse(url).value(), settings, clock_).value();
}

AttemptLimits WinHttpTest::within(MonotonicMillis millis) const {
  const MonotonicMillis end = clock_.monotonic() + millis;
  return {end, end};
}

HttpRequest WinHttpTest::get(const std::string& path) {
  HttpRequest out;
  out.method = "GET";
  out.path = path;
  out.may_repeat = true;
  return out;
}

HttpRequest WinHttpTest::post(const std::string& path) {
  HttpRequest out;
  out.method = "POST";
  out.path = path;
  out.query = "?q=1";
  out.headers = {{"X-Test", "yes"}};
  out.body = "{\"b\":2}";
  return out;
}

Error WinHttpTest::error_of(const Result<HttpResponse>& result) {
  return result.ok() ? Error::internal : result.error();
}

}  // namespace cardea::upstream

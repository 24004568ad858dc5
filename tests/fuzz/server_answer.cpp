// SPDX-License-Identifier: Apache-2.0
// Whatever a hostile server answers to any request: the first byte chooses the request, the second the kind
// of answer, the rest is its body.
#include "tests/unit/upstream/sample_calls.h"
#include "upstream/transport.h"

namespace {

using namespace cardea;
using namespace cardea::upstream;

class OneAnswer final : public Transport {
 public:
  explicit OneAnswer(HttpResponse response) : response_(std::move(response)) {}
  Result<HttpResponse> send(const HttpRequest&) override { return response_; }
  [[nodiscard]] std::string authority() const override { return "server.example"; }

 private:
  HttpResponse response_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto& calls = sample_calls();
  const SampleCall& sample = calls[data[0] % calls.size()];
  HttpResponse response{sample.status, {{"content-type", "application/json"}}, {}};
  if (data[1] % 4 == 1) response = {400, {{"content-type", "application/problem+json"}}, {}};
  if (data[1] % 4 == 2) response.status = 200;
  response.body.assign(data + 2, data + size);
  OneAnswer transport(std::move(response));
  static const FakeClock kClock;
  static SystemRandom random;
  ServerClient client(transport, kClock, random);
  (void)sample.run(client);
  return 0;
}

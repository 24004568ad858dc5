// SPDX-License-Identifier: Apache-2.0
// The real cardea-card-worker behind the daemon's link, for tests.
#pragma once

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>

#include "build_paths.h"
#include "recoveryd/worker_link/card_worker_process.h"
#include "tests/support/secret_channel.h"

namespace cardea::test {

inline constexpr worker::Timeout kCallTimeout{20'000};

// `module`: p11-kit name. The tests' own environment variables that modules and PC/SC need are passed on.
inline worker::WorkerOptions worker_options(const std::string& module) {
  worker::WorkerOptions options;
  options.program = CARDEA_BINARY_DIR "/recoveryd/card_worker/cardea-card-worker";
  options.modules = {module};
  options.opensc_conf = CARDEA_SOURCE_DIR "/packaging/opensc.conf";
  for (const char* name : {"SOFTHSM2_CONF", "PCSCLITE_CSOCK_NAME", "ASAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name); value != nullptr) {
      options.environment.push_back(std::string(name) + "=" + value);
    }
  }
  return options;
}

inline std::unique_ptr<worker::CardWorkerProcess> start_worker(const worker::WorkerOptions& options) {
  auto worker = worker::CardWorkerProcess::start(options);
  if (!worker.ok()) throw std::runtime_error("worker: " + worker.failure().detail);
  return std::move(worker).value();
}

// The view once `wanted` holds; the last one when it never does.
template <typename Condition>
worker::ReaderView wait_for_view(worker::CardWorker& worker, Condition wanted) {
  const auto deadline = std::chrono::steady_clock::now() + kCallTimeout;
  auto view = worker.view();
  while (!wanted(view) && std::chrono::steady_clock::now() < deadline) {
    view = worker.wait_for_change(view.revision, worker::Timeout(1'000));
  }
  return view;
}

// Error{} for a success: Result::error() of one would end the test program.
template <typename T>
Error error_of(const Result<T>& result) {
  return result.ok() ? Error{} : result.error();
}

inline Bytes login_message() {
  return ByteBuilder()
      .lp("cardea/v1/login")
      .lp("computer")
      .lp("user")
      .lp("service")
      .lp("attempt")
      .raw(Bytes(32, 5))
      .take();
}

}  // namespace cardea::test

// SPDX-License-Identifier: Apache-2.0
// The seams of the test's DLL: everything comes from the test's values (test_values.h).
#include "credprov/windows/seams.h"
#include "tests/windows/credprov/test_values.h"

namespace cardea::credprov {
namespace {

class TestSeams final : public Seams {
 public:
  bool logon_package(ULONG& number) noexcept override {
    number = test::value(test::kPackageValue, test::kPackage);
    return number != 0;
  }
  HKEY settings_root() noexcept override { return HKEY_CURRENT_USER; }
  const wchar_t* settings_key() noexcept override { return key_.c_str(); }
  const wchar_t* policy_key() noexcept override { return policy_.c_str(); }
  const wchar_t* daemon_pipe() noexcept override { return pipe_.c_str(); }
  client::PipeOwner pipe_owner() noexcept override { return client::PipeOwner::own_instance; }
  bool safe_mode() noexcept override { return test::value(test::kSafeModeValue, 0) != 0; }
  const Clock& clock() noexcept override { return clock_; }
  CardWatch::Pauses watch_pauses() noexcept override { return {1, 5, 20}; }
  DWORD proven_ms() noexcept override { return test::value(test::kProvenValue, 3'600'000); }

 private:
  SystemClock clock_;
  const std::wstring key_ = test::values_key();
  const std::wstring policy_ = test::policy_key();
  const std::wstring pipe_ = test::pipe_path();
};

}  // namespace

Seams& seams() noexcept {
  static TestSeams seams;
  return seams;
}

}  // namespace cardea::credprov

// SPDX-License-Identifier: Apache-2.0
// A session with a host that counts and a daemon in memory.
#pragma once

#include <atomic>

#include "core/client/texts.h"
#include "credprov/model/kerb_logon.h"
#include "credprov/model/session.h"
#include "credprov/model/texts.h"
#include "tests/unit/credprov/fake_outside.h"

namespace cardea::credprov {

using wire::AnswerKind;
using wire::Decision;
using wire::Route;

class CountingHost final : public TileHost {
 public:
  void on_tile_changed() noexcept override { ++changed; }
  void on_tile_ready() noexcept override { ++ready; }
  std::atomic<int> changed{0}, ready{0};
};

class SessionTest : public testing::Test {
 protected:
  ~SessionTest() override {
    if (session != nullptr) session->close();
    outside->join();
  }
  void make(Scenario scenario = Scenario::logon, std::string user = "PC\\ana",
            std::uint32_t linger_ms = 20'000) {
    session =
        std::make_shared<Session>(SessionSetup{scenario, std::move(user), "PC", "C", linger_ms}, outside);
    host = std::make_shared<CountingHost>();
    session->attach(host);
  }
  void type(Field field, std::string_view text) { session->type(field, SecretBytes(text)); }
  Submitted submit() { return session->submit(packed); }
  Submitted submit(Field field, std::string_view text) {
    type(field, text);
    return submit();
  }
  [[nodiscard]] bool shows(Field field, std::string_view text) const {
    return session->view().fields[index_of(field)].text == text;
  }
  [[nodiscard]] bool comes_to(Field field) const {
    return eventually([&] {
      const View view = session->view();
      return view.submit_after == field && view.fields[index_of(field)].enabled;
    });
  }
  [[nodiscard]] bool says(std::string_view message) const {
    return eventually([&] { return session->message() == message; });
  }
  [[nodiscard]] bool gets_ready() const {
    return eventually([&] { return host->ready == 1; });
  }
  void expect_packed(LogonMessage message, std::string_view password, std::string_view user = "ana") {
    const auto logon = unpack_logon(packed.expose());
    ASSERT_TRUE(logon.ok());
    EXPECT_EQ(logon.value().message, message);
    EXPECT_EQ(logon.value().name.domain, "PC");
    EXPECT_EQ(logon.value().name.user, user);
    EXPECT_EQ(logon.value().password.expose_text(), password);
  }

  std::shared_ptr<FakeOutside> outside = std::make_shared<FakeOutside>();
  std::shared_ptr<CountingHost> host;
  std::shared_ptr<Session> session;
  SecretBytes packed;
};

// The PIN, then the password, then the grant.
inline Script grants(std::string_view password, std::string_view pin = "1234") {
  return [password, pin](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_EQ(daemon.ask_pin(), pin);
    if (!password.empty()) {
      EXPECT_EQ(daemon.reveal("windows-password", password), AnswerKind::empty);
    }
    daemon.verdict(Decision::granted, "PC\\ana");
  };
}

}  // namespace cardea::credprov

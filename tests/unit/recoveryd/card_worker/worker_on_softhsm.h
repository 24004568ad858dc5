// SPDX-License-Identifier: Apache-2.0
// The worker's program behind the daemon's link, with a software token.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/softhsm_token.h"
#include "tests/support/worker_fixture.h"

namespace cardea::worker {

using namespace cardea::test;

class WorkerOnSoftHsm : public ::testing::Test {
 protected:
  SoftHsmToken token;
  std::unique_ptr<CardWorkerProcess> worker = start_worker(worker_options(SoftHsmToken::kModule));
  card::PinReport report;
  UserId user{1, 2, 3};
  ComputerId computer{4, 5, 6};

  CardView card() {
    const auto view = wait_for_view(*worker, [](const ReaderView& v) { return !v.cards.empty(); });
    EXPECT_EQ(view.cards.size(), 1U);
    return view.cards.empty() ? CardView{} : view.cards.front();
  }
  std::unique_ptr<Vault> vault() {
    auto opened = worker->open_vault(kCallTimeout);
    EXPECT_TRUE(opened.ok());
    return std::move(opened).value();
  }
  std::unique_ptr<Vault> opened_vault() {
    auto v = vault();
    EXPECT_TRUE(v->set_identity(user, computer, kCallTimeout).ok());
    EXPECT_TRUE(v->collect(Purpose::pin, secret_channel(SoftHsmToken::kPin), kCallTimeout).ok());
    EXPECT_TRUE(v->card_login(card().insertion, false, report, kCallTimeout).ok());
    return v;
  }
  CardKeys make_keys(card::KeyKind kind) {
    auto keys = opened_vault()->card_make_keys(kind, "Cardea", kCallTimeout);
    EXPECT_TRUE(keys.ok());
    return std::move(keys).value();
  }
  Result<Bytes> login(const card::CardId& id, std::string_view pin) {
    return worker->login_sign(id, login_message(), false, secret_channel(pin), report, kCallTimeout);
  }
};

}  // namespace cardea::worker

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

}  // namespace cardea::worker

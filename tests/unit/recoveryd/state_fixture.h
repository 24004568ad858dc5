// SPDX-License-Identifier: Apache-2.0
// A state directory of a test, and a record for it.
#pragma once

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "recoveryd/state/enrolment_store.h"
#include "tests/support/temp_dir.h"

namespace cardea::recoveryd {

class StateTest : public ::testing::Test {
 protected:
  static std::string slurp(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void spit(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  }

  login::EnrolmentRecord record() {
    login::EnrolmentRecord out;
    out.local_user = "alice";
    out.device_share = random_.secret<32>();
    const auto key = crypto::Ed25519KeyPair::generate(random_);
    out.cards.push_back({crypto::card_id(key.spki()), key.spki(), {}, "Card", "1", login::CardState::active});
    out.current = access_key::AccessKeyVerifier{1, 0, {}, {}};
    return out;
  }

  SystemRandom random_;
  const test::TempDir root_;
  const std::string path_ = root_.file("state");
};

}  // namespace cardea::recoveryd

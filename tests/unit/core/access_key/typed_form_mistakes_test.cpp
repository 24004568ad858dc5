// SPDX-License-Identifier: Apache-2.0
// Every wrong symbol and every exchange of neighbours: named by group, or read as the right key under another
// keyboard layout, or a wrong key that the verifier refuses. None opens with another key than the right one.
#include <gtest/gtest.h>

#include "core/access_key/access_key_verifier.h"
#include "core/access_key/typed_form.h"

namespace cardea::access_key {
namespace {

struct Outcomes {
  int named = 0;
  int corrected = 0;
  int refused = 0;
};

class Mistakes : public ::testing::Test {
 protected:
  Mistakes() {
    who_.computer.fill(0x31);
    who_.user.fill(0x32);
  }
  void use_seed(std::uint8_t number) {
    ChainSeed seed;
    seed.expose_mutable()[0] = number;
    const ChainContext context{who_.computer, who_.user, 1};
    verifier_ = make_generation(seed, context).verifier;
    key_ = chain_key(seed, context, 1 + number % 60u).value();
    text_ = format_access_key(key_).expose_text();
    std::erase(text_, '-');
  }
  void judge(const std::string& typed, std::size_t first_changed, Outcomes& outcomes) {
    const auto parsed = parse_access_key(as_bytes(typed));
    if (!parsed.ok()) {
      ASSERT_EQ(mistyped_group(parsed.failure()), static_cast<int>(first_changed / kTypedGroup + 1)) << typed;
      ++outcomes.named;
    } else if (*parsed == key_) {
      ++outcomes.corrected;
    } else {
      ASSERT_EQ(verify(verifier_, who_, *parsed).error(), Error::access_key_wrong) << typed;
      ++outcomes.refused;
    }
  }
  ComputerAndUser who_;
  AccessKeyVerifier verifier_;
  AccessKey key_;
  std::string text_;
};

TEST_F(Mistakes, EverySubstitution) {
  Outcomes outcomes;
  for (std::uint8_t number = 1; number <= 20; ++number) {
    use_seed(number);
    for (std::size_t i = 0; i < text_.size(); ++i) {
      for (const char symbol : kAlphabet) {
        if (symbol == text_[i]) continue;
        std::string typed = text_;
        typed[i] = symbol;
        ASSERT_NO_FATAL_FAILURE(judge(typed, i, outcomes));
      }
    }
  }
  const int total = outcomes.named + outcomes.corrected + outcomes.refused;
  EXPECT_EQ(total, 20 * 30 * 31);
  EXPECT_GT(outcomes.named, total * 99 / 100);  // a wrong key from a single mistake stays a rarity
}

TEST_F(Mistakes, EveryExchangeOfNeighbours) {
  Outcomes outcomes;
  for (std::uint8_t number = 1; number <= 60; ++number) {
    use_seed(number);
    for (std::size_t i = 0; i + 1 < text_.size(); ++i) {
      if (text_[i] == text_[i + 1]) continue;
      std::string typed = text_;
      std::swap(typed[i], typed[i + 1]);
      ASSERT_NO_FATAL_FAILURE(judge(typed, i, outcomes));
    }
  }
  EXPECT_GT(outcomes.named, 1600);
}

// The proof of the spec for all groups at once: with single substitutions and exchanges the five weighted
// symbols can't sum to the same check.
TEST(CheckSymbol, DetectsAllSubstitutionsAndExchangesInAnyGroup) {
  const auto syndrome = [](const std::array<std::uint8_t, 5>& five, std::size_t group) {
    return check_symbol(std::span<const std::uint8_t, 4>(five.data(), 4), group) ^ five[4];
  };
  std::uint32_t state = 1;
  for (int round = 0; round < 2000; ++round) {
    std::array<std::uint8_t, 5> five{};
    for (auto& symbol : five)
      symbol = static_cast<std::uint8_t>((state = state * 1664525u + 1013904223u) >> 27);
    const std::size_t group = static_cast<std::size_t>(round % 8);
    five[4] = check_symbol(std::span<const std::uint8_t, 4>(five.data(), 4), group);
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::uint8_t difference = 1; difference < 32; ++difference) {
        auto wrong = five;
        wrong[i] ^= difference;
        ASSERT_NE(syndrome(wrong, group), 0);
      }
      for (std::size_t j = i + 1; j < 5; ++j) {
        if (five[i] == five[j]) continue;
        auto wrong = five;
        std::swap(wrong[i], wrong[j]);
        ASSERT_NE(syndrome(wrong, group), 0);
      }
    }
    for (std::size_t other = 0; other < 8; ++other) {
      ASSERT_EQ(syndrome(five, other) == 0, other == group);
    }
  }
}

}  // namespace
}  // namespace cardea::access_key

// SPDX-License-Identifier: Apache-2.0
// Looks through the memory of the whole process for PIN, access key and password, as UTF-8 and as UTF-16,
// where none of them may be any more. The test itself holds them masked, and takes them out for a call only.
#include <array>

#include "core/base/secret.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

using wire::Decision;
constexpr std::uint8_t kMask = 0xA5;

// A word that is nowhere else.
class Canary {
 public:
  Canary(unsigned seed, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      seed = seed * 1'103'515'245U + 12'345U;
      masked_.push_back(static_cast<std::uint8_t>(('a' + (seed >> 16) % 26) ^ kMask));
    }
  }
  // In memory that is wiped behind the call.
  template <typename Use>
  void use(Use use) const {
    SecretBytes plain(masked_.size());
    for (std::size_t i = 0; i < masked_.size(); ++i)
      plain.expose_mutable()[i] = masked_[i] ^ kMask;
    use(plain.expose_text());
  }
  [[nodiscard]] bool is(std::string_view text) const {
    bool same = text.size() == masked_.size();
    for (std::size_t i = 0; same && i < masked_.size(); ++i)
      same = static_cast<std::uint8_t>(text[i]) == (masked_[i] ^ kMask);
    return same;
  }
  // How often the first or the last eight characters are anywhere in the process.
  [[nodiscard]] int found() const;

 private:
  static constexpr std::size_t kPart = 8;
  [[nodiscard]] int found_in(const std::uint8_t* data, std::size_t size) const;
  std::vector<std::uint8_t> masked_;
};

int Canary::found_in(const std::uint8_t* data, std::size_t size) const {
  int count = 0;
  for (const std::size_t from : {std::size_t{0}, masked_.size() - kPart}) {
    const std::uint8_t first = masked_[from] ^ kMask;
    for (const std::size_t step : {1u, 2u}) {
      for (std::size_t at = 0; at + kPart * step <= size; ++at) {
        if (data[at] != first) continue;
        bool same = true;
        for (std::size_t i = 1; same && i < kPart; ++i)
          same = data[at + i * step] == (masked_[from + i] ^ kMask) &&
                 (step == 1 || data[at + i * step - 1] == 0);
        if (same) ++count;
      }
    }
  }
  return count;
}

int Canary::found() const {
  int count = 0;
  MEMORY_BASIC_INFORMATION region{};
  for (const std::uint8_t* at = nullptr; VirtualQuery(at, &region, sizeof region) == sizeof region;) {
    constexpr DWORD kReadable =
        PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
    if (region.State == MEM_COMMIT && (region.Protect & kReadable) != 0 && (region.Protect & PAGE_GUARD) == 0)
      count += found_in(static_cast<const std::uint8_t*>(region.BaseAddress), region.RegionSize);
    at = static_cast<const std::uint8_t*>(region.BaseAddress) + region.RegionSize;
  }
  return count;
}

class CanaryTest : public LogonUiTest {
 protected:
  // LogonUI's own copy is wiped behind the call.
  void type_canary(Field field, const Canary& canary) {
    canary.use([&](std::string_view text) {
      SecretBytes wide(2 * (text.size() + 1));
      for (std::size_t i = 0; i < text.size(); ++i)
        wide.expose_mutable()[2 * i] = static_cast<std::uint8_t>(text[i]);
      EXPECT_EQ(tile()->SetStringValue(static_cast<DWORD>(index_of(field)),
                                       reinterpret_cast<const wchar_t*>(wide.expose().data())),
                S_OK);
    });
  }
  // What LSA would get, looked at by its size only.
  std::size_t give_away() {
    CREDENTIAL_PROVIDER_GET_SERIALIZATION_RESPONSE response{};
    CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION given{};
    LPWSTR text = nullptr;
    CREDENTIAL_PROVIDER_STATUS_ICON icon{};
    EXPECT_EQ(tile()->GetSerialization(&response, &given, &text, &icon), S_OK);
    CoTaskMemFree(text);
    if (given.rgbSerialization == nullptr) return 0;
    SecureZeroMemory(given.rgbSerialization, given.cbSerialization);
    CoTaskMemFree(given.rgbSerialization);
    return given.cbSerialization;
  }
  void grant(bool with_password) {
    daemon_.expect([this, with_password](DaemonEnd& daemon) {
      daemon.begin();
      EXPECT_TRUE(daemon.ask_secret("pin", [this](std::string_view text) { return pin.is(text); }));
      if (with_password) {
        password.use([&](std::string_view text) {
          EXPECT_EQ(daemon.reveal("windows-password", text), wire::AnswerKind::empty);
        });
      }
      daemon.verdict(Decision::granted, "PC\\ana");
    });
    type_canary(Field::pin, pin);
    EXPECT_EQ(give_away(), 0u);
  }
  // A thread that ends takes its memory with it.
  static bool is_gone(const Canary& canary) {
    for (int tries = 0; tries < 20; ++tries) {
      if (canary.found() == 0) return true;
      Sleep(20);
    }
    return false;
  }
  const Canary pin{4711, 14};
  const Canary password{815, 24};
  const Canary key{42, 35};
};

TEST_F(CanaryTest, TheSearchFindsWhatIsThere) {
  start();
  EXPECT_EQ(pin.found(), 0);
  type_canary(Field::pin, pin);
  EXPECT_GT(pin.found(), 0);
  SecretBytes wide(48);
  password.use([&](std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
      wide.expose_mutable()[2 * i] = static_cast<std::uint8_t>(text[i]);
  });
  EXPECT_GT(password.found(), 0);
}

TEST_F(CanaryTest, Deselect) {
  start();
  type_canary(Field::pin, pin);
  EXPECT_EQ(tile()->CommandLinkClicked(static_cast<DWORD>(index_of(Field::link))), S_OK);
  EXPECT_EQ(pin.found(), 0) << "another field took over";
  type_canary(Field::access_key, key);
  EXPECT_GT(key.found(), 0);
  EXPECT_EQ(tile()->SetDeselected(), S_OK);
  EXPECT_EQ(key.found(), 0);
}

TEST_F(CanaryTest, DeselectAfterTheGrant) {
  start();
  grant(true);
  EXPECT_TRUE(comes_by_itself());
  EXPECT_TRUE(is_gone(pin));
  EXPECT_GT(password.found(), 0) << "it waits to be given";
  EXPECT_EQ(tile()->SetDeselected(), S_OK);
  EXPECT_TRUE(is_gone(password));
}

TEST_F(CanaryTest, GetSerialization) {
  start();
  grant(true);
  EXPECT_TRUE(comes_by_itself());
  EXPECT_GT(give_away(), 64u);
  EXPECT_TRUE(is_gone(password));
  EXPECT_TRUE(is_gone(pin));
}

TEST_F(CanaryTest, ReportResultAfterATypedPassword) {
  start();
  grant(false);
  ASSERT_TRUE(comes_to(Field::windows_password));
  std::atomic<bool> has_it{false};
  daemon_.expect([&](DaemonEnd& daemon) {
    daemon.operation();
    EXPECT_TRUE(
        daemon.ask_secret("windows-password", [this](std::string_view text) { return password.is(text); }));
    has_it = true;
    EXPECT_EQ(daemon.ask("windows-outcome", "", wire::Route::daemon), "accepted");
    daemon.result("");
  });
  type_canary(Field::windows_password, password);
  EXPECT_GT(give_away(), 64u);
  EXPECT_TRUE(eventually([&] { return has_it.load(); }));
  EXPECT_TRUE(is_gone(password)) << "before Windows has answered";
  EXPECT_EQ(report(0), "");
  EXPECT_TRUE(is_gone(password));
}

TEST_F(CanaryTest, RefusedAndReleased) {
  start();
  daemon_.expect([this](DaemonEnd& daemon) {
    daemon.begin();
    EXPECT_TRUE(daemon.ask_secret("pin", [this](std::string_view text) { return pin.is(text); }));
    password.use([&](std::string_view text) { (void)daemon.reveal("windows-password", text); });
    daemon.verdict(Decision::refused, "", "No.");
  });
  type_canary(Field::pin, pin);
  EXPECT_EQ(give_away(), 0u);
  EXPECT_TRUE(says("No."));
  EXPECT_TRUE(is_gone(password));
  EXPECT_TRUE(is_gone(pin));
  type_canary(Field::pin, pin);
  end();
  EXPECT_TRUE(is_gone(pin));
}

}  // namespace
}  // namespace cardea::credprov::test

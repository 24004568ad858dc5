// SPDX-License-Identifier: Apache-2.0
// Buffers that came over RDP: good, somebody else's, and broken.
#include "credprov/model/kerb_logon.h"
#include "credprov/windows/module.h"
#include "tests/windows/credprov/fake_logon_ui.h"

namespace cardea::credprov::test {
namespace {

class RemoteBufferTest : public LogonUiTest {
 protected:
  RemoteBufferTest() {
    const auto packed = pack_logon(LogonMessage::interactive, {"CORP", "bob"}, "remote password");
    good.assign(packed.value().expose().begin(), packed.value().expose().end());
  }
  static CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION wrapped(std::vector<std::uint8_t>& bytes) {
    CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION out{};
    out.ulAuthenticationPackage = kPackage;
    out.cbSerialization = static_cast<ULONG>(bytes.size());
    out.rgbSerialization = bytes.data();
    return out;
  }
  std::vector<std::vector<std::uint8_t>> broken() const {
    std::vector<std::vector<std::uint8_t>> out;
    for (const std::size_t size : {std::size_t{1}, std::size_t{63}, std::size_t{64}, good.size() - 1})
      out.emplace_back(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    for (const std::size_t at : {0u, 8u, 16u, 24u, 32u, 39u, 48u}) {
      out.push_back(good);
      out.back()[at] ^= 0xFF;
    }
    out.emplace_back(kMaxLogonBytes + 1, 0);
    return out;
  }
  std::vector<std::uint8_t> good;
  const std::vector<ListedUser> users = {{"PC\\ana", "S-1-5-21-1-2-3-1001"},
                                         {"corp\\Bob", "S-1-5-21-4-5-6-1002"}};
};

TEST_F(RemoteBufferTest, OnlyTheNameIsTakenOut) {
  ASSERT_EQ(make_provider(), S_OK);
  auto buffer = wrapped(good);
  EXPECT_EQ(provider_->SetSerialization(&buffer), S_OK);
  ASSERT_EQ(set_users(users), S_OK);
  advise();
  draw_tiles();
  EXPECT_EQ(preselected_, 1u);
  EXPECT_FALSE(auto_logon_) << "a remote buffer logs nobody in";
  select(1);
  EXPECT_FALSE(selected_wants_submit_);
  daemon_.expect([](DaemonEnd& daemon) {
    EXPECT_EQ(daemon.begin().user, "corp\\Bob");
    daemon.verdict(wire::Decision::refused, "", "No.");
  });
  EXPECT_EQ(submit().response, CPGSR_NO_CREDENTIAL_NOT_FINISHED);
  EXPECT_TRUE(says("No."));
}

TEST_F(RemoteBufferTest, StrangersAndBrokenOnesSelectNobody) {
  ASSERT_EQ(make_provider(), S_OK);
  ASSERT_EQ(set_users(users), S_OK);
  DWORD count = 0, preselected = 0;
  BOOL wants = FALSE;
  for (auto& bytes : broken()) {
    auto buffer = wrapped(bytes);
    EXPECT_EQ(provider_->SetSerialization(&buffer), E_INVALIDARG) << bytes.size();
    EXPECT_EQ(provider_->GetCredentialCount(&count, &preselected, &wants), S_OK);
    EXPECT_EQ(preselected, CREDENTIAL_PROVIDER_NO_DEFAULT);
  }
  CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION nothing{};
  nothing.cbSerialization = 100;
  EXPECT_EQ(provider_->SetSerialization(&nothing), E_INVALIDARG);
  const auto packed = pack_logon(LogonMessage::interactive, {"CORP", "carol"}, "x");
  std::vector<std::uint8_t> carol(packed.value().expose().begin(), packed.value().expose().end());
  auto buffer = wrapped(carol);
  EXPECT_EQ(provider_->SetSerialization(&buffer), S_OK);
  EXPECT_EQ(provider_->GetCredentialCount(&count, &preselected, &wants), S_OK);
  EXPECT_EQ(preselected, CREDENTIAL_PROVIDER_NO_DEFAULT);
}

class RemoteFilterTest : public RemoteBufferTest {
 protected:
  RemoteFilterTest() {
    EXPECT_EQ(CoCreateInstance(kProviderClass, nullptr, CLSCTX_INPROC_SERVER,
                               __uuidof(ICredentialProviderFilter), reinterpret_cast<void**>(&filter)),
              S_OK);
  }
  ~RemoteFilterTest() override { EXPECT_EQ(filter->Release(), 0u); }
  ICredentialProviderFilter* filter = nullptr;
};

TEST_F(RemoteFilterTest, BufferIsLeftToOthersWhileTheyAreThere) {
  auto buffer = wrapped(good);
  CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION out{};
  EXPECT_EQ(filter->UpdateRemoteCredential(&buffer, &out), E_NOTIMPL);
  EXPECT_EQ(out.rgbSerialization, nullptr);
}

TEST_F(RemoteFilterTest, CopyHasTheNamesAndNoPassword) {
  set_value(L"HideOtherProviders", 1);
  auto buffer = wrapped(good);
  CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION out{};
  ASSERT_EQ(filter->UpdateRemoteCredential(&buffer, &out), S_OK);
  EXPECT_EQ(out.ulAuthenticationPackage, kPackage);
  EXPECT_EQ(out.clsidCredentialProvider, kProviderClass);
  const auto logon = unpack_logon({out.rgbSerialization, out.cbSerialization});
  ASSERT_TRUE(logon.ok());
  EXPECT_EQ(logon.value().name.user, "bob");
  EXPECT_TRUE(logon.value().password.empty());
  CoTaskMemFree(out.rgbSerialization);
}

TEST_F(RemoteFilterTest, AnythingOddIsNotTaken) {
  set_value(L"HideOtherProviders", 1);
  CREDENTIAL_PROVIDER_CREDENTIAL_SERIALIZATION out{};
  auto buffer = wrapped(good);
  EXPECT_EQ(filter->UpdateRemoteCredential(nullptr, &out), E_NOTIMPL);
  EXPECT_EQ(filter->UpdateRemoteCredential(&buffer, nullptr), E_NOTIMPL);
  for (auto& bytes : broken()) {
    auto odd = wrapped(bytes);
    EXPECT_EQ(filter->UpdateRemoteCredential(&odd, &out), E_NOTIMPL) << bytes.size();
    EXPECT_EQ(out.rgbSerialization, nullptr);
  }
  buffer.rgbSerialization = nullptr;
  EXPECT_EQ(filter->UpdateRemoteCredential(&buffer, &out), E_NOTIMPL);
}

}  // namespace
}  // namespace cardea::credprov::test

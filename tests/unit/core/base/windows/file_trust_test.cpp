// SPDX-License-Identifier: Apache-2.0
// The judgement itself, on descriptors as real Windows has them. Wine keeps none of these beside its files,
// so that nothing here goes through a file.
#include "core/base/windows/file_trust.h"

#include <gtest/gtest.h>
#include <sddl.h>

namespace cardea {
namespace {

constexpr const wchar_t* kSelf = L"S-1-5-21-1-2-3-1001";

class FileTrust : public testing::Test {
 protected:
  FileTrust() { EXPECT_TRUE(ConvertStringSidToSidW(kSelf, &self_)); }
  ~FileTrust() override { LocalFree(self_); }
  [[nodiscard]] std::string judge(const std::wstring& text, Others others, PSID self) const {
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    EXPECT_TRUE(ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1,
                                                                     &descriptor, nullptr));
    const std::string reason = distrust(descriptor, self, others);
    LocalFree(descriptor);
    return reason;
  }
  [[nodiscard]] std::string config(const std::wstring& text) const {
    return judge(text, Others::may_read, self_);
  }
  [[nodiscard]] std::string secret(const std::wstring& text) const {
    return judge(text, Others::may_do_nothing, self_);
  }
  PSID self_ = nullptr;
};

TEST_F(FileTrust, TheOwnerIsTheSystemTheAdministratorsOrThisProgramsUser) {
  const std::wstring list = L"D:(A;;FA;;;SY)(A;;FA;;;BA)";
  for (const auto* owner : {L"O:SY", L"O:BA", L"O:S-1-5-21-1-2-3-1001"})
    EXPECT_EQ(secret(owner + list), "");
  EXPECT_EQ(secret(L"O:S-1-5-21-1-2-3-1002" + list),
            "belongs to S-1-5-21-1-2-3-1002, not to SYSTEM, Administrators or this program's user");
  for (const auto* owner : {L"O:BU", L"O:LS", L"O:NS", L"O:WD", L"O:S-1-5-21-1-2-3-500"})
    EXPECT_NE(secret(owner + list), "");
  EXPECT_NE(judge(L"O:S-1-5-21-1-2-3-1001" + list, Others::may_read, nullptr), "") << "own user not known";
  EXPECT_EQ(judge(L"O:SY" + list, Others::may_read, nullptr), "");
  EXPECT_EQ(secret(list), "has no owner");
  SECURITY_DESCRIPTOR open_to_all{};
  ASSERT_TRUE(InitializeSecurityDescriptor(&open_to_all, SECURITY_DESCRIPTOR_REVISION));
  EXPECT_EQ(distrust_owner(&open_to_all, self_), "has no owner");
  ASSERT_TRUE(SetSecurityDescriptorOwner(&open_to_all, self_, FALSE));
  EXPECT_EQ(distrust_owner(&open_to_all, self_), "") << "whatever its list says";
  EXPECT_NE(distrust_owner(&open_to_all, nullptr), "");
}

TEST_F(FileTrust, WithoutAListEverybodyMayDoEverything) {
  EXPECT_NE(config(L"O:SY"), "");
  SECURITY_DESCRIPTOR all{};
  ASSERT_TRUE(InitializeSecurityDescriptor(&all, SECURITY_DESCRIPTOR_REVISION));
  ASSERT_TRUE(SetSecurityDescriptorOwner(&all, self_, FALSE));
  ASSERT_TRUE(SetSecurityDescriptorDacl(&all, TRUE, nullptr, FALSE));
  EXPECT_EQ(distrust(&all, self_, Others::may_read), "has no access-control list: everybody may write it");
  EXPECT_EQ(config(L"O:SYD:"), "") << "an empty list is nobody";
}

TEST_F(FileTrust, OthersMayReadAConfigurationAndNeverWriteIt) {
  EXPECT_EQ(config(L"O:BAD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;BU)(A;;0x1200a9;;;WD)"), "");
  EXPECT_EQ(config(L"O:BAD:(A;;FR;;;BU)(A;;FRFW;;;WD)"), "may be written by S-1-1-0");
  for (const auto* right : {L"FA", L"FW", L"GA", L"GW", L"SD", L"WD", L"WO", L"DC", L"0x2", L"0x4", L"0x10",
                            L"0x40", L"0x100", L"0x2000000"}) {
    EXPECT_NE(config(std::wstring(L"O:BAD:(A;;") + right + L";;;AU)"), "");
    EXPECT_NE(config(std::wstring(L"O:BAD:(A;IO;") + right + L";;;AU)"), "") << "for what is made inside";
  }
}

TEST_F(FileTrust, OthersMayNotEvenReadASecret) {
  EXPECT_EQ(secret(L"O:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1001)"), "");
  EXPECT_EQ(secret(L"O:SYD:P(A;;FA;;;SY)(A;;FR;;;BU)"), "may be read or written by S-1-5-32-545");
  for (const auto* right : {L"GR", L"GX", L"FX", L"0x1", L"0x20", L"FW"})
    EXPECT_NE(secret(std::wstring(L"O:SYD:P(A;;") + right + L";;;S-1-5-21-1-2-3-1002)"), "");
  EXPECT_EQ(secret(L"O:SYD:P(A;;RC;;;BU)(A;;0x100080;;;BU)"), "") << "who it belongs to, and its size";
}

TEST_F(FileTrust, TheOwnersOwnEntriesAndDenialsTakeNothingAway) {
  EXPECT_EQ(secret(L"O:SYD:P(D;;FA;;;BU)(A;;FA;;;CO)(A;;FA;;;OW)(A;;FA;;;SY)"), "");
}

TEST_F(FileTrust, AnEntryThatIsNotUnderstoodIsDistrusted) {
  // Entries that grant on a condition or to an object, written here by hand: Wine's text form has none.
  alignas(8) BYTE space[512]{};
  SECURITY_DESCRIPTOR descriptor{};
  BYTE system[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof system;
  ASSERT_TRUE(CreateWellKnownSid(WinLocalSystemSid, nullptr, system, &size));
  auto* const list = reinterpret_cast<PACL>(space);
  ASSERT_TRUE(InitializeAcl(list, sizeof space, ACL_REVISION));
  ASSERT_TRUE(AddAccessAllowedAce(list, ACL_REVISION, FILE_ALL_ACCESS, system));
  ASSERT_TRUE(InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION));
  ASSERT_TRUE(SetSecurityDescriptorOwner(&descriptor, system, FALSE));
  ASSERT_TRUE(SetSecurityDescriptorDacl(&descriptor, TRUE, list, FALSE));
  EXPECT_EQ(distrust(&descriptor, nullptr, Others::may_do_nothing), "");
  void* entry = nullptr;
  ASSERT_TRUE(GetAce(list, 0, &entry));
  for (const BYTE type : {ACCESS_ALLOWED_OBJECT_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE,
                          ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE, ACCESS_ALLOWED_COMPOUND_ACE_TYPE, 0x30}) {
    static_cast<ACE_HEADER*>(entry)->AceType = type;
    EXPECT_NE(distrust(&descriptor, nullptr, Others::may_read), "") << int{type};
  }
}

TEST_F(FileTrust, LinksJunctionsDevicesAndPipesAreNoFiles) {
  EXPECT_EQ(distrust(FILE_TYPE_DISK, FILE_ATTRIBUTE_NORMAL, FileKind::regular), "");
  EXPECT_EQ(distrust(FILE_TYPE_DISK, FILE_ATTRIBUTE_DIRECTORY, FileKind::directory), "");
  for (const auto kind : {FileKind::regular, FileKind::directory}) {
    const DWORD base = kind == FileKind::directory ? FILE_ATTRIBUTE_DIRECTORY : FILE_ATTRIBUTE_NORMAL;
    EXPECT_EQ(distrust(FILE_TYPE_DISK, base | FILE_ATTRIBUTE_REPARSE_POINT, kind), "is a link or a junction");
    EXPECT_NE(distrust(FILE_TYPE_DISK, base | FILE_ATTRIBUTE_DEVICE, kind), "");
    for (const DWORD type : {FILE_TYPE_CHAR, FILE_TYPE_PIPE, FILE_TYPE_UNKNOWN})
      EXPECT_NE(distrust(type, base, kind), "");
  }
  EXPECT_NE(distrust(FILE_TYPE_DISK, FILE_ATTRIBUTE_DIRECTORY, FileKind::regular), "");
  EXPECT_NE(distrust(FILE_TYPE_DISK, FILE_ATTRIBUTE_NORMAL, FileKind::directory), "");
}

class NewFileSecurityTest : public testing::Test {
 protected:
  static std::wstring text(FileKind kind, Others others) {
    NewFileSecurity security(kind, others);
    if (security.get() == nullptr) return L"none";
    wchar_t* out = nullptr;
    EXPECT_TRUE(ConvertSecurityDescriptorToStringSecurityDescriptorW(
        security.get()->lpSecurityDescriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &out, nullptr));
    const std::wstring copy = out == nullptr ? L"" : out;
    LocalFree(out);
    return copy;
  }
  static std::wstring self() {
    wchar_t* out = nullptr;
    EXPECT_TRUE(ConvertSidToStringSidW(own_user(), &out));
    const std::wstring copy = out == nullptr ? L"" : out;
    LocalFree(out);
    return copy;
  }
};

TEST_F(NewFileSecurityTest, IsProtectedAndNamesNobodyElse) {
  EXPECT_EQ(text(FileKind::regular, Others::may_do_nothing),
            L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;" + self() + L")");
  EXPECT_EQ(text(FileKind::regular, Others::may_read),
            L"D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;" + self() + L")(A;;FR;;;BU)");
  EXPECT_EQ(text(FileKind::directory, Others::may_do_nothing),
            L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;" + self() + L")");
}

}  // namespace
}  // namespace cardea

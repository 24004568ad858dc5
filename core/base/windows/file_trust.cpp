// SPDX-License-Identifier: Apache-2.0
#include "core/base/windows/file_trust.h"

#include <memory>

// After windows.h, whose types they need.
#include <aclapi.h>
#include <sddl.h>

namespace cardea {
namespace {

struct LocalDeleter {
  void operator()(void* memory) const noexcept { (void)LocalFree(memory); }
};
template <typename T>
using LocalPtr = std::unique_ptr<T, LocalDeleter>;

// What tells nobody anything about the content and changes nothing.
constexpr DWORD kHarmless = READ_CONTROL | SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_READ_EA;
constexpr DWORD kReading = FILE_READ_DATA | FILE_EXECUTE | GENERIC_READ | GENERIC_EXECUTE;

std::wstring sid_text(PSID sid) {
  wchar_t* wide = nullptr;
  if (sid == nullptr || ConvertSidToStringSidW(sid, &wide) == 0) return {};
  const LocalPtr<wchar_t> owned(wide);
  return wide;
}

std::string text_of(PSID sid) {
  std::string text;
  for (const wchar_t unit : sid_text(sid))
    text.push_back(static_cast<char>(unit));  // a SID's text is ASCII
  return text.empty() ? "somebody unknown" : text;
}

bool is_trusted(PSID sid, PSID self) noexcept {
  return IsWellKnownSid(sid, WinLocalSystemSid) != 0 ||
         IsWellKnownSid(sid, WinBuiltinAdministratorsSid) != 0 ||
         (self != nullptr && EqualSid(sid, self) != 0);
}

// These two stand for the owner, who was looked at before.
bool means_owner(PSID sid) noexcept {
  return IsWellKnownSid(sid, WinCreatorOwnerSid) != 0 || IsWellKnownSid(sid, WinCreatorOwnerRightsSid) != 0;
}

bool denies(BYTE type) noexcept {
  return type == ACCESS_DENIED_ACE_TYPE || type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
         type == ACCESS_DENIED_CALLBACK_ACE_TYPE || type == ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE;
}

std::string distrust_entry(void* entry, PSID self, DWORD allowed) {
  const BYTE type = static_cast<const ACE_HEADER*>(entry)->AceType;
  if (denies(type)) return {};
  if (type != ACCESS_ALLOWED_ACE_TYPE) return "has an access-control entry of a kind that is not understood";
  auto* const allow = static_cast<ACCESS_ALLOWED_ACE*>(entry);
  PSID const sid = &allow->SidStart;
  if ((allow->Mask & ~allowed) == 0 || is_trusted(sid, self) || means_owner(sid)) return {};
  return (allowed == kHarmless ? "may be read or written by " : "may be written by ") + text_of(sid);
}

struct OwnUser {
  BYTE sid[SECURITY_MAX_SID_SIZE]{};
  bool known = false;
};

OwnUser ask_own_user() noexcept {
  OwnUser user;
  HANDLE token = nullptr;
  if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) == 0) return user;
  alignas(TOKEN_USER) BYTE answer[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD size = 0;
  user.known = GetTokenInformation(token, TokenUser, answer, sizeof answer, &size) != 0 &&
               CopySid(sizeof user.sid, user.sid, reinterpret_cast<const TOKEN_USER*>(answer)->User.Sid) != 0;
  (void)CloseHandle(token);
  return user;
}

// `judge` is given the file's security descriptor.
template <typename Judge>
Status examine(const FileHandle& file, const std::string& path, FileKind expected, const Judge& judge) {
  const DWORD type = GetFileType(file.get());
  BY_HANDLE_FILE_INFORMATION info{};
  if (type == FILE_TYPE_DISK && GetFileInformationByHandle(file.get(), &info) == 0)
    return fail_code(path, "can't be examined", GetLastError());
  if (const auto reason = distrust(type, info.dwFileAttributes, expected); !reason.empty())
    return fail(Error::unsafe_file, path + ": " + reason);
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD code =
      GetSecurityInfo(file.get(), SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                      nullptr, nullptr, nullptr, nullptr, &descriptor);
  if (code != ERROR_SUCCESS) return fail_code(path, "can't be examined", code);
  const LocalPtr<void> owned(descriptor);
  if (const std::string reason = judge(descriptor); !reason.empty())
    return fail(Error::unsafe_file, path + ": " + reason);
  return {};
}

}  // namespace

std::string distrust_owner(PSECURITY_DESCRIPTOR descriptor, PSID self) {
  PSID owner = nullptr;
  BOOL defaulted = FALSE;
  if (GetSecurityDescriptorOwner(descriptor, &owner, &defaulted) == 0 || owner == nullptr)
    return "has no owner";
  if (is_trusted(owner, self)) return {};
  return "belongs to " + text_of(owner) + ", not to SYSTEM, Administrators or this program's user";
}

std::string distrust(PSECURITY_DESCRIPTOR descriptor, PSID self, Others others) {
  if (auto reason = distrust_owner(descriptor, self); !reason.empty()) return reason;
  PACL list = nullptr;
  BOOL defaulted = FALSE, present = FALSE;
  if (GetSecurityDescriptorDacl(descriptor, &present, &list, &defaulted) == 0 || present == 0 ||
      list == nullptr)
    return "has no access-control list: everybody may write it";
  const DWORD allowed = others == Others::may_read ? kHarmless | kReading : kHarmless;
  for (DWORD i = 0; i < list->AceCount; ++i) {
    void* entry = nullptr;
    if (GetAce(list, i, &entry) == 0) return "has a damaged access-control list";
    if (auto reason = distrust_entry(entry, self, allowed); !reason.empty()) return reason;
  }
  return {};
}

std::string distrust(DWORD type, DWORD attributes, FileKind expected) {
  if (type != FILE_TYPE_DISK || (attributes & FILE_ATTRIBUTE_DEVICE) != 0) return "is not a file";
  if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) return "is a link or a junction";
  const bool directory = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  if (directory == (expected == FileKind::directory)) return {};
  return directory ? "is not a regular file" : "is not a directory";
}

PSID own_user() noexcept {
  static OwnUser user = ask_own_user();
  return user.known ? user.sid : nullptr;
}

Status examine_owner(const FileHandle& file, const std::string& path, FileKind expected) {
  return examine(file, path, expected,
                 [](PSECURITY_DESCRIPTOR descriptor) { return distrust_owner(descriptor, own_user()); });
}

Status examine_file(const FileHandle& file, const std::string& path, FileKind expected, Others others) {
  return examine(file, path, expected, [others](PSECURITY_DESCRIPTOR descriptor) {
    return distrust(descriptor, own_user(), others);
  });
}

NewFileSecurity::NewFileSecurity(FileKind kind, Others others) {
  const std::wstring begin = kind == FileKind::directory ? L"(A;OICI;" : L"(A;;";
  std::wstring text = L"D:P" + begin + L"FA;;;SY)" + begin + L"FA;;;BA)";
  if (const std::wstring self = sid_text(own_user()); !self.empty()) text += begin + L"FA;;;" + self + L")";
  if (others == Others::may_read) text += begin + L"FR;;;BU)";
  attributes_.nLength = sizeof attributes_;
  if (ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1,
                                                           &attributes_.lpSecurityDescriptor, nullptr) == 0)
    attributes_.lpSecurityDescriptor = nullptr;
}

NewFileSecurity::~NewFileSecurity() { (void)LocalFree(attributes_.lpSecurityDescriptor); }

SECURITY_ATTRIBUTES* NewFileSecurity::get() noexcept {
  return attributes_.lpSecurityDescriptor == nullptr ? nullptr : &attributes_;
}

}  // namespace cardea

// SPDX-License-Identifier: Apache-2.0
// What the test's DLL takes from the test: values below HKEY_CURRENT_USER in a key of this process, so that
// two runs do not meet, and the daemon's pipe, whose name has the process's number.
#pragma once

#include <string>
#include <vector>

#include <windows.h>

namespace cardea::credprov::test {

// "SOFTWARE\Cardea\Test-PID"
std::wstring values_key();
// Below it, so that it goes with it.
std::wstring policy_key();
std::wstring pipe_path();

void set_value(const wchar_t* name, DWORD value);
void set_list(const wchar_t* name, const std::vector<std::wstring>& list);
void set_text(const wchar_t* name, const std::wstring& text);
void set_policy(const wchar_t* name, DWORD value);
void set_policy_list(const wchar_t* name, const std::vector<std::wstring>& list);
DWORD value(const wchar_t* name, DWORD otherwise);
void remove_values();

// What LSA would say; absent: kPackage. 0: LSA does not answer.
inline constexpr const wchar_t* kPackageValue = L"TestPackage";
inline constexpr DWORD kPackage = 0x29A;
inline constexpr const wchar_t* kSafeModeValue = L"TestSafeMode";
inline constexpr const wchar_t* kProvenValue = L"TestProvenMs";  // absent: an hour

}  // namespace cardea::credprov::test

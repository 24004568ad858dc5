// SPDX-License-Identifier: Apache-2.0
// What the compiler expects of a C++ library and this module has to bring itself, because it links none
// (docs/decisions/0004-pam-module-without-libstdcxx.md).
#include <cstdlib>

// In the table of an interface's destructor or constructor; a call would be a bug of the compiler.
extern "C" void __cxa_pure_virtual() { std::abort(); }

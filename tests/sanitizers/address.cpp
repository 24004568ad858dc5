// SPDX-License-Identifier: Apache-2.0
// What the address sanitizer's runtime asks a program for when it starts. Linked into every program and not
// left to ASAN_OPTIONS, because the daemon clears its worker's environment. Reports go to files, so that a
// process whose output or exit code nobody reads can't fail unseen: the test no_sanitizer_reports shows them.
#define CARDEA_HOOK __attribute__((visibility("default"), used))
#define CARDEA_LOG "log_path=" CARDEA_SANITIZER_REPORTS "/report:log_exe_name=1"

extern "C" {

// The linker is told to look for this name: the runtime's library has hooks of its own that would satisfy it.
int cardea_sanitizer_defaults = 1;

CARDEA_HOOK const char* __asan_default_options() { return CARDEA_LOG; }
CARDEA_HOOK const char* __ubsan_default_options() { return CARDEA_LOG ":print_stacktrace=1"; }
CARDEA_HOOK const char* __lsan_default_options() { return "print_suppressions=0"; }

// Vendors' libraries only, each with what it was seen to leak. They don't call back into our code, so that a
// leak of ours can't hide behind a frame of theirs.
CARDEA_HOOK const char* __lsan_default_suppressions() {
  return "leak:libopensc.so\n"       // 0.23: data objects, EC parameters, files of a card that was taken out
         "leak:opensc-pkcs11.so\n";  // 0.23: slots of a card that was taken out
}

// Libraries stay loaded, or the leak check could not tell whose a leak is and no suppression would apply.
CARDEA_HOOK int dlclose(void*) { return 0; }
}

# SPDX-License-Identifier: Apache-2.0
# Language, warnings and hardening, the same for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(CARDEA_TESTS "Build the test programs" ON)
option(CARDEA_FUZZ "Build libFuzzer targets (clang)" OFF)
if(WIN32)
  set(CARDEA_CRYPTO gcrypt CACHE STRING "Back end of core/crypto: openssl or gcrypt")
else()
  set(CARDEA_CRYPTO openssl CACHE STRING "Back end of core/crypto: openssl or gcrypt")
endif()
set(CARDEA_UNICODE_DATA /usr/share/unicode CACHE PATH "The Unicode Character Database (Debian: unicode-data)")
set(CARDEA_SANITIZE "" CACHE STRING "Sanitizers: empty, 'address,undefined' or 'thread'")

find_program(CARDEA_CCACHE ccache)
if(CARDEA_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${CARDEA_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_C_COMPILER_LAUNCHER}")
endif()

add_compile_options(-Wall -Wextra -Werror -Wconversion -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Wformat=2 -fno-strict-aliasing
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13 AND CMAKE_BUILD_TYPE STREQUAL "Release")
  # g++ 12 at -O3 takes `"text" + string` for a copy of half the address space (GCC bug 105651).
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(NOT MINGW)
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  if(NOT CARDEA_SANITIZE AND CMAKE_BUILD_TYPE MATCHES "Rel")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  endif()
else()
  add_link_options(-Wl,--no-insert-timestamp)  # the same sources give the same bytes
endif()
if(CARDEA_SANITIZE)
  add_compile_options(-fsanitize=${CARDEA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CARDEA_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)  # g++ documents false alarms together with sanitizers
  endif()
  add_compile_definitions(CARDEA_SANITIZED=1)
endif()
# Where processes of a sanitized build leave their reports (not with libFuzzer, which reads them itself).
if(CARDEA_SANITIZE AND NOT CARDEA_FUZZ)
  set(CARDEA_SANITIZER_REPORTS "${CMAKE_BINARY_DIR}/sanitizer-reports")
  file(MAKE_DIRECTORY "${CARDEA_SANITIZER_REPORTS}")
endif()
if(CARDEA_FUZZ)
  # Coverage in the libraries too: without it libFuzzer gives up ("no interesting inputs were found").
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
# The sanitizers' builds put several sources of a large library into one: less than half of a compiler's time. The plain build keeps
# them apart, and shows that each stands by itself.
option(CARDEA_JOIN_SOURCES "Compile several sources of a large library at once" OFF)
if(CARDEA_JOIN_SOURCES)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)  # what is anonymous belongs to its file still
endif()
include_directories("${CMAKE_SOURCE_DIR}")

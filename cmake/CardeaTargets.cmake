# SPDX-License-Identifier: Apache-2.0
# Short forms for the kinds of target there are here. Sources are always listed, never globbed.

# With sanitizers, a report of any process that the tests start fails the test no_sanitizer_reports.
function(cardea_watch_for_reports test)
  if(CARDEA_SANITIZER_REPORTS)
    set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED sanitizer_reports)
  endif()
endfunction()

# In the build folder's own Wine, which tests/windows keeps running meanwhile; without a display.
function(cardea_run_under_wine test)
  set_tests_properties(${test} PROPERTIES FIXTURES_REQUIRED wine)
  set_property(TEST ${test} APPEND PROPERTY ENVIRONMENT "WINEPREFIX=${CMAKE_BINARY_DIR}/wine" WINEDEBUG=-all DISPLAY=)
endfunction()

# cardea_library(NAME SOURCES ... [DEPS ...])  a static library, linked into the programs
function(cardea_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  list(LENGTH ARG_SOURCES count)
  if(CARDEA_JOIN_SOURCES AND count GREATER_EQUAL 8)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON)
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
endfunction()

# cardea_test(NAME SOURCES ... [DEPS ...] [LABEL unit] [TIMEOUT seconds] [WRAP program args...])
# One GoogleTest program, registered with ctest as a single test. WRAP runs it inside another program
# (a private namespace). build_paths.h tells it where its data (CARDEA_SOURCE_DIR) and the built programs
# (CARDEA_BINARY_DIR) are.
function(cardea_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS;WRAP" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${CMAKE_BINARY_DIR}/generated")
  # gtest's macros shadow and convert; little is optimised, because nobody waits for a test's own code, but everybody for its compiler
  set(optimised -O1)
  if(CARDEA_SANITIZE)
    set(optimised -O0)
  endif()
  target_compile_options(${name} PRIVATE ${optimised} -Wno-shadow -Wno-conversion -Wno-sign-compare)
  if(NOT ARG_LABEL)
    set(ARG_LABEL unit)
  endif()
  if(name IN_LIST CARDEA_THREADED_TESTS)
    list(APPEND ARG_LABEL threaded)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(WIN32)
    add_test(NAME ${name} COMMAND ${ARG_WRAP} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:${name}>)
    cardea_run_under_wine(${name})
  else()
    add_test(NAME ${name} COMMAND ${ARG_WRAP} $<TARGET_FILE:${name}>)
  endif()
  # English, whatever the language of the person who runs it.
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT LC_ALL=C.UTF-8)
  cardea_watch_for_reports(${name})
endfunction()

# cardea_fuzz(NAME SOURCES ... [DEPS ...] CORPUS dir)
# A fuzz target: int LLVMFuzzerTestOneInput(const uint8_t*, size_t). With CARDEA_FUZZ it is a libFuzzer
# program; always it is a plain test that runs every file of its corpus.
function(cardea_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;DEPS" ${ARGN})
  add_executable(${name}_corpus ${ARG_SOURCES} "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus_runner.cpp")
  target_link_libraries(${name}_corpus PRIVATE ${ARG_DEPS})
  add_test(NAME ${name}_corpus COMMAND ${name}_corpus "${ARG_CORPUS}")
  set_tests_properties(${name}_corpus PROPERTIES LABELS fuzz-corpus TIMEOUT 120)
  cardea_watch_for_reports(${name}_corpus)
  if(CARDEA_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_DEPS} -fsanitize=fuzzer)
  endif()
endfunction()

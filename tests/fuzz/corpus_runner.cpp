// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over every file of a directory, so that the corpus is a plain test. An empty or missing
// directory fails: a test that ran nothing has shown nothing.
#include "tests/fuzz/corpus_runner.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
    return 2;
  }
  std::size_t count = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1], error)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (file.bad()) {
      std::fprintf(stderr, "%s can't be read\n", entry.path().c_str());
      return 1;
    }
    (void)LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    ++count;
  }
  std::printf("%zu inputs\n", count);
  const bool complete = corpus_was_complete == nullptr || corpus_was_complete();
  return count != 0 && complete ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over every file of a folder, as a plain test without libFuzzer: what a fuzzer found once
// stays found. An empty or missing folder fails.
// Usage: <target>_corpus FOLDER
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int count, char** arguments) {
  if (count != 2) return 2;
  std::size_t files = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1], error)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
    if (!file) return 1;
    const std::vector<std::uint8_t> input(text.begin(), text.end());
    (void)LLVMFuzzerTestOneInput(input.data(), input.size());
    ++files;
  }
  std::printf("%zu inputs from %s\n", files, arguments[1]);
  return files > 0 ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0
// Trap vectors: instructions in hexadecimal run on the bare core; there is no assembler for the others.
#include "sim/trap/vectors.h"

#include <cstdlib>

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) { return setenv("HYPSIM_AS", "/dev/null/no-assembler", 1); }

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  static trap::Runner runner;
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  fuzz::accepts([&] {
    const std::vector<trap::Vector> vectors = trap::load_vectors({file.path()});
    std::vector<trap::VectorResult> results;
    constexpr std::size_t kMost = 64;
    for (std::size_t i = 0; i < std::min(vectors.size(), kMost); ++i)
      if (vectors[i].skip.empty()) results.push_back(trap::run_vector(runner, vectors[i]));
    trap::to_tap(results);
    trap::to_junit(results);
    trap::to_json(results);
  });
  return 0;
}

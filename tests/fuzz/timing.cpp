// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/timing_config.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  std::vector<TimingParameter> parameters;
  if (!fuzz::accepts([&] { load_timing_config(file.path(), 1700, &parameters); })) return 0;
  // What the file says of its parameters can be said again.
  std::vector<TimingChange> changes;
  for (const TimingParameter& p : parameters) changes.push_back({p.path, std::to_string(p.value)});
  fuzz::check(fuzz::accepts([&] { load_timing_config(file.path(), 1, nullptr, changes); }),
              "its own values are refused");
  return 0;
}

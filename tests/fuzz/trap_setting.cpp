// SPDX-License-Identifier: Apache-2.0
// A file of control register values, applied to a situation and asked what it makes of an instruction.
#include "sim/trap/setting.h"

#include "sim/trap/explain.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  static trap::Runner runner;
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  fuzz::accepts([&] {
    const trap::Setting setting = trap::load_setting(file.path());
    trap::Situation situation;
    setting.apply(situation);
    if (situation.mode == Mode::Hyp && situation.security == Security::Secure) return;  // the command refuses it
    trap::to_text(trap::explain(runner, situation, {0xEE010F10, trap::Isa::A32}, "mcr p15, 0, r0, c1, c0, 0"));
  });
  return 0;
}

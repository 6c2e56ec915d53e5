// SPDX-License-Identifier: Apache-2.0
// A file of control register values, applied to a situation and asked what it makes of an instruction.
#include "sim/trap/setting.h"

#include <nlohmann/json.hpp>

#include "sim/trap/explain.h"
#include "tests/fuzz/input.h"

namespace {

using hypsim::trap::Instruction;
using hypsim::trap::Isa;
constexpr Instruction kInstructions[] = {{0xEE010F10, Isa::A32} /* mcr p15, 0, r0, c1, c0, 0 */,
                                         {0xE320F003, Isa::A32} /* wfi */,
                                         {0xEF000000, Isa::A32} /* svc */,
                                         {0xE1400070, Isa::A32} /* hvc */,
                                         {0xE1600070, Isa::A32} /* smc */,
                                         {0xEEF10A10, Isa::A32} /* vmrs */,
                                         {0xEE190F1C, Isa::A32} /* mrc p15, 0, r0, c9, c12, 0 */,
                                         {0xE5900000, Isa::A32} /* ldr */,
                                         {0xDF00, Isa::T16} /* svc */,
                                         {0xBF20, Isa::T16} /* wfe */,
                                         {0xEC510F0F, Isa::T32} /* mrrc */,
                                         {0xF3C18F00, Isa::T32} /* bxj */,
                                         {0xE7FFFFFF, Isa::A32} /* unallocated */};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  static trap::Runner runner;
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  fuzz::accepts([&] {
    const trap::Setting setting = trap::load_setting(file.path());
    trap::Situation situation;
    setting.apply(situation);
    if (situation.mode == Mode::Hyp && situation.security == Security::Secure) return;  // the command refuses it
    const trap::Explanation e = trap::explain(runner, situation, kInstructions[size % std::size(kInstructions)], "it");
    trap::to_text(e);
    trap::to_json(e).dump();
  });
  return 0;
}

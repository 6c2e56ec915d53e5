// SPDX-License-Identifier: Apache-2.0
// Blocks with misses in them, for the tests of what is under way.
#pragma once

#include <initializer_list>

#include "tests/cpu/pipeline_blocks.h"
#include "tests/support/timed_machine.h"

namespace hypsim::test {

/// One block, run by hand: accesses in order, then the charge for all of it.
struct Late : ::testing::Test {
  TimingConfig config = flat_dram();
  SharedMemoryTiming shared{config};
  TimingModel model{config, shared};
  Clock clock;
  u64 retired = 0;
  const u64 dram = config.l2_hit + config.cycles_of_ns(config.dram_ns);

  struct Access {
    u32 insn;
    u64 pa;
  };
  /// Returns the cycles the block took beyond its schedule.
  u64 run(std::initializer_list<u32> words, std::initializer_list<Access> accesses) {
    Block block = block_of(words);
    const u64 before = clock.now.value;
    block.timing = model.no_schedule();
    model.start(block, clock);
    const u32 n = static_cast<u32>(block.insns.size());
    for (const Access& a : accesses)
      model.load(clock, PhysAddr(a.pa), MemClass::Cacheable, {&block, a.insn, 0, retired});
    retired += n;
    const u64 length = block.timing->whole.commit;
    clock.charge_scheduled(length, Resource::Base);
    if (model.under_way()) model.charged(clock, {&block, n, n, retired});
    model.finish(block);
    EXPECT_EQ(total_of(clock.stack), clock.now.value);
    return clock.now.value - before - length;
  }
  u64 dsb() {
    const u64 before = clock.now.value;
    model.dsb(clock);
    return clock.now.value - before;
  }
};

}  // namespace hypsim::test

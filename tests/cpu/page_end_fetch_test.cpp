// SPDX-License-Identifier: Apache-2.0
// In timed mode an instruction across the end of a page is fetched from two lines: the last of the one page, and the
// first of the other, wherever in memory that lies.
#include <gtest/gtest.h>

#include "tests/support/timed_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam, kLoop = 0xEAFFFFFE;
constexpr u32 kFirstLevel = 0x80000, kSecondLevel = 0x90000, kSmallPages = 1, kSection = 0x11C0E;
constexpr u32 kSmallPage = 0x47E;    // TEX=001 C=B=1 AP=11 S=1
constexpr u32 kSecond = 0x12000;     // virtual offset of the second page
constexpr u32 kElsewhere = 0x50000;  // where a second page lies that is not behind the first

struct Machine {
  Machine(bool generate, u32 second)
      : shared(a15_timing()),
        bus(kRam, 1 << 20),
        counter(62'500'000, 1'000'000'000),
        timer(counter),
        core(config(generate), bus, timer, cluster) {
    for (u32 i = 0; i < 4096; ++i) bus.set_word(kRam + kFirstLevel + 4 * i, i << 20 | kSection);
    bus.set_word(kRam + kFirstLevel + 4 * (kRam >> 20), (kRam + kSecondLevel) | kSmallPages);
    for (u32 page = 0; page < 256; ++page) {
      const u32 offset = page == kSecond >> 12 ? second : page << 12;
      bus.set_word(kRam + kSecondLevel + 4 * page, (kRam + offset) | kSmallPage);
    }
    CpuState& s = core.state();
    s.switch_mode(Mode::Supervisor);
    s.sys.ttbr0[Security::Secure] = kRam + kFirstLevel;
    s.sys.dacr[Security::Secure] = 1;
    s.sys.sctlr[Security::Secure] |= 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::I | 1u << sctlr::Z;
    core.state_changed();
    const u32 words[] = {0xE12FFF34, kLoop};  // blx r4; b .
    for (u32 i = 0; i < 2; ++i) bus.set_word(kRam + 4 * i, words[i]);
    bus.set_halfword(kRam + kSecond - 2, 0xF240);  // movw r0, #0x12
    bus.set_halfword(kRam + second, 0x0012);
    bus.set_halfword(kRam + second + 2, 0x4770);  // bx lr
  }
  CoreConfig config(bool generate) {
    CoreConfig c;
    c.generate_code = generate;
    c.hot_visits = 2;
    c.timing = &a15_timing();
    c.shared_memory = &shared;
    return c;
  }
  u64 count(u32 event) { return core.timing_model()->pmu_event(event); }
  struct Fetches {
    u64 refills, accesses;
    bool operator==(const Fetches&) const = default;
  };
  /// Of one call of the function.
  Fetches call() {
    const u64 refills = count(0x01), accesses = count(0x14);
    core.state().thumb = false;
    core.state().slot[4] = (kRam + kSecond - 2) | 1;
    core.set_pc(kRam);
    core.set_step_limit(core.steps() + 2000);
    EXPECT_EQ(core.run(Cycles(~u64{0})), StopReason::DeadLoop);
    EXPECT_EQ(core.state().slot[0], 0x12u);
    return {count(0x01) - refills, count(0x14) - accesses};
  }
  Fetches call_without(u32 offset) {
    core.receive_icache_maintenance(sysreg::CacheOp::IcMvaInvalidate, PhysAddr(kRam + offset));
    return call();
  }

  SharedMemoryTiming shared;
  FlatBus bus;
  SystemCounter counter;
  GenericTimer timer;
  NoCluster cluster;
  Core core;
};

TEST(PageEndFetch, TheSecondLineIsThatOfTheSecondPage) {
  for (const bool generate : {false, true})
    for (const u32 second : {kSecond, kElsewhere}) {
      SCOPED_TRACE(testing::Message() << "generated code " << generate << ", second page at " << second);
      Machine m(generate, second);
      EXPECT_EQ(m.call().refills, 3u) << "the caller's, and the two lines of the function";
      const Machine::Fetches warm{0,
                                  3};  // the two, and the caller again; a line that was fetched last is not looked up
      for (unsigned turn = 0; turn < 16; ++turn) EXPECT_EQ(m.call(), warm) << turn;
      EXPECT_EQ(m.call_without(second).refills, 1u);
      EXPECT_EQ(m.call_without(kSecond - 2).refills, 1u);
      EXPECT_EQ(m.call_without(kSecond).refills, second == kSecond ? 1u : 0u);
      EXPECT_EQ(m.call(), warm);
    }
}

}  // namespace
}  // namespace hypsim::test

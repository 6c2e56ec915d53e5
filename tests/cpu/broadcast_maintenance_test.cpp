// SPDX-License-Identifier: Apache-2.0
// Maintenance of instruction caches and branch predictors that one core makes for all: in timed mode the others lose
// the same as the one that makes it, each under its own ACTLR.IBE. ARM DDI 0406C B2.2.7; Cortex-A15 TRM 4.3.28
#include <gtest/gtest.h>

#include "tests/support/timed_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam, kLoop = 0xEAFFFFFE;
constexpr u32 kWork = 0, kMaintain = 0x1000;         // routines
constexpr u32 kTable = 0x80000, kSection = 0x11C0E;  // of translations: TEX=001 C=B=1 AP=11 S=1
constexpr u32 kLines = 3;                            // of kWork

/// Brings the operations of one core to the other.
class PairCluster final : public ClusterPort {
 public:
  void broadcast_tlb(u8, const TlbMaintenance&) override {}
  void broadcast_icache(u8 from, sysreg::CacheOp op, PhysAddr pa) override {
    for (u8 n = 0; n < 2; ++n)
      if (n != from) cores[n]->receive_icache_maintenance(op, pa);
  }
  void send_event(u8) override {}
  void pmu_irq(u8, bool) override {}
  void mark_exclusive(u8, PhysAddr) override {}
  bool check_exclusive(u8, PhysAddr) override { return true; }
  Core* cores[2] = {};
};

struct Lost {
  u64 lines, mispredictions;
};

struct Pair {
  explicit Pair(bool generate)
      : shared(a15_timing()),
        bus(kRam, 1 << 20),
        counter(62'500'000, 1'000'000'000),
        timers{GenericTimer(counter), GenericTimer(counter)},
        cores{{config(0, generate), bus, timers[0], cluster}, {config(1, generate), bus, timers[1], cluster}} {
    for (unsigned n = 0; n < 2; ++n) {
      cluster.cores[n] = &cores[n];
      CpuState& s = cores[n].state();
      s.sys.sctlr[Security::NonSecure] |= 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::I | 1u << sctlr::Z;
      s.sys.ttbr0[Security::NonSecure] = kRam + kTable;
      s.sys.dacr[Security::NonSecure] = 1;
    }
    for (u32 i = 0; i < 4096; ++i) bus.set_word(kRam + kTable + 4 * i, i << 20 | kSection);
    // Three lines; where the first branch goes the predictor has to learn.
    code(kWork, {0xE3A08004, 0xE3580000, 0x1A00000C});         // mov r8, #4; cmp r8, #0; bne +0x40
    code(kWork + 0x40, {0xE2588001, 0x1AFFFFFD, 0xEA00000C});  // subs r8, r8, #1; bne +0x40; b +0x80
    code(kWork + 0x80, {kLoop});
  }
  CoreConfig config(u8 index, bool generate) {
    CoreConfig c;
    c.index = index;
    c.cores = 2;
    c.generate_code = generate;
    c.hot_visits = 2;
    c.timing = &a15_timing();
    c.shared_memory = &shared;
    return c;
  }
  void code(u32 offset, std::initializer_list<u32> words) {
    for (const u32 w : words) {
      bus.set_word(kRam + offset, w);
      offset += 4;
    }
  }
  void run(unsigned core, u32 offset) {
    Core& c = cores[core];
    c.set_pc(kRam + offset);
    c.set_step_limit(c.steps() + 2000);
    ASSERT_EQ(c.run(Cycles(~u64{0})), StopReason::DeadLoop);
  }
  /// What a turn of kWork costs in refills of L1I and in mispredictions.
  Lost work(unsigned core) {
    const auto count = [&](u32 event) { return cores[core].timing_model()->pmu_event(event); };
    const u64 refills = count(0x01), mispredictions = count(0x10);
    run(core, kWork);
    return {count(0x01) - refills, count(0x10) - mispredictions};
  }
  void warm() {
    for (unsigned n = 0; n < 2; ++n) {
      for (unsigned turn = 0; turn < 64; ++turn) run(n, kWork);
      const Lost none = work(n);
      ASSERT_EQ(none.lines, 0u);
      ASSERT_EQ(none.mispredictions, 0u);
    }
  }
  /// Into Non-secure Supervisor mode under `hcr`.
  void enter_guest(unsigned core, u32 hcr) {
    CpuState& s = cores[core].state();
    s.switch_mode(Mode::Monitor);
    s.sys.scr = 1u << scr::NS;
    s.sys.hcr = hcr;
    s.switch_mode(Mode::Supervisor);
    cores[core].state_changed();
  }

  SharedMemoryTiming shared;
  FlatBus bus;
  SystemCounter counter;
  GenericTimer timers[2];
  PairCluster cluster;
  Core cores[2];
};

struct Operation {
  const char* name;
  u32 word;
  bool shared;     ///< without HCR.FB
  u32 lines;       ///< of kWork that go
  bool predictor;  ///< goes without ACTLR.IBE
  u32 hcr = 0;
};
constexpr u32 kFb = 1u << hcr::FB;
constexpr Operation kOperations[] = {
    {"ICIALLUIS", 0xEE070F11, true, kLines, false},
    {"ICIALLU", 0xEE070F15, false, kLines, false},
    {"ICIALLU, HCR.FB", 0xEE070F15, true, kLines, false, kFb},
    {"ICIMVAU", 0xEE075F35, true, 1, false},
    {"BPIALLIS", 0xEE070FD1, true, 0, true},
    {"BPIALL", 0xEE070FD5, false, 0, true},
    {"BPIALL, HCR.FB", 0xEE070FD5, true, 0, true, kFb},
    {"BPIMVA", 0xEE075FF5, true, 0, true},
};

TEST(BroadcastMaintenance, OtherCoresLoseWhatTheMakerDoes) {
  for (const bool generate : {false, true})
    for (const Operation& op : kOperations)
      for (unsigned ibe = 0; ibe < 4; ++ibe) {
        SCOPED_TRACE(testing::Message() << op.name << ", generated code " << generate << ", ACTLR.IBE of the cores "
                                        << (ibe & 1) << (ibe >> 1));
        Pair m(generate);
        for (unsigned n = 0; n < 2; ++n) {
          m.enter_guest(n, op.hcr);
          m.cores[n].state().sys.actlr = with_bits(m.cores[n].state().sys.actlr, 0, 0, ibe >> n & 1);
        }
        m.warm();
        m.cores[0].state().slot[5] = kRam + kWork + 0x40;
        m.code(kMaintain, {op.word, 0xF57FF04F, 0xF57FF06F, kLoop});  // dsb, isb
        m.run(0, kMaintain);
        for (unsigned n = 0; n < 2; ++n) {
          const bool reached = n == 0 || op.shared;
          const bool predictor = reached && (op.predictor || (ibe >> n & 1) != 0);
          const Lost lost = m.work(n);
          EXPECT_EQ(lost.lines, reached ? op.lines : 0) << "core " << n;
          EXPECT_EQ(lost.mispredictions != 0, predictor) << "core " << n;
        }
      }
}

}  // namespace
}  // namespace hypsim::test

// SPDX-License-Identifier: Apache-2.0
// What the code generator must get right beyond single instructions: links between blocks and their end, code that
// changes, pages that move, interrupts, limits, exceptions and devices in the middle of generated code. Each program
// runs on both engines; what they do must be the same, and must be what is expected.
#include <gtest/gtest.h>

#include <functional>

#include "sim/cpu/pipeline/shared_memory.h"
#include "tests/support/timed_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kLoop = 0xEAFFFFFE;  // b .
constexpr u32 kTable = 0x80000;    // offset of the translation table
constexpr u32 kSection = 0x11C0E;  // TEX=001 C=B=1 AP=11 S=1

/// Interpreter and code generator, functional and timed, at different heat.
struct Engine {
  const char* name;
  bool generate, timed;
  u32 hot;
};
constexpr Engine kEngines[] = {{"interpreter", false, false, 1},
                               {"generated", true, false, 1},
                               {"mixed", true, false, 5},
                               {"timed interpreter", false, true, 1},
                               {"timed generated", true, true, 1}};

class Machine {
 public:
  explicit Machine(const Engine& engine) : shared_(a15_timing()), flat_(1 << 20, config(engine)) {
    for (u32 i = 0; i < 4096; ++i) flat_.bus.set_word(kRam + kTable + 4 * i, i << 20 | kSection);
    auto& sys = flat_.core.state().sys;
    sys.ttbr0[Security::Secure] = kRam + kTable;
    sys.dacr[Security::Secure] = 1;
    sys.sctlr[Security::Secure] |= 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::Z | 1u << sctlr::I;
    sys.vbar[Security::Secure] = kRam + 0x40000;
    flat_.core.state_changed();
  }
  FlatMachine& operator*() { return flat_; }
  FlatMachine* operator->() { return &flat_; }

 private:
  CoreConfig config(const Engine& engine) {
    CoreConfig c;
    c.generate_code = engine.generate;
    c.hot_visits = engine.hot;
    if (engine.timed) {
      c.timing = &a15_timing();
      c.shared_memory = &shared_;
    }
    return c;
  }
  SharedMemoryTiming shared_;
  FlatMachine flat_;
};

/// Runs `program` on all engines; the engines of one mode must end with the same registers, instructions and cycles.
void on_all(const std::function<void(FlatMachine&)>& program) {
  struct End {
    u32 registers[16];
    u64 retired, cycles;
    CycleStack stack;
  };
  const auto end_of = [](FlatMachine& m) {
    End e{};
    std::copy_n(m.core.state().slot, 16, e.registers);
    e.retired = m.core.retired();
    e.cycles = m.core.now().value;
    e.stack = m.core.cycle_stack();
    return e;
  };
  End reference{};
  for (const Engine& engine : kEngines) {
    SCOPED_TRACE(engine.name);
    Machine m(engine);
    program(*m);
    const End end = end_of(*m);
    if (!engine.generate) {
      reference = end;
      continue;
    }
    for (unsigned r = 0; r < 16; ++r) EXPECT_EQ(end.registers[r], reference.registers[r]) << "R" << r;
    EXPECT_EQ(end.retired, reference.retired);
    EXPECT_EQ(end.cycles, reference.cycles);
    EXPECT_EQ(end.stack, reference.stack);
  }
}

TEST(Jit, LoopsAndCallsAcrossPages) {
  on_all([](FlatMachine& m) {
    m.code({0xE3A00064,  // mov r0, #100
            0xE3A01000,  // mov r1, #0
            0xEB0007FC,  // bl kRam + 0x2000
            0xE2500001,  // subs r0, r0, #1
            0x1AFFFFFC,  // bne -2
            kLoop});
    m.code({0xE0811000,   // add r1, r1, r0
            0xE12FFF1E},  // bx lr
           0x2000);
    m.run(2000);
    EXPECT_EQ(m.reg(1), 5050u);
  });
}

TEST(Jit, StopsAtTheInstructionLimitLikeTheInterpreter) {
  on_all([](FlatMachine& m) {
    m.code({0xE2800001,    // add r0, r0, #1
            0xE2811002,    // add r1, r1, #2
            0xEAFFFFFC});  // b -2
    u64 retired = 0;
    for (u64 limit : {1, 2, 3, 50, 51, 52, 1000, 1, 1, 1}) {
      EXPECT_EQ(m.run(limit), StopReason::InsnLimit);
      retired += limit;
      EXPECT_EQ(m.core.retired(), retired);
      EXPECT_EQ(m.reg(0), (retired + 2) / 3);
      EXPECT_EQ(m.reg(1), (retired + 1) / 3 * 2);
    }
  });
}

TEST(Jit, StopsAtTheClockLimit) {
  on_all([](FlatMachine& m) {
    m.code({0xE2800001, 0xE2811002, 0xEAFFFFFC});
    for (u64 limit = 100; limit < 5000; limit += 137) {
      EXPECT_EQ(m.core.run(Cycles(limit)), StopReason::Limit);
      EXPECT_GE(m.core.now().value, limit);
      EXPECT_LT(m.core.now().value, limit + 400);
    }
  });
}

TEST(Jit, InterruptIsTakenAtTheNextBlock) {
  on_all([](FlatMachine& m) {
    m.code({0xE2800001, 0xE2811002, 0xEAFFFFFC});
    m.code({0xE2822001,  // irq vector: add r2, r2, #1
            0xE25EF004},
           0x40018);  // subs pc, lr, #4
    m.core.state().mask_i = false;
    m.core.state_changed();
    for (unsigned n = 1; n <= 20; ++n) {
      m.run(100);
      m.core.set_lines(true, false, false, false);
      m.run(4);  // the interrupt, its handler of two instructions, the interrupt
      m.core.set_lines(false, false, false, false);
      m.run(50);
      EXPECT_EQ(m.core.taken_exceptions().size(), 2 * n) << "and again when the handler returns: the line is still up";
      EXPECT_EQ(m.reg(2), 2 * n);
    }
  });
}

TEST(Jit, ModifiedCodeRunsAfterItsMaintenance) {
  on_all([](FlatMachine& m) {
    // r3: address of the patched instruction; r4, r5: what it is in turn
    m.reg(3) = kRam + 0x1000;
    m.reg(4) = 0xE2811001;  // add r1, r1, #1
    m.reg(5) = 0xE2811010;  // add r1, r1, #16
    m.code({0xE3A00032,     // mov r0, #50
            0xEB0003FD,     // bl kRam + 0x1000
            0xE5835000,     // str r5, [r3]
            0xEE070F15,     // mcr p15, 0, r0, c7, c5, 0   ICIALLU
            0xF57FF06F,     // isb
            0xE1A06004,     // mov r6, r4
            0xE1A04005,     // mov r4, r5
            0xE1A05006,     // mov r5, r6
            0xE2500001,     // subs r0, r0, #1
            0x1AFFFFF6,     // bne -8
            kLoop});
    m.code({0xE2811001, 0xE12FFF1E}, 0x1000);
    m.run(2000);
    EXPECT_EQ(m.reg(1), 25u * 17);
  });
}

TEST(Jit, UnmaintainedCodeStaysOld) {
  on_all([](FlatMachine& m) {
    m.reg(3) = kRam + 0x1000;
    m.reg(5) = 0xE2811010;
    m.code({0xE3A00032,  // mov r0, #50
            0xEB0003FD,  // bl kRam + 0x1000
            0xE5835000,  // str r5, [r3]
            0xE2500001,  // subs r0, r0, #1
            0x1AFFFFFB,  // bne -3
            kLoop});
    m.code({0xE2811001, 0xE12FFF1E}, 0x1000);
    m.run(2000);
    EXPECT_EQ(m.reg(1), 50u);
    EXPECT_EQ(m.bus.word(kRam + 0x1000), 0xE2811010u);
  });
}

TEST(Jit, MovedPageIsSeenWhenItsEntryIsInvalidated) {
  on_all([](FlatMachine& m) {
    // VA 0x100000 is mapped to itself (absent) and then to RAM: data and code change places with the section.
    m.bus.set_word(kRam + kTable + 4, kRam | kSection);
    m.reg(3) = 0x00110000;  // data, at RAM + 0x10000
    m.reg(6) = kRam + kTable + 4;
    m.bus.set_word(kRam + 0x10000, 7);
    m.code({0xE3A00028,  // mov r0, #40
            0xE5932000,  // ldr r2, [r3]
            0xE0811002,  // add r1, r1, r2
            0xE2500001,  // subs r0, r0, #1
            0x1AFFFFFB,  // bne -3
            0xE3A07000,  // mov r7, #0
            0xE5867000,  // str r7, [r6]                 the descriptor becomes invalid
            0xE5932000,  // ldr r2, [r3]                 stale: still 7
            0xE0811002,  // add r1, r1, r2
            0xEE080F17,  // mcr p15, 0, r0, c8, c7, 0    TLBIALL
            0xF57FF06F,  // isb
            0xE5932000,  // ldr r2, [r3]                 aborts
            kLoop});
    m.code({kLoop}, 0x40010);
    m.run(400);
    EXPECT_EQ(m.reg(1), 41u * 7);
    EXPECT_EQ(m.core.state().mode, Mode::Abort);
    EXPECT_EQ(m.reg(14), kRam + 11 * 4 + 8) << "the faulting instruction, plus 8";
    EXPECT_EQ(m.core.state().sys.dfar[Security::Secure], 0x00110000u);
  });
}

TEST(Jit, AbortInTheMiddleOfABlockShowsPreciseState) {
  on_all([](FlatMachine& m) {
    m.reg(3) = kRam + 0x1000;
    m.bus.set_word(kRam + kTable + 4 * 0x200, 0);  // VA 0x20000000 faults
    m.code({0xE3A00032,                            // mov r0, #50
            0xE2811001,                            // add r1, r1, #1
            0xE0914000,                            // adds r4, r1, r0
            0xE5932000,                            // ldr r2, [r3]
            0xE2822001,                            // add r2, r2, #1
            0xE5832000,                            // str r2, [r3]
            0xE2500001,                            // subs r0, r0, #1
            0x03A03202,                            // moveq r3, #0x20000000
            0xEAFFFFF7});                          // b -7
    m.code({kLoop}, 0x40010);
    m.run(1000);
    EXPECT_EQ(m.core.state().mode, Mode::Abort);
    EXPECT_EQ(m.reg(1), 51u);
    EXPECT_EQ(m.reg(4), 51u);
    EXPECT_EQ(m.reg(2), 50u);
    EXPECT_EQ(m.bus.word(kRam + 0x1000), 50u);
    EXPECT_EQ(m.core.state().current_spsr() >> 28, 0u) << "flags of the ADDS before it";
  });
}

TEST(Jit, BusErrorOfADeviceAccess) {
  on_all([](FlatMachine& m) {
    m.reg(3) = kRam + 0x1000;
    m.code({0xE3A00032,    // mov r0, #50
            0xE5932000,    // ldr r2, [r3]
            0xE2500001,    // subs r0, r0, #1
            0x03A03209,    // moveq r3, #0x90000000    nothing there
            0xEAFFFFFB});  // b -3
    m.code({kLoop}, 0x40010);
    m.run(600);
    EXPECT_EQ(m.core.state().mode, Mode::Abort);
    EXPECT_EQ(m.core.state().sys.dfar[Security::Secure], 0x90000000u);
  });
}

TEST(Jit, HelpersSeeAndChangeRegistersAndFlags) {
  on_all([](FlatMachine& m) {
    m.code({0xE3A00064,  // mov r0, #100
            0xE1A05000,  // mov r5, r0
            0xE10F1000,  // mrs r1, cpsr
            0xE0822001,  // add r2, r2, r1
            0xE1030055,  // qadd r0 <- r5 + r3 ...
            0xE1A00005,  // mov r0, r5
            0xE3A060F0,  // mov r6, #0xF0
            0xE328F20F,  // msr cpsr_f, #0xF0000000
            0x21A07006,  // movcs r7, r6
            0x60877006,  // addvs r7, r7, r6
            0xE2500001,  // subs r0, r0, #1
            0x1AFFFFF4,  // bne -10
            kLoop});
    m.run(5000);
    EXPECT_EQ(m.reg(0), 0u);
    EXPECT_EQ(m.reg(7), 2u * 0xF0);
  });
}

TEST(Jit, ObserverHearsTheSameBlocks) {
  class Recorder final : public Observer {
   public:
    void block(const Moment& moment, const BlockEvent& event) override {
      sum = sum * 31 + moment.now.value * 7 + moment.insns * 3 + event.pc + event.insns;
      ++blocks;
    }
    bool wants_blocks() const override { return true; }
    u64 sum = 0, blocks = 0;
  };
  u64 reference = 0;
  on_all([&](FlatMachine& m) {
    Recorder recorder;
    m.code({0xE3A00064,  // mov r0, #100
            0xE5931000,  // ldr r1, [r3]
            0xE2500001,  // subs r0, r0, #1
            0x1AFFFFFC,  // bne -2
            kLoop});
    m.reg(3) = kRam + 0x1000;
    m.run(50);
    m.core.set_observer(&recorder);
    m.run(200);
    m.core.set_observer(nullptr);
    EXPECT_GT(recorder.blocks, 50u);
    static u64 last_functional, last_timed;
    u64& last = m.core.timing_model() != nullptr ? last_timed : last_functional;
    if (last != 0) {
      EXPECT_EQ(recorder.sum, last);
    }
    last = recorder.sum;
    reference = last;
  });
  EXPECT_NE(reference, 0u);
}

}  // namespace
}  // namespace hypsim::test

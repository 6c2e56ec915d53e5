// SPDX-License-Identifier: Apache-2.0
// The runner against answers worked out by hand from ARM DDI 0406C.
#include <gtest/gtest.h>

#include <chrono>

#include "sim/cpu/core.h"
#include "sim/trap/layout.h"
#include "sim/trap/runner.h"

namespace hypsim::trap {
namespace {

constexpr u32 kWfi = 0xE320F003, kWfe = 0xE320F002, kHvc1 = 0xE1400071, kSvc2 = 0xEF000002, kSmc = 0xE1600070;
constexpr u32 kReadPmovsr = 0xEE190F7C;  // mrc p15, 0, r0, c9, c12, 3
constexpr u32 kWriteSctlr = 0xEE010F10;  // mcr p15, 0, r0, c1, c0, 0
constexpr u32 kReadSctlr = 0xEE110F10;   // mrc p15, 0, r0, c1, c0, 0
constexpr u32 kVaddF32 = 0xEE300A01;     // vadd.f32 s0, s0, s2
constexpr u32 kLdr = 0xE5910000;         // ldr r0, [r1]

struct TrapRunner : testing::Test {
  Runner runner;
  Situation s;

  Outcome run(u32 word, Isa isa = Isa::A32) {
    const Instruction instruction{word, isa};
    const Outcome outcome = runner.run(s, instruction);
    const Ruling ruling = runner.decide(s, instruction);
    EXPECT_EQ(outcome.result, ruling.result);
    if (outcome.taken()) {
      EXPECT_EQ(outcome.exception, ruling.exception);
      EXPECT_EQ(outcome.target(), ruling.target);
      EXPECT_EQ(outcome.hsr_valid, ruling.hsr_valid);
      EXPECT_EQ(outcome.hsr, ruling.hsr);
    }
    reason = ruling.reason;
    return outcome;
  }
  std::string reason;
};

constexpr u32 kHere = layout::instruction_address(4);

TEST_F(TrapRunner, ExecutesOneInstructionAndNoMore) {
  const Outcome o = runner.run(s, {kReadSctlr});
  EXPECT_EQ(o.result, Result::Executes);
  EXPECT_EQ(o.pc, layout::kCodeEnd);
  EXPECT_EQ(o.mode_after, Mode::Supervisor);
  EXPECT_EQ(runner.core().state().slot[0], 0x00C50078u);
}

TEST_F(TrapRunner, TrapToHypWithItsSyndrome) {
  s.regs.hcr = 1u << hcr::TVM;
  s.r[0] = 0x00C50078;
  const Outcome o = run(kWriteSctlr);
  EXPECT_EQ(o.result, Result::Trap);
  EXPECT_EQ(o.target(), Mode::Hyp);
  EXPECT_EQ(o.vector, 0x14);
  EXPECT_EQ(o.pc, layout::kHvbar + 0x14);
  EXPECT_EQ(o.hsr, 0x03u << 26 | 1u << 25 | 1u << 24 | 0xEu << 20 | 1u << 10);
  EXPECT_EQ(o.link, kHere);
  EXPECT_EQ(o.spsr, 0x1D3u);
  EXPECT_EQ(reason, "HCR.TVM");
  EXPECT_EQ(run(kReadSctlr).result, Result::Executes);
}

TEST_F(TrapRunner, UndefinedGoesWhereItBelongs) {
  s.mode = Mode::User;
  Outcome o = run(kReadSctlr);
  EXPECT_EQ(o.result, Result::Undefined);
  EXPECT_EQ(o.target(), Mode::Undefined);
  EXPECT_EQ(o.vector, 0x04);
  EXPECT_EQ(o.link, kHere + 4);
  EXPECT_FALSE(o.hsr_valid);
  s.regs.hcr = 1u << hcr::TGE;
  o = run(kReadSctlr);
  EXPECT_EQ(o.target(), Mode::Hyp);
  EXPECT_EQ(o.vector, 0x14);
  EXPECT_TRUE(o.hsr_valid);
  EXPECT_EQ(o.ec(), 0u);
  s.mode = Mode::Hyp;
  o = run(0xE7F000F0);  // udf
  EXPECT_EQ(o.target(), Mode::Hyp);
  EXPECT_EQ(o.vector, 0x04);
}

TEST_F(TrapRunner, Calls) {
  Outcome o = run(kHvc1);
  EXPECT_EQ(o.exception, Exception::HypervisorCall);
  EXPECT_EQ(o.hsr, 0x12u << 26 | 1u << 25 | 1);
  EXPECT_EQ(o.link, layout::kCodeEnd);
  o = run(kSvc2);
  EXPECT_EQ(o.target(), Mode::Supervisor);
  EXPECT_EQ(o.vector, 0x08);
  o = run(kSmc);
  EXPECT_EQ(o.target(), Mode::Monitor);
  EXPECT_EQ(o.security_after, Security::Secure);
  s.mode = Mode::User;
  s.regs.hcr = 1u << hcr::TGE;
  o = run(kSvc2);
  EXPECT_EQ(o.result, Result::Exception);
  EXPECT_EQ(o.exception, Exception::SupervisorCall);
  EXPECT_EQ(o.hsr, 0x11u << 26 | 1u << 25 | 2);
}

TEST_F(TrapRunner, WaitsOrTraps) {
  EXPECT_EQ(run(kWfi).result, Result::Waits);
  EXPECT_EQ(run(kWfe).result, Result::Waits);
  s.event = true;
  EXPECT_EQ(run(kWfe).result, Result::Executes);
  s.regs.hcr = 1u << hcr::TWE;
  EXPECT_EQ(run(kWfe).result, Result::Executes);
  s.event = false;
  EXPECT_EQ(run(kWfe).hsr, 0x01u << 26 | 1u << 25 | 1u << 24 | 0xEu << 20 | 1);
  EXPECT_EQ(reason, "HCR.TWE");
}

TEST_F(TrapRunner, ThumbFormsAndTheirConditions) {
  s.regs.hcr = 1u << hcr::TWI;
  Outcome o = run(0xBF30, Isa::T16);  // wfi
  EXPECT_EQ(o.link, layout::kCodeEnd - 2);
  EXPECT_FALSE(o.il());
  EXPECT_EQ(o.ec(), 0x01u);
  EXPECT_EQ(o.spsr & psr::T, psr::T);
  Instruction wide{0xF3AF8003, Isa::T32};  // wfi.w
  for (const unsigned cond : {0u, 1u, 8u, 13u, 14u}) {
    s = {};
    s.regs.hcr = 1u << hcr::TWI;
    ASSERT_TRUE(set_condition(s, wide, static_cast<Cond>(cond), true));
    EXPECT_EQ(run(wide.word, wide.isa).result, Result::Trap) << cond;
    EXPECT_EQ(set_condition(s, wide, static_cast<Cond>(cond), false), cond != 14);
    if (cond != 14) {
      EXPECT_EQ(run(wide.word, wide.isa).result, Result::Executes) << cond;
    }
  }
}

TEST_F(TrapRunner, EveryA32ConditionPassesAndFails) {
  for (unsigned cond = 0; cond < 14; ++cond) {
    s = {};
    s.regs.hstr = 1u << 1;
    Instruction i{kReadSctlr};
    ASSERT_TRUE(set_condition(s, i, static_cast<Cond>(cond), true));
    EXPECT_EQ(run(i.word).result, Result::Trap) << cond;
    ASSERT_TRUE(set_condition(s, i, static_cast<Cond>(cond), false));
    EXPECT_EQ(run(i.word).result, Result::Executes) << cond;
  }
  Instruction unconditional{0xF57FF06F};
  EXPECT_FALSE(set_condition(s, unconditional, Cond::EQ, true));
}

TEST_F(TrapRunner, FloatingPointInOrder) {
  s.regs.hcptr = 1u << hcptr::TCP10 | 1u << hcptr::TCP11;
  Outcome o = run(kVaddF32);
  EXPECT_EQ(o.hsr, 0x07u << 26 | 1u << 25 | 1u << 24 | 0xEu << 20 | 10);
  s.regs.fpexc = 0;
  EXPECT_EQ(run(kVaddF32).result, Result::Undefined);
  EXPECT_EQ(reason, "FPEXC.EN");
  s.regs.cpacr = 0;
  EXPECT_EQ(run(kVaddF32).result, Result::Undefined);
  EXPECT_EQ(reason, "CPACR.cp10");
}

TEST_F(TrapRunner, UserAccessToThePerformanceMonitors) {
  s.mode = Mode::User;
  EXPECT_EQ(run(kReadPmovsr).result, Result::Undefined);
  s.pmuserenr = 1;
  EXPECT_EQ(run(kReadPmovsr).result, Result::Executes);
  s.regs.hdcr = 1u << hdcr::TPM;
  EXPECT_EQ(run(kReadPmovsr).result, Result::Trap);
  EXPECT_EQ(reason, "HDCR.TPM");
}

TEST_F(TrapRunner, IdentityMapsOnEveryStage) {
  for (const bool lpae : {false, true}) {
    s = {};
    s.regs.sctlr.bank[0] |= 1;
    s.regs.ttbcr.bank[0] = lpae ? 1u << ttbcr::EAE : 0;
    s.regs.hcr = 1u << hcr::VM;
    s.regs.vttbr = u64{5} << 48;
    s.r[1] = layout::kData;
    Outcome o = runner.run(s, {kLdr});
    EXPECT_EQ(o.result, Result::Executes) << lpae;
    s.mode = Mode::Hyp;
    s.regs.hsctlr |= 1;
    o = runner.run(s, {kLdr});
    EXPECT_EQ(o.result, Result::Executes) << lpae;
    s.security = Security::Secure;
    s.mode = Mode::Supervisor;
    s.regs.sctlr.bank[1] |= 1;
    EXPECT_EQ(runner.run(s, {kLdr}).result, Result::Executes) << lpae;
  }
}

TEST_F(TrapRunner, AbortsWithTheirFaultRegisters) {
  s.r[1] = 0x10000000;
  Outcome o = runner.run(s, {kLdr});
  EXPECT_EQ(o.exception, Exception::DataAbort);
  EXPECT_EQ(o.target(), Mode::Abort);
  EXPECT_EQ(o.link, kHere + 8);
  ASSERT_TRUE(o.far_valid && o.fsr_valid);
  EXPECT_EQ(o.far, 0x10000000u);
  EXPECT_EQ(o.fsr & 0x40F, 0x008u);
  s.own_tables = true;  // VTTBR=0: no table there
  s.regs.hcr = 1u << hcr::VM;
  s.regs.vtcr = 0x80000040;
  s.regs.vttbr = layout::kRam + 0x20000;  // all zero: nothing is mapped
  o = runner.run(s, {kLdr});
  EXPECT_EQ(o.exception, Exception::PrefetchAbort);
  EXPECT_EQ(o.target(), Mode::Hyp);
  EXPECT_EQ(o.ec(), 0x20u);
  EXPECT_TRUE(o.hpfar_valid);
  EXPECT_EQ(o.hpfar, (layout::kCodeEnd - 0x1000) >> 8);
  EXPECT_EQ(o.far, kHere);
}

TEST_F(TrapRunner, PendingInterruptsComeFirst) {
  s.irq = true;
  s.mask_i = false;
  Outcome o = runner.run(s, {kReadSctlr});
  EXPECT_EQ(o.exception, Exception::Irq);
  EXPECT_EQ(o.target(), Mode::Irq);
  EXPECT_EQ(o.return_address, kHere);
  s.mask_i = true;
  EXPECT_EQ(runner.run(s, {kReadSctlr}).result, Result::Executes);
  s.regs.hcr = 1u << hcr::IMO;
  EXPECT_EQ(runner.run(s, {kReadSctlr}).target(), Mode::Hyp);
  s = {};
  s.async_abort = true;
  EXPECT_EQ(runner.run(s, {kReadSctlr}).result, Result::Executes);
  s = {};
  s.mask_a = false;
  EXPECT_EQ(runner.run(s, {kReadSctlr}).result, Result::Executes) << "the abort of the run before is gone";
}

TEST_F(TrapRunner, RunsDoNotTouchEachOther) {
  s.mode = Mode::Fiq;
  const Outcome first = run(kReadSctlr);
  s.mode = Mode::Hyp;
  run(0xE7F000F0);
  s = {};
  s.r[1] = 0x10000000;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(runner.run(s, {kLdr}).exception, Exception::DataAbort);
  s = {};
  s.mode = Mode::Fiq;
  EXPECT_EQ(run(kReadSctlr).cpsr_after, first.cpsr_after);
}

TEST_F(TrapRunner, RegistersByName) {
  for (const RegisterField& field : register_fields()) {
    field.set(s, 0xA5A5);
    EXPECT_EQ(field.get(s), 0xA5A5u) << field.name;
  }
  EXPECT_EQ(find_register("hcr"), find_register("HCR"));
  EXPECT_EQ(find_register("NOPE"), nullptr);
  s.security = Security::Secure;
  find_register("SCTLR")->set(s, 7);
  EXPECT_EQ(find_register("SCTLR_S")->get(s), 7u);
  EXPECT_EQ(find_register("SCTLR_NS")->get(s), 0xA5A5u);
  EXPECT_EQ(mode_by_name("hyp"), Mode::Hyp);
  EXPECT_FALSE(mode_by_name("el2").has_value());
}

// The numbers are printed, and far below what an unloaded machine does: a floor against accidents.
TEST_F(TrapRunner, Speed) {
  constexpr unsigned kRuns = 100'000, kRulings = 1'000'000;
  const auto seconds = [](auto since) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
  };
  unsigned trapped = 0;
  auto start = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < kRuns; ++i) {
    s.regs.hcr = (i & 1) << hcr::TVM;
    trapped += runner.run(s, {i & 2 ? kWriteSctlr : kReadSctlr}).result == Result::Trap;
  }
  const double runs = kRuns / seconds(start);
  EXPECT_EQ(trapped, kRuns / 4);
  start = std::chrono::steady_clock::now();
  trapped = 0;
  for (unsigned i = 0; i < kRulings; ++i) {
    s.regs.hcr = (i & 1) << hcr::TVM;
    trapped += runner.decide(s, {i & 2 ? kWriteSctlr : kReadSctlr}).result == Result::Trap;
  }
  const double rulings = kRulings / seconds(start);
  EXPECT_EQ(trapped, kRulings / 4);
  start = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < kRulings; ++i)
    trapped += runner.decide({i & 2 ? kWriteSctlr : kReadSctlr}).result == Result::Trap;
  const double loaded = kRulings / seconds(start);
  std::printf("%.0f instructions/s, %.2f M questions/s, %.2f M/s with the situation kept\n", runs, rulings / 1e6,
              loaded / 1e6);
  EXPECT_GT(runs, 20'000);
  EXPECT_GT(rulings, 300'000);
}

}  // namespace
}  // namespace hypsim::trap

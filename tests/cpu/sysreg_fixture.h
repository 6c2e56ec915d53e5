// SPDX-License-Identifier: Apache-2.0
// A core reduced to what system registers need of it, and the accesses that tests make.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/cpu/sysreg/pmu.h"
#include "sim/cpu/sysreg/table.h"

namespace hypsim {

struct NoMemory : WalkMemory {
  std::map<u64, u64> words;
  bool read_descriptor(PhysAddr pa, unsigned, const MemAttr&, Security, bool, u64& value) override {
    value = words[pa.value];
    return true;
  }
};

struct FakeTimer : TimerPort {
  u32 frq = 24'000'000;
  u64 offset = 0;
  u64 cvals[4]{};
  u32 ctls[4]{};
  static unsigned at(TimerId id) { return static_cast<unsigned>(id); }
  u32 cntfrq() const override { return frq; }
  void set_cntfrq(u32 hz) override { frq = hz; }
  u64 cntpct(Cycles now) const override { return now.value / 10; }
  u64 cntvct(Cycles now) const override { return cntpct(now) - offset; }
  u64 cntvoff() const override { return offset; }
  void set_cntvoff(u64 value, Cycles) override { offset = value; }
  u64 cval(TimerId id) const override { return cvals[at(id)]; }
  void set_cval(TimerId id, u64 value, Cycles) override { cvals[at(id)] = value; }
  u32 tval(TimerId id, Cycles now) const override { return static_cast<u32>(cvals[at(id)] - cntpct(now)); }
  void set_tval(TimerId id, u32 value, Cycles now) override { cvals[at(id)] = cntpct(now) + value; }
  u32 ctl(TimerId id, Cycles) const override { return ctls[at(id)]; }
  void set_ctl(TimerId id, u32 value, Cycles) override { ctls[at(id)] = value; }
};

struct FakeCore : sysreg::Services {
  CpuState cpu;
  NoMemory memory;
  Mmu mmu_{cpu.sys, memory};
  FakeTimer timers;
  u64 cycles = 0, insns = 0;
  std::map<u32, u64> events;
  u8 index = 0;
  u32 cores = 4;
  CacheShapes caches;
  hyp::InterruptLines lines;

  u32 changes = 0;
  struct Tlb {
    TlbMaintenance op;
    bool broadcast;
  };
  std::vector<Tlb> tlb_ops;
  struct Cache {
    sysreg::CacheOp op;
    u32 operand;
    bool broadcast;
  };
  std::vector<Cache> cache_ops;
  bool cache_op_succeeds = true;
  std::vector<std::pair<Fault, u32>> aborts;
  std::vector<std::pair<std::string, u64>> observed;
  std::vector<bool> pmu_levels;

  CpuState& state() override { return cpu; }
  Mmu& mmu() override { return mmu_; }
  TimerPort& timer() override { return timers; }
  Cycles now() const override { return Cycles(cycles); }
  u64 retired_insns() const override { return insns; }
  u64 pmu_event_count(u32 event) const override {
    const auto it = events.find(event);
    return it == events.end() ? 0 : it->second;
  }
  u8 core_index() const override { return index; }
  u32 core_count() const override { return cores; }
  u32 cbar() const override { return 0x2C000000; }
  CacheShapes cache_shapes() const override { return caches; }
  void context_changed(u32 c) override { changes |= c; }
  void tlb_maintenance(const TlbMaintenance& op, bool broadcast) override { tlb_ops.push_back({op, broadcast}); }
  bool cache_maintenance(sysreg::CacheOp op, u32 operand, bool broadcast) override {
    cache_ops.push_back({op, operand, broadcast});
    return cache_op_succeeds;
  }
  void maintenance_abort(const Fault& fault, u32 va) override { aborts.emplace_back(fault, va); }
  hyp::InterruptLines interrupt_lines() const override { return lines; }
  void pmu_irq_changed(bool level) override { pmu_levels.push_back(level); }
  void observe_write(const char* name, u64 value) override { observed.emplace_back(name, value); }
};

class SysregTest : public ::testing::Test {
 protected:
  SysregTest() { sysreg::reset(core); }

  FakeCore core;
  SystemRegisters& regs() { return core.cpu.sys; }

  /// Puts the core into a mode; `ns` is SCR.NS.
  void enter(Mode mode, bool ns) {
    regs().scr = (regs().scr & ~1u) | (ns ? 1 : 0);
    core.cpu.switch_mode(mode);
  }
  void guest() { enter(Mode::Supervisor, true); }
  void hyp_mode() { enter(Mode::Hyp, true); }
  void secure() { enter(Mode::Supervisor, false); }
  void guest_user() { enter(Mode::User, true); }

  static hyp::CoprocAccess mrc(unsigned opc1, unsigned crn, unsigned crm, unsigned opc2, unsigned cp = 15) {
    hyp::CoprocAccess a;
    a.cp = static_cast<u8>(cp);
    a.opc1 = static_cast<u8>(opc1);
    a.crn = static_cast<u8>(crn);
    a.crm = static_cast<u8>(crm);
    a.opc2 = static_cast<u8>(opc2);
    return a;
  }
  static hyp::CoprocAccess mrrc(unsigned opc1, unsigned crm, unsigned cp = 15) {
    hyp::CoprocAccess a;
    a.cp = static_cast<u8>(cp);
    a.form = hyp::CoprocForm::Mcrr;
    a.opc1 = static_cast<u8>(opc1);
    a.crm = static_cast<u8>(crm);
    return a;
  }

  sysreg::AccessResult last;
  sysreg::Access perform(hyp::CoprocAccess a, bool read, u64& value) {
    a.read = read;
    last = sysreg::access(core, sysreg::find(a), a, value);
    return last.access;
  }
  u64 read(const hyp::CoprocAccess& a) {
    u64 value = 0xDEAD;
    EXPECT_EQ(perform(a, true, value), sysreg::Access::Done)
        << a.opc1 << " c" << +a.crn << " c" << +a.crm << " " << +a.opc2;
    return value;
  }
  void write(const hyp::CoprocAccess& a, u64 value) {
    EXPECT_EQ(perform(a, false, value), sysreg::Access::Done)
        << +a.opc1 << " c" << +a.crn << " c" << +a.crm << " " << +a.opc2;
  }
  sysreg::Access try_read(const hyp::CoprocAccess& a) {
    u64 value = 0;
    return perform(a, true, value);
  }
  sysreg::Access try_write(const hyp::CoprocAccess& a, u64 value = 0) { return perform(a, false, value); }
};

}  // namespace hypsim

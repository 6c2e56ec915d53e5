// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <numeric>
#include <type_traits>
#include <variant>

#include "sim/cpu/sysreg/table.h"
#include "tests/fuzz/guest_machine.h"

namespace hypsim::fuzz {

namespace {

class Comparison {
 public:
  void operator()(const std::string& name, u64 interpreted, u64 generated) {
    if (interpreted != generated)
      text_ += fmt::format("  {}: {:#x} interpreted, {:#x} generated\n", name, interpreted, generated);
  }
  std::string text() const { return text_; }

 private:
  std::string text_;
};

void compare_general(Comparison& compare, const CpuState& x, const CpuState& y) {
  for (unsigned r = 0; r <= ir::kPc; ++r) compare(fmt::format("R{}", r), x.slot[r], y.slot[r]);
  compare("CPSR", x.cpsr(), y.cpsr());
  for (unsigned b = 0; b < static_cast<unsigned>(Bank::Count); ++b) {
    compare(fmt::format("SPSR of bank {}", b), x.spsr[b], y.spsr[b]);
    compare(fmt::format("SP of bank {}", b), x.bank_sp[b], y.bank_sp[b]);
    compare(fmt::format("LR of bank {}", b), x.bank_lr[b], y.bank_lr[b]);
  }
  for (unsigned r = 0; r < 5; ++r) {
    compare(fmt::format("R{}_usr", r + 8), x.usr_r8_12[r], y.usr_r8_12[r]);
    compare(fmt::format("R{}_fiq", r + 8), x.fiq_r8_12[r], y.fiq_r8_12[r]);
  }
  compare("ELR_hyp", x.elr_hyp, y.elr_hyp);
  for (unsigned n = 0; n < 32; ++n) compare(fmt::format("D{}", n), x.d[n], y.d[n]);
  compare("the local monitor", x.monitor.exclusive, y.monitor.exclusive);
  if (x.monitor.exclusive) compare("the monitored address", x.monitor.pa.value, y.monitor.pa.value);
  compare("the event register", x.event_register, y.event_register);
}

void compare_system(Comparison& compare, const CpuState& x, const CpuState& y) {
  for (const sysreg::Row* row : sysreg::all_rows()) {
    std::visit(
        [&](auto member) {
          using Member = decltype(member);
          if constexpr (std::is_same_v<Member, Banked<u32> SystemRegisters::*> ||
                        std::is_same_v<Member, Banked<u64> SystemRegisters::*>) {
            for (const Security s : {Security::NonSecure, Security::Secure})
              compare(row->name, (x.sys.*member)[s], (y.sys.*member)[s]);
          } else if constexpr (std::is_same_v<Member, u32 Pmu::*>) {
            compare(row->name, x.pmu.*member, y.pmu.*member);
          } else if constexpr (std::is_same_v<Member, u32 DebugRegisters::*>) {
            compare(row->name, x.debug.*member, y.debug.*member);
          } else if constexpr (!std::is_same_v<Member, std::monostate>) {
            compare(row->name, x.sys.*member, y.sys.*member);
          }
        },
        row->storage);
  }
  for (unsigned n = 0; n < Pmu::kCounters; ++n) {
    compare(fmt::format("PMU counter {}", n), x.pmu.counter[n].value, y.pmu.counter[n].value);
    compare(fmt::format("PMU counter {} running", n), x.pmu.counter[n].running, y.pmu.counter[n].running);
    compare(fmt::format("PMU counter {} mark", n), x.pmu.counter[n].mark, y.pmu.counter[n].mark);
  }
  compare("nPMUIRQ", x.pmu.irq, y.pmu.irq);
}

void compare_timers(Comparison& compare, const GuestCore& a, const GuestCore& b) {
  for (const TimerId id : {TimerId::PhysSecure, TimerId::PhysNonSecure, TimerId::Virtual, TimerId::Hyp}) {
    compare("a timer's comparator", a.timer.cval(id), b.timer.cval(id));
    compare("a timer's control", a.timer.ctl(id, a.core.now()), b.timer.ctl(id, a.core.now()));
  }
  compare("CNTVOFF", a.timer.cntvoff(), b.timer.cntvoff());
}

}  // namespace

std::string difference(GuestMachine& a, GuestMachine& b) {
  Comparison compare;
  for (std::size_t n = 0; n < a.cores.size(); ++n) {
    GuestCore &x = *a.cores[n], &y = *b.cores[n];
    compare_general(compare, x.core.state(), y.core.state());
    compare_system(compare, x.core.state(), y.core.state());
    compare_timers(compare, x, y);
    compare("waiting", x.core.waiting(), y.core.waiting());
    compare("instructions", x.core.retired(), y.core.retired());
    compare("cycles", x.core.now().value, y.core.now().value);
    for (unsigned i = 0; i < kResources; ++i)
      compare(resource_name(static_cast<Resource>(i)), x.core.cycle_stack()[i], y.core.cycle_stack()[i]);
    compare("events", x.log.hash(), y.log.hash());
    const CycleStack& stack = x.core.cycle_stack();
    check(std::accumulate(stack.begin(), stack.end(), u64{0}) == x.core.now().value,
          "the resources of a core do not add up to its clock");
  }
  return compare.text();
}

}  // namespace hypsim::fuzz

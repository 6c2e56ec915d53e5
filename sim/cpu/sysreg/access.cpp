// SPDX-License-Identifier: Apache-2.0
// One access from beginning to end: is it allowed here, does Hyp trap it, what does it read or write, who is told.
#include "sim/cpu/sysreg/pmu.h"
#include "sim/cpu/sysreg/rows.h"
#include "sim/cpu/sysreg/table.h"

namespace hypsim::sysreg {

namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

u64 load_from(const CpuState& state, const Storage& storage, Security bank) {
  return std::visit(Overload{[](std::monostate) { return u64{0}; }, [&](u32 Regs::*m) { return u64{state.sys.*m}; },
                             [&](u64 Regs::*m) { return state.sys.*m; },
                             [&](Banked<u32> Regs::*m) { return u64{(state.sys.*m)[bank]}; },
                             [&](Banked<u64> Regs::*m) { return (state.sys.*m)[bank]; },
                             [&](u32 Pmu::*m) { return u64{state.pmu.*m}; },
                             [&](u32 DebugRegisters::*m) { return u64{state.debug.*m}; }},
                    storage);
}

void store_to(CpuState& state, const Storage& storage, Security bank, u64 value) {
  const u32 low = static_cast<u32>(value);
  std::visit(
      Overload{[](std::monostate) {}, [&](u32 Regs::*m) { state.sys.*m = low; },
               [&](u64 Regs::*m) { state.sys.*m = value; }, [&](Banked<u32> Regs::*m) { (state.sys.*m)[bank] = low; },
               [&](Banked<u64> Regs::*m) { (state.sys.*m)[bank] = value; }, [&](u32 Pmu::*m) { state.pmu.*m = low; },
               [&](u32 DebugRegisters::*m) { state.debug.*m = low; }},
      storage);
}

bool stored(const Row& row) { return !std::holds_alternative<std::monostate>(row.storage); }

Security bank_of_access(const CpuState& state) { return state.sys.scr_ns() ? Security::NonSecure : Security::Secure; }

bool allowed(const Call& call) {
  const Views who = call.access.read ? call.row.read : call.row.write;
  return (who & call.view) != 0 && (call.row.permit == nullptr || call.row.permit(call));
}

u64 read_value(const Call& call) {
  const Row& row = call.row;
  u64 value = row.on_read != nullptr ? row.on_read(call) : stored(row) ? load(call) : row.reset;
  value |= row.ones;
  return row.at.wide ? value : value & 0xFFFFFFFF;
}

Access write_value(const Call& call, u64 value) {
  const Row& row = call.row;
  if (!row.at.wide) value &= 0xFFFFFFFF;
  const u64 before = stored(row) ? load(call) : 0;
  if (row.on_write != nullptr) {
    const Access outcome = row.on_write(call, value);
    if (outcome != Access::Done) return outcome;
  } else {
    store(call, value);
  }
  const u64 after = stored(row) ? load(call) : value;
  if (row.changes != 0 && (!stored(row) || before != after)) call.core.context_changed(row.changes);
  if ((row.flags & kObserved) != 0) call.core.observe_write(row.alias_of != nullptr ? row.alias_of : row.name, after);
  return Access::Done;
}

}  // namespace

View view_of(Mode mode, Security security, bool scr_ns) {
  switch (mode) {
    case Mode::User: return security == Security::Secure ? kPl0S : kPl0Ns;
    case Mode::Hyp: return kHyp;
    case Mode::Monitor: return scr_ns ? kMonitorNs : kMonitorS;
    default: return security == Security::Secure ? kPl1S : kPl1Ns;
  }
}

u64 load(const Call& call) { return load_from(call.state, call.row.storage, call.bank); }

void store(const Call& call, u64 value) { store_masked(call, value, call.row.mask); }

void store_masked(const Call& call, u64 value, u64 mask) {
  const u64 writable = call.row.at.wide ? mask : mask & 0xFFFFFFFF;
  store_to(call.state, call.row.storage, call.bank, (load(call) & ~writable) | (value & writable));
}

namespace {

Call call_of(Services& core, const Row& row, const hyp::CoprocAccess& access) {
  CpuState& state = core.state();
  return {core, state, row, access, view_of(state.mode, state.security(), state.sys.scr_ns()), bank_of_access(state)};
}

hyp::Decision decide_absent(const hyp::CoprocAccess& access, const CpuState& state) {
  // The A15 has no trace registers in CP14, but HCPTR.TTA traps their whole space at PL1. ARM DDI 0406C B1.14.16
  const bool trace = access.cp == 14 && access.opc1 == 1 && access.form != hyp::CoprocForm::Ldc;
  const hyp::Allowed reachable = trace && state.privileged() ? hyp::Allowed::Yes : hyp::Allowed::No;
  const hyp::Decision decision = hyp::decide_cp14_cp15(access, trace ? TrapGroup::Tta : TrapGroup::None, reachable,
                                                       {state.mode, state.security(), state.sys});
  if (decision.action != hyp::Action::Execute) return decision;
  return {hyp::Action::Undefined, HsrEc::Unknown, 0, "no such register"};
}

hyp::Decision decide_present(const Call& call) {
  return hyp::decide_cp14_cp15(call.access, call.row.trap, allowed(call) ? hyp::Allowed::Yes : hyp::Allowed::No,
                               {call.state.mode, call.state.security(), call.state.sys});
}

}  // namespace

hyp::Decision decide(Services& core, const Row* row, const hyp::CoprocAccess& access) {
  return row == nullptr ? decide_absent(access, core.state()) : decide_present(call_of(core, *row, access));
}

AccessResult access(Services& core, const Row* row, const hyp::CoprocAccess& access, u64& value) {
  AccessResult result;
  if (row == nullptr) {
    result.decision = decide_absent(access, core.state());
    result.access = result.decision.action == hyp::Action::HypTrap ? Access::HypTrap : Access::Undefined;
    return result;
  }

  const Call call = call_of(core, *row, access);
  result.decision = decide_present(call);
  switch (result.decision.action) {
    case hyp::Action::HypTrap: result.access = Access::HypTrap; return result;
    case hyp::Action::Undefined: result.access = Access::Undefined; return result;
    case hyp::Action::Execute: break;
  }
  if (access.read) {
    value = read_value(call);
    result.ends_block = (row->flags & kReadEndsBlock) != 0;
  } else {
    result.access = write_value(call, value);
    result.ends_block = row->changes != 0 || (row->flags & kEndsBlock) != 0 || result.access == Access::Aborted;
  }
  return result;
}

namespace {

hyp::CoprocAccess access_of(const Row& row, bool read) {
  hyp::CoprocAccess access;
  access.cp = row.at.cp;
  access.form = row.at.wide ? hyp::CoprocForm::Mcrr : hyp::CoprocForm::Mcr;
  access.read = read;
  access.opc1 = row.at.opc1;
  access.crn = row.at.crn;
  access.crm = row.at.crm;
  access.opc2 = row.at.opc2;
  return access;
}

}  // namespace

u64 peek(Services& core, const Row& row, Security bank) {
  CpuState& state = core.state();
  return read_value(
      {core, state, row, access_of(row, true), view_of(state.mode, state.security(), state.sys.scr_ns()), bank});
}

void poke(Services& core, const Row& row, Security bank, u64 value) {
  CpuState& state = core.state();
  write_value(
      {core, state, row, access_of(row, false), view_of(state.mode, state.security(), state.sys.scr_ns()), bank},
      value);
}

void reset(Services& core) {
  CpuState& state = core.state();
  state.sys = {};
  state.pmu = {};
  state.debug = {};
  for (const Row* row : all_rows()) {
    if (!stored(*row) || row->alias_of != nullptr) continue;
    const u64 value = row->reset_from != nullptr ? row->reset_from(core) : row->reset;
    for (Security bank : {Security::NonSecure, Security::Secure}) store_to(state, row->storage, bank, value);
  }
  pmu_refresh(core);
}

}  // namespace hypsim::sysreg

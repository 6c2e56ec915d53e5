// SPDX-License-Identifier: Apache-2.0
// A made-up core for tests of the profile: says what it does, in cycles, and the observer hears of it.
#pragma once

#include <memory>

#include "sim/profile/world_switch.h"

namespace hypsim::profile::test {

constexpr u32 kGuestPc = 0x80000000, kHostPc = 0xC0001000, kHypPc = 0x5000;

/// HSR of an HVC with this immediate.
constexpr u32 hvc_hsr(u32 imm) { return static_cast<u32>(HsrEc::Hvc) << 26 | 1u << 25 | imm; }
constexpr u32 wfi_hsr() { return static_cast<u32>(HsrEc::WfiWfe) << 26 | 1u << 25; }

/// Phases of a switch: "cp15" from 0x5100, "banked" from 0x5200, no phase from 0x5300.
inline PhaseMap switch_phases() {
  PhaseMap phases;
  phases.add_symbol(kHypPc + 0x100, "cp15.save_host");
  phases.add_symbol(kHypPc + 0x200, "banked.save_host");
  phases.add_symbol(kHypPc + 0x300, "panic");
  phases.finish();
  return phases;
}

class EventScript {
 public:
  explicit EventScript(PhaseMap phases = switch_phases(), u8 core = 0)
      : owned_(std::make_unique<WorldSwitchProfile>(std::move(phases))), profile(*owned_), core_(core) {}
  /// A second core under the same profile.
  EventScript(WorldSwitchProfile& shared, u8 core) : profile(shared), core_(core) {}

 private:
  std::unique_ptr<WorldSwitchProfile> owned_;

 public:
  WorldSwitchProfile& profile;
  u8 vmid = 0;
  u64 now = 0;
  RefillTail tail;

  /// Time that passes without an event.
  void spend(Resource r, u64 cycles) {
    now += cycles;
    stack_[static_cast<unsigned>(r)] += cycles;
  }
  void guest(u64 cycles, u32 insns = 1) { block(kGuestPc, Mode::Supervisor, true, cycles, insns); }
  void host(u64 cycles, u32 insns = 1) { block(kHostPc, Mode::Supervisor, false, cycles, insns); }
  void host_user(u64 cycles, u32 insns = 1) { block(0x8000, Mode::User, false, cycles, insns); }
  void hyp(u64 cycles, u32 offset = 0, u32 insns = 1) { block(kHypPc + offset, Mode::Hyp, false, cycles, insns); }
  void secure(u64 cycles) { block(0, Mode::Supervisor, false, cycles, 1, Security::Secure); }

  void block(u32 pc, Mode mode, bool in_guest, u64 cycles, u32 insns, Security security = Security::NonSecure) {
    spend(Resource::Base, cycles);
    insns_ += insns;
    profile.block(moment(in_guest), {pc, insns, mode, security});
  }

  void enter(Exception kind, Mode from, Mode to, bool from_guest, u32 hsr = 0, u64 cycles = 15) {
    spend(Resource::Exception, cycles);
    ExceptionEvent e{};
    e.kind = kind;
    e.from = from;
    e.to = to;
    e.from_security = Security::NonSecure;
    e.to_security = to == Mode::Monitor ? Security::Secure : Security::NonSecure;
    e.return_address = from_guest ? kGuestPc : from == Mode::Hyp ? kHypPc : kHostPc;
    e.hsr = hsr;
    e.from_guest = from_guest;
    profile.exception(moment(from_guest && to != Mode::Hyp && to != Mode::Monitor), e);
  }
  void guest_to_hyp(u32 hsr = hvc_hsr(0), u64 cycles = 15) {
    enter(Exception::HypervisorCall, Mode::Supervisor, Mode::Hyp, true, hsr, cycles);
  }
  void guest_irq(u64 cycles = 15) { enter(Exception::Irq, Mode::Supervisor, Mode::Hyp, true, 0, cycles); }
  void host_to_hyp(u32 hsr = hvc_hsr(0), u64 cycles = 15) {
    enter(Exception::HypervisorCall, Mode::Supervisor, Mode::Hyp, false, hsr, cycles);
  }

  void leave(Mode from, Mode to, bool to_guest, u64 cycles = 10, Security to_security = Security::NonSecure) {
    spend(Resource::Exception, cycles);
    profile.exception_return(moment(to_guest), {from, to, to_security, 0, to_guest});
  }
  void hyp_to_guest(u64 cycles = 10) { leave(Mode::Hyp, Mode::Supervisor, true, cycles); }
  void hyp_to_host(u64 cycles = 10) { leave(Mode::Hyp, Mode::Supervisor, false, cycles); }

  void marker(u32 option, u32 row, bool in_guest = true) { profile.marker(moment(in_guest), option, row); }
  void finish() { profile.finish(moment(false)); }

  const Exit* trip(u32 hsr, u8 of_vmid, u8 of_core = 0) const {
    ExceptionEvent e{};
    e.kind = Exception::HypervisorCall;
    e.to = Mode::Hyp;
    e.hsr = hsr;
    return find({cause_of(e), of_vmid, of_core});
  }
  const Exit* irq_trip(u8 of_vmid, u8 of_core = 0) const {
    ExceptionEvent e{};
    e.kind = Exception::Irq;
    e.to = Mode::Hyp;
    return find({cause_of(e), of_vmid, of_core});
  }
  u64 phase(u16 number) const {
    const Buckets run = profile.run_buckets();
    return run.contains(number) ? sum(run.at(number)) : 0;
  }
  u64 resource(Resource r) const { return by_resource(profile.run_buckets())[static_cast<unsigned>(r)]; }

 private:
  Moment moment(bool in_guest) const { return {core_, Vmid(vmid), in_guest, Cycles(now), insns_, &stack_, &tail}; }
  const Exit* find(const WorldSwitchProfile::ExitKey& key) const {
    const auto it = profile.exits().find(key);
    return it == profile.exits().end() ? nullptr : &it->second;
  }

  u8 core_;
  u64 insns_ = 0;
  CycleStack stack_{};
};

}  // namespace hypsim::profile::test

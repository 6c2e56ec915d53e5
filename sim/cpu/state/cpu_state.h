// SPDX-License-Identifier: Apache-2.0
// The architectural state of one core: registers, banks, PSRs, system register values, FP registers, local monitor.
#pragma once

#include "sim/base/system_registers.h"
#include "sim/base/types.h"
#include "sim/cpu/ir/micro_op.h"
#include "sim/cpu/state/debug_registers.h"
#include "sim/cpu/state/pmu.h"

namespace hypsim {

/// Banks of SP, LR and SPSR. User and System share a bank; Hyp has no LR of its own. ARM DDI 0406C B1.3.2
enum class Bank : u8 { User, Fiq, Irq, Supervisor, Abort, Undefined, Monitor, Hyp, Count };

constexpr Bank bank_of(Mode m) {
  switch (m) {
    case Mode::Fiq: return Bank::Fiq;
    case Mode::Irq: return Bank::Irq;
    case Mode::Supervisor: return Bank::Supervisor;
    case Mode::Abort: return Bank::Abort;
    case Mode::Undefined: return Bank::Undefined;
    case Mode::Monitor: return Bank::Monitor;
    case Mode::Hyp: return Bank::Hyp;
    default: return Bank::User;
  }
}

/// CPSR fields that are not unpacked into slots. ARM DDI 0406C B1.3.3
namespace psr {
constexpr u32 N = 1u << 31, Z = 1u << 30, C = 1u << 29, V = 1u << 28, Q = 1u << 27, J = 1u << 24, E = 1u << 9,
              A = 1u << 8, I = 1u << 7, F = 1u << 6, T = 1u << 5, M = 0x1F;
constexpr u32 GE = 0xFu << 16;
constexpr u32 IT = 0x0600FC00;
/// ITSTATE lives in CPSR<15:10,26:25>.
constexpr u8 itstate(u32 cpsr) { return static_cast<u8>(bits(cpsr, 15, 10) << 2 | bits(cpsr, 26, 25)); }
/// ITSTATE after one more instruction of its block. ARM DDI 0406C A2.5.2
constexpr u8 it_advanced(u8 it) { return (it & 7) == 0 ? 0 : static_cast<u8>((it & 0xE0) | ((it << 1) & 0x1F)); }
constexpr u32 it_field(u8 it) { return u32{bits<u8>(it, 7, 2)} << 10 | u32{bits<u8>(it, 1, 0)} << 25; }
}  // namespace psr

/// The local exclusive monitor. Nothing but CLREX, STREX and the monitor's own rules clears it: exception entry and
/// return do not. ARM DDI 0406C A3.4.1
struct LocalMonitor {
  bool exclusive = false;
  PhysAddr pa{};
  u8 size = 0;
  bool operator==(const LocalMonitor&) const = default;
};

struct CpuState {
  /// R0..R14 of the current mode, PC of the next instruction, flags and temporaries: see sim/cpu/ir/micro_op.h.
  u32 slot[ir::kSlots]{};

  // CPSR beyond the flags
  Mode mode = Mode::Supervisor;
  u8 itstate = 0;
  bool thumb = false, jazelle = false, big_endian = false;
  bool mask_a = true, mask_i = true, mask_f = true;

  // Registers of the modes that are not current. The current mode's copies are stale: they live in `slot`.
  u32 bank_sp[static_cast<unsigned>(Bank::Count)]{};
  u32 bank_lr[static_cast<unsigned>(Bank::Count)]{};  ///< [Hyp] unused: Hyp uses LR_usr
  u32 usr_r8_12[5]{};                                 ///< R8..R12 of all modes but FIQ
  u32 fiq_r8_12[5]{};
  u32 spsr[static_cast<unsigned>(Bank::Count)]{};  ///< always current; [User] unused
  u32 elr_hyp = 0;

  SystemRegisters sys;
  Pmu pmu;
  DebugRegisters debug;
  u64 d[32]{};  ///< VFP/Advanced SIMD D registers
  LocalMonitor monitor;
  bool event_register = false;  ///< WFE/SEV. ARM DDI 0406C B1.8.13

  u32& pc() { return slot[ir::kPc]; }
  u32 pc() const { return slot[ir::kPc]; }

  Security security() const { return mode == Mode::Monitor || !sys.scr_ns() ? Security::Secure : Security::NonSecure; }
  bool privileged() const { return mode != Mode::User; }
  /// ISETSTATE 0b11. J without T would be Jazelle state, which the A15 never enters.
  bool thumbee() const { return thumb && jazelle; }
  bool is_hyp() const { return mode == Mode::Hyp; }

  u32 nzcv() const {
    return (slot[ir::kN] & psr::N) | (slot[ir::kZ] == 0 ? psr::Z : 0) | (slot[ir::kC] ? psr::C : 0) |
           (bit(slot[ir::kV], 31) ? psr::V : 0);
  }
  void set_nzcv(u32 flags) {
    slot[ir::kN] = flags & psr::N;
    slot[ir::kZ] = (flags & psr::Z) ? 0 : 1;
    slot[ir::kC] = (flags & psr::C) ? 1 : 0;
    slot[ir::kV] = (flags & psr::V) ? psr::N : 0;
  }

  /// The CPSR as MRS reads it, execution state bits included.
  u32 cpsr() const;
  /// Sets every field of the CPSR, switching banks. `value` must hold a valid mode for the security state: the caller
  /// has checked (B1.3.3 and the exception return rules).
  void set_cpsr(u32 value);
  /// Swaps the banked registers in and makes `m` current.
  void switch_mode(Mode m);

  /// Register n (0..14) as seen from mode `m`, wherever it lives now.
  u32 reg(unsigned n, Mode m) const;
  void set_reg(unsigned n, Mode m, u32 value);
  u32& current_spsr() { return spsr[static_cast<unsigned>(bank_of(mode))]; }

 private:
  u32& reg_ref(unsigned n, Mode m);
};

}  // namespace hypsim

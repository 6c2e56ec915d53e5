// SPDX-License-Identifier: Apache-2.0
// Aborts: where they go, and the fault status and address registers. ARM DDI 0406C B1.9.7, B1.9.8, B3.12, B3.13.
#include "sim/cpu/state/exceptions.h"
#include "sim/hyp/traps.h"

namespace hypsim {
namespace {

constexpr bool is_synchronous_external(const Fault& fault) {
  return fault.kind == FaultKind::SyncExternal || fault.kind == FaultKind::SyncExternalOnWalk;
}

/// TakeDataAbortException(), TakePrefetchAbortException(): the order of the checks is theirs.
Mode abort_target(const CpuState& s, const Fault& fault) {
  if (is_synchronous_external(fault) && bit(s.sys.scr, scr::EA)) return Mode::Monitor;
  if (s.mode == Mode::Hyp) return Mode::Hyp;
  if (s.security() == Security::NonSecure) {
    if (fault.stage2 || fault.to_hyp) return Mode::Hyp;
    if (fault.kind == FaultKind::Debug && bit(s.sys.hdcr, hdcr::TDE)) return Mode::Hyp;
    // With TGE the stage-1 MMU of PL1&0 is off: what is left are alignment, debug and external aborts.
    if (s.mode == Mode::User && bit(s.sys.hcr, hcr::TGE)) return Mode::Hyp;
  }
  return Mode::Abort;
}

/// The bank of the fault registers: an abort taken to Monitor mode, or out of it, is reported in the Secure ones.
Security fault_bank(const CpuState& s, Mode target) {
  return target == Mode::Monitor ? Security::Secure : s.security();
}

bool long_format(const CpuState& s, Security bank) { return bit(s.sys.ttbcr[bank], ttbcr::EAE); }

/// A synchronous external abort that Monitor mode takes out of Non-secure state keeps the format of the translation it
/// belongs to: its level may have no code in the short one. ARM DDI 0406C B3.13.3, DataAbort()
bool reported_long(const CpuState& s, const Fault& fault, Mode target) {
  if (long_format(s, fault_bank(s, target))) return true;
  if (target != Mode::Monitor || s.security() == Security::Secure) return false;
  return s.mode == Mode::Hyp || fault.stage2 || long_format(s, Security::NonSecure);
}

/// ISS<24:16>: the instruction's description, for data aborts that stage 2 found on the access itself. B3.13.6
u32 instruction_syndrome(const Fault& fault, const AccessSyndrome& a) {
  if (!a.isv || a.cache_maintenance || !fault.stage2 || fault.s1ptw) return 0;
  return 1u << 24 | (a.sas & 3u) << 22 | (a.sse ? 1u << 21 : 0) | (a.srt & 15u) << 16;
}

void report_to_hyp(CpuState& s, const Fault& fault, const AccessSyndrome& a, ExceptionRequest& request) {
  const bool from_hyp = s.mode == Mode::Hyp;
  // A debug exception leaves HIFAR UNKNOWN: unchanged.
  if (a.fetch) {
    if (fault.kind != FaultKind::Debug) s.sys.hifar() = a.va;
    request.hsr = hyp::make_hsr(from_hyp ? HsrEc::PrefetchAbortHyp : HsrEc::PrefetchAbortGuest, a.il,
                                hsr_iss_instruction_abort(fault));
  } else {
    s.sys.hdfar() = a.va;
    request.hsr =
        hyp::make_hsr(from_hyp ? HsrEc::DataAbortHyp : HsrEc::DataAbortGuest, a.il,
                      hsr_iss_data_abort(fault, a.write, a.cache_maintenance) | instruction_syndrome(fault, a));
  }
  if (fault.ipa_valid) s.sys.hpfar = hpfar_value(fault);
  request.hsr_valid = true;
}

void report_to_pl1(CpuState& s, const Fault& fault, const AccessSyndrome& a, Mode target) {
  const Security bank = fault_bank(s, target);
  const bool is_long = reported_long(s, fault, target);
  if (a.fetch) {
    s.sys.ifsr[bank] = encode_ifsr(fault, is_long);
    if (fault.kind != FaultKind::Debug) s.sys.ifar[bank] = a.va;  // after a debug exception UNKNOWN: unchanged
  } else {
    s.sys.dfsr[bank] = encode_fsr(fault, is_long, a.write, a.cache_maintenance);
    s.sys.dfar[bank] = a.va;
  }
}

}  // namespace

ExceptionRequest synchronous_abort(CpuState& state, const Fault& fault, const AccessSyndrome& access, u32 pc) {
  ExceptionRequest request;
  request.kind = access.fetch ? Exception::PrefetchAbort : Exception::DataAbort;
  request.target = abort_target(state, fault);
  request.pc = pc;
  request.next_pc = pc;
  if (request.target == Mode::Hyp)
    report_to_hyp(state, fault, access, request);
  else
    report_to_pl1(state, fault, access, request.target);
  return request;
}

// The fault address registers of an asynchronous abort are UNKNOWN: left alone. ARM DDI 0406C B3.13.1
ExceptionRequest asynchronous_abort(CpuState& state, bool is_virtual, Mode target, u32 pc) {
  ExceptionRequest request;
  request.kind = is_virtual ? Exception::VirtualAbort : Exception::DataAbort;
  request.target = target;
  request.pc = pc;
  request.next_pc = pc;

  Fault fault;
  fault.kind = FaultKind::AsyncExternal;
  if (is_virtual) state.sys.hcr &= ~(1u << hcr::VA);  // taken: no longer pending. ARM DDI 0406C B1.8.11
  if (target == Mode::Hyp) {
    const HsrEc ec = state.mode == Mode::Hyp ? HsrEc::DataAbortHyp : HsrEc::DataAbortGuest;
    request.hsr = hyp::make_hsr(ec, false, hsr_iss_data_abort(fault, false, false));
    request.hsr_valid = true;
    return request;
  }
  const Security bank = fault_bank(state, target);
  state.sys.dfsr[bank] = encode_fsr(fault, long_format(state, bank), false, false);
  return request;
}

}  // namespace hypsim

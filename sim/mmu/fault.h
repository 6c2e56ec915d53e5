// SPDX-License-Identifier: Apache-2.0
// What goes wrong in a translation, and how the fault status registers say it. ARM DDI 0406C B3.12, B3.13
#pragma once

#include "sim/base/arch.h"
#include "sim/base/types.h"

namespace hypsim {

enum class FaultKind : u8 {
  None,
  Translation,
  AccessFlag,
  Permission,
  Domain,  ///< short descriptors only
  Alignment,
  SyncExternal,        ///< synchronous external abort on the access itself: raised by the core, encoded here
  SyncExternalOnWalk,  ///< synchronous external abort on a translation table walk
  Debug,
  AsyncExternal,
  TlbConflict,
};

/// One fault. For the stage-1 faults of the PL1&0 regimes the caller applies HCR.TGE and SCR.EA routing itself.
struct Fault {
  FaultKind kind = FaultKind::None;
  u8 level = 0;         ///< level of the descriptor: 1..2 (short) or 1..3 (long); 0 where a level means nothing
  bool stage2 = false;  ///< found by stage 2
  bool s1ptw = false;   ///< stage 2 refused the address of a stage-1 descriptor; implies `stage2`
  u8 domain = 0;        ///< valid if `domain_valid`
  bool domain_valid = false;
  bool to_hyp = false;          ///< stage 2, or the Hyp regime: taken to Hyp mode without any routing control
  bool ipa_valid = false;       ///< HPFAR is to be written with `ipa`; false leaves HPFAR UNKNOWN (A15: unchanged)
  bool external_slave = false;  ///< xFSR.ExT: the external abort was a slave error, not a decode error
  IntermAddr ipa{};             ///< the address stage 2 translated

  constexpr explicit operator bool() const { return kind != FaultKind::None; }
  constexpr bool operator==(const Fault&) const = default;
};

/// The fault of an unaligned access that stage 1 or no translation at all finds: required by SCTLR.A or the instruction
/// itself, or made to memory that is not Normal.
Fault alignment_fault(Regime regime);

/// DFSR for `fault`. `write` sets WnR; `cache_maintenance` (also for address translation operations) sets CM and WnR.
/// `long_format` is TTBCR.EAE of the regime that takes the abort.
u32 encode_fsr(const Fault& fault, bool long_format, bool write, bool cache_maintenance);

/// IFSR for `fault`.
u32 encode_ifsr(const Fault& fault, bool long_format);

/// The 6-bit status code in the long-descriptor encoding: HSR.{I,D}FSC, long xFSR.STATUS, long PAR.FST.
u32 hsr_fsc(const Fault& fault);

/// The 5-bit FS code of the short-descriptor encoding.
u32 fsr_short_code(const Fault& fault);

/// ISS of an instruction abort taken to Hyp: EA, S1PTW, IFSC. ARM DDI 0406C B3.13.6
u32 hsr_iss_instruction_abort(const Fault& fault);

/// ISS of a data abort taken to Hyp with ISV=0: EA, CM, S1PTW, WnR, DFSC. The caller adds ISV, SAS, SSE and SRT.
u32 hsr_iss_data_abort(const Fault& fault, bool write, bool cache_maintenance);

/// HPFAR for an `ipa_valid` fault: IPA[39:12] at bits 31:4.
u32 hpfar_value(const Fault& fault);

}  // namespace hypsim

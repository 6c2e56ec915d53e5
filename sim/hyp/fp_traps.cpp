// SPDX-License-Identifier: Apache-2.0
// VFP and Advanced SIMD: CheckAdvSIMDOrVFPEnabled() of ARM DDI 0406C B1.11 and the ID group traps of B1.14.
#include "sim/hyp/syndrome.h"
#include "sim/hyp/traps.h"

namespace hypsim::hyp {
namespace {

constexpr unsigned kCpacrD32Dis = 30, kCpacrAsedis = 31;      // ARM DDI 0406C B4.1.40
constexpr unsigned kNsacrNsD32Dis = 14, kNsacrNsAsedis = 15;  // ARM DDI 0406C B4.1.111
constexpr unsigned kFpexcEn = 30;
constexpr u8 kVmrsFpsidReg = 0;

constexpr Decision undefined(const char* reason) { return {Action::Undefined, HsrEc::Unknown, 0, reason}; }

}  // namespace

Decision decide_fp(FpClass cls, const CoprocAccess& access, const Situation& s) {
  const SystemRegisters& r = s.regs;
  const bool non_secure = s.security == Security::NonSecure;
  const bool hyp = s.mode == Mode::Hyp;
  const bool simd = cls == FpClass::AdvancedSimd;
  const bool high = cls == FpClass::VfpHighRegisters;
  const bool system_register = cls == FpClass::VmrsFpexc || cls == FpClass::VmrsFpsid || cls == FpClass::VmrsMvfr;

  // Of the VFP system registers PL0 sees the FPSCR alone. ARM DDI 0406C B9.3.21
  if (system_register && s.pl0()) return undefined("VFP system register at PL0");

  // What NSACR denies reads as denied in the Non-secure view of CPACR and HCPTR.
  const bool ns_denied = non_secure && !bit(r.nsacr, 10);
  const bool ns_simd_denied = non_secure && bit(r.nsacr, kNsacrNsAsedis);
  if (!hyp) {
    if (ns_denied) return undefined("NSACR.cp10");
    const u32 cp10 = bits(r.cpacr, 21, 20);  // 0b10 is reserved and denies
    if (cp10 != 3 && (cp10 != 1 || s.pl0())) return undefined("CPACR.cp10");
    if (simd && ns_simd_denied) return undefined("NSACR.NSASEDIS");
    if (simd && bit(r.cpacr, kCpacrAsedis)) return undefined("CPACR.ASEDIS");
    if (high && bit(r.cpacr, kCpacrD32Dis)) return undefined("CPACR.D32DIS");
  }
  if (high && non_secure && bit(r.nsacr, kNsacrNsD32Dis)) return undefined("NSACR.NSD32DIS");

  if (!system_register && !bit(r.fpexc, kFpexcEn)) return undefined("FPEXC.EN");

  if (!non_secure) return {};
  // TCP10 rules for both halves of the register file, as cp10 does in CPACR. In Hyp mode a denied use is UNDEFINED,
  // with the trap's syndrome.
  const bool tcp = bit(r.hcptr, hcptr::TCP10);
  const bool tase = simd && bit(r.hcptr, hcptr::TASE);
  if (ns_denied || tcp || tase || (simd && ns_simd_denied)) {
    const char* reason = ns_denied ? "NSACR.cp10" : tcp ? "HCPTR.TCP10" : tase ? "HCPTR.TASE" : "NSACR.NSASEDIS";
    return {hyp ? Action::Undefined : Action::HypTrap, HsrEc::Hcptr, simd ? iss_hcptr_simd() : iss_hcptr_coproc(10),
            reason};
  }
  if (hyp || !access.read) return {};
  if (cls == FpClass::VmrsFpsid && bit(r.hcr, hcr::TID0))
    return {Action::HypTrap, HsrEc::Cp10Vmrs, iss_vmrs(kVmrsFpsidReg, access.rt), "HCR.TID0"};
  if (cls == FpClass::VmrsMvfr && bit(r.hcr, hcr::TID3))
    return {Action::HypTrap, HsrEc::Cp10Vmrs, iss_vmrs(access.crn, access.rt), "HCR.TID3"};
  return {};
}

}  // namespace hypsim::hyp

// SPDX-License-Identifier: Apache-2.0
// Floating point and SIMD: every combination of the controls against a reference that walks the manual's text.
#include <gtest/gtest.h>

#include "tests/hyp/situations.h"

namespace hypsim::hyp {
namespace {

struct Controls {
  unsigned cpacr_cp10;                 // CPACR<21:20>
  bool asedis, d32dis;                 // CPACR<31>, <30>
  bool ns_cp10, ns_asedis, ns_d32dis;  // NSACR<10>, <15>, <14>
  bool en;                             // FPEXC<30>
  bool tcp10, tase;                    // HCPTR<10>, <15>
  bool tid0, tid3;                     // HCR<15>, <18>
};

Controls controls_of(unsigned n) {
  const auto take = [&n](unsigned width) {
    const unsigned v = n & ((1u << width) - 1);
    n >>= width;
    return v;
  };
  Controls c{};
  c.cpacr_cp10 = take(2);
  for (bool* b :
       {&c.asedis, &c.d32dis, &c.ns_cp10, &c.ns_asedis, &c.ns_d32dis, &c.en, &c.tcp10, &c.tase, &c.tid0, &c.tid3})
    *b = take(1);
  return c;
}

SystemRegisters registers_of(const Controls& c) {
  SystemRegisters r;
  r.cpacr = c.cpacr_cp10 << 20 | c.cpacr_cp10 << 22 | u32{c.asedis} << 31 | u32{c.d32dis} << 30;
  r.nsacr = u32{c.ns_cp10} << 10 | u32{c.ns_cp10} << 11 | u32{c.ns_asedis} << 15 | u32{c.ns_d32dis} << 14;
  r.fpexc = u32{c.en} << 30;
  r.hcptr = u32{c.tcp10} << 10 | u32{c.tcp10} << 11 | u32{c.tase} << 15;
  r.hcr = u32{c.tid0} << 15 | u32{c.tid3} << 18;
  return r;
}

enum class Outcome { Runs, Undef, UndefEc7Vfp, UndefEc7Simd, TrapVfp, TrapSimd, TrapId };

/// First CPACR (never in Hyp mode), as narrowed by NSACR; then FPEXC; then HCPTR as widened by NSACR; then the ID
/// traps.
Outcome reference(FpClass cls, bool read, const Controls& c, const Place& p) {
  const bool id_or_exc = cls == FpClass::VmrsFpexc || cls == FpClass::VmrsFpsid || cls == FpClass::VmrsMvfr;
  const bool simd = cls == FpClass::AdvancedSimd, d32 = cls == FpClass::VfpHighRegisters;
  if (p.pl0() && id_or_exc) return Outcome::Undef;
  unsigned cp10 = c.cpacr_cp10;
  bool asedis = c.asedis, d32dis = c.d32dis, trap_fp = c.tcp10, trap_simd = c.tase;
  if (!p.secure()) {
    if (!c.ns_cp10) cp10 = 0, trap_fp = true;
    if (c.ns_asedis) asedis = trap_simd = true;
    if (c.ns_d32dis) d32dis = true;
  }
  if (!p.hyp()) {
    if (cp10 == 0 || cp10 == 2 || (cp10 == 1 && p.pl0())) return Outcome::Undef;
    if (simd && asedis) return Outcome::Undef;
    if (d32 && d32dis) return Outcome::Undef;
  } else if (d32 && c.ns_d32dis) {
    return Outcome::Undef;
  }
  if (!id_or_exc && !c.en) return Outcome::Undef;
  if (p.secure()) return Outcome::Runs;
  if (trap_fp || (simd && trap_simd)) {
    if (p.hyp()) return simd ? Outcome::UndefEc7Simd : Outcome::UndefEc7Vfp;
    return simd ? Outcome::TrapSimd : Outcome::TrapVfp;
  }
  if (!p.hyp() && read && ((cls == FpClass::VmrsFpsid && c.tid0) || (cls == FpClass::VmrsMvfr && c.tid3)))
    return Outcome::TrapId;
  return Outcome::Runs;
}

Outcome outcome(const Decision& d, u32 id_iss) {
  const u32 hsr = make_hsr(d.ec, true, d.iss);
  if (d.action == Action::Execute) return Outcome::Runs;
  if (d.action == Action::Undefined) {
    if (hsr == 0x1FE0000A) return Outcome::UndefEc7Vfp;
    if (hsr == 0x1FE00020) return Outcome::UndefEc7Simd;
    EXPECT_EQ(hsr, 0u);
    return Outcome::Undef;
  }
  if (hsr == 0x1FE0000A) return Outcome::TrapVfp;
  if (hsr == 0x1FE00020) return Outcome::TrapSimd;
  EXPECT_EQ(hsr, id_iss);
  return Outcome::TrapId;
}

TEST(FpTraps, AllControlsModesAndClasses) {
  for (FpClass cls : {FpClass::Vfp, FpClass::AdvancedSimd, FpClass::VmrsFpexc, FpClass::VmrsFpsid, FpClass::VmrsMvfr,
                      FpClass::VfpHighRegisters})
    for (unsigned n = 0; n < 1u << 12; ++n) {
      const Controls c = controls_of(n);
      const SystemRegisters regs = registers_of(c);
      for (const Place& p : kPlaces)
        for (bool read : {false, true}) {
          // VMRS R5, MVFR1 is register 6; FPSID is register 0.
          const u8 reg = cls == FpClass::VmrsMvfr ? 6 : cls == FpClass::VmrsFpexc ? 8 : 0;
          const CoprocAccess a{.cp = 10, .form = CoprocForm::Mcr, .read = read, .opc1 = 7, .crn = reg, .rt = 5};
          const Decision d = decide_fp(cls, a, {p.mode, p.security, regs});
          ASSERT_EQ(outcome(d, reg == 6 ? 0x23E1D8A1u : 0x23E1C0A1u), reference(cls, read, c, p))
              << "class " << static_cast<int>(cls) << " controls " << n << " read " << read << " " << p << ": "
              << d.reason;
        }
    }
}

TEST(FpTraps, ReasonsFollowTheOrderCpacrFpexcHcptr) {
  SystemRegisters r;
  r.nsacr = 3u << 10;
  r.hcptr = 1u << 10 | 1u << 15;
  const Situation s{Mode::Supervisor, Security::NonSecure, r};
  const auto reason = [&](FpClass cls) { return std::string(decide_fp(cls, {.cp = 10}, s).reason); };
  EXPECT_EQ(reason(FpClass::Vfp), "CPACR.cp10");
  r.cpacr = 0xFu << 20 | 1u << 31;
  EXPECT_EQ(reason(FpClass::AdvancedSimd), "CPACR.ASEDIS");
  EXPECT_EQ(reason(FpClass::Vfp), "FPEXC.EN");
  r.cpacr = 0xFu << 20;
  r.fpexc = 1u << 30;
  EXPECT_EQ(reason(FpClass::Vfp), "HCPTR.TCP10");
  EXPECT_EQ(reason(FpClass::AdvancedSimd), "HCPTR.TCP10");
  r.hcptr = 1u << 15;
  EXPECT_EQ(reason(FpClass::AdvancedSimd), "HCPTR.TASE");
  EXPECT_EQ(reason(FpClass::Vfp), "");
  r.nsacr = 0;
  EXPECT_EQ(reason(FpClass::Vfp), "NSACR.cp10");
}

}  // namespace
}  // namespace hypsim::hyp

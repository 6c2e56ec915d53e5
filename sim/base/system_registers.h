// SPDX-License-Identifier: Apache-2.0
// The values of all stored system registers of one core. Only values stand here: encodings, access rules, masks, reset
// values and side effects are rows of the table in sim/cpu/sysreg. The MMU and the trap rules read this structure.
#pragma once

#include "sim/base/arch.h"

namespace hypsim {

/// A register with one copy for each security state. ARM DDI 0406C B3.15.3
template <class T>
struct Banked {
  T bank[2]{};  // indexed by Security: [0] Non-secure, [1] Secure
  constexpr T& operator[](Security s) { return bank[static_cast<unsigned>(s)]; }
  constexpr const T& operator[](Security s) const { return bank[static_cast<unsigned>(s)]; }
};

struct SystemRegisters {
  // c0: identification that hypervisors override
  u32 vpidr{}, vmpidr{};
  Banked<u32> csselr;

  // c1: system control
  Banked<u32> sctlr;
  u32 actlr{};  // the Cortex-A15's ACTLR is common to both security states
  u32 cpacr{}, scr{}, sder{}, nsacr{};
  u32 hsctlr{}, hcr{}, hdcr{}, hcptr{}, hstr{};

  // c2, c3: translation control
  Banked<u64> ttbr0, ttbr1;
  Banked<u32> ttbcr, dacr;
  u64 httbr{}, vttbr{};
  u32 htcr{}, vtcr{};

  // c5, c6: faults
  Banked<u32> dfsr, ifsr, adfsr, dfar, ifar;
  u32 hadfsr{}, hsr{}, hpfar{};
  /// HDFAR and HIFAR are the Secure DFAR and IFAR by other names. ARM DDI 0406C B3.17.2
  u32& hdfar() { return dfar[Security::Secure]; }
  u32& hifar() { return ifar[Security::Secure]; }
  u32 hdfar() const { return dfar[Security::Secure]; }
  u32 hifar() const { return ifar[Security::Secure]; }

  // c7
  Banked<u64> par;

  // c10: memory attributes; PRRR/NMRR with TTBCR.EAE=0 are the same storage as MAIR0/MAIR1
  Banked<u32> mair0, mair1;
  u32 hmair0{}, hmair1{};

  // c12
  Banked<u32> vbar;
  u32 mvbar{}, hvbar{};

  // c13
  Banked<u32> contextidr, tpidrurw, tpidruro, tpidrprw;
  u32 htpidr{};

  // c14: the timers themselves live in the timer device; these are the core's access controls
  u32 cntkctl{}, cnthctl{};

  // floating point (VMSR/VMRS)
  u32 fpexc{}, fpscr{};

  // ThumbEE. ARM DDI 0406C A2.9
  u32 teecr{}, teehbr{};

  // c9, c15: IMPLEMENTATION DEFINED. Cortex-A15 TRM 4.2.9, 4.2.15
  u32 actlr2{}, l2ctlr{}, l2actlr{}, l2pfr{};

  constexpr bool scr_ns() const { return bit(scr, 0); }
};

// Bits that more than one room tests; the names are the manual's.
namespace sctlr {
constexpr unsigned M = 0, A = 1, C = 2, CP15BEN = 5, Z = 11, I = 12, V = 13, HA = 17, WXN = 19, UWXN = 20, FI = 21,
                   U = 22, VE = 24, EE = 25, NMFI = 27, TRE = 28, AFE = 29, TE = 30;
}
namespace scr {
constexpr unsigned NS = 0, IRQ = 1, FIQ = 2, EA = 3, FW = 4, AW = 5, NET = 6, SCD = 7, HCE = 8, SIF = 9;
}
namespace hcr {
constexpr unsigned VM = 0, SWIO = 1, PTW = 2, FMO = 3, IMO = 4, AMO = 5, VF = 6, VI = 7, VA = 8, FB = 9, BSU_LO = 10,
                   DC = 12, TWI = 13, TWE = 14, TID0 = 15, TID1 = 16, TID2 = 17, TID3 = 18, TSC = 19, TIDCP = 20,
                   TAC = 21, TSW = 22, TPC = 23, TPU = 24, TTLB = 25, TVM = 26, TGE = 27;
}
namespace hdcr {
constexpr unsigned TPMCR = 5, TPM = 6, HPME = 7, TDE = 8, TDA = 9, TDOSA = 10, TDRA = 11;
}
namespace hstr {
constexpr unsigned TTEE = 16, TJDBX = 17;
}
namespace hcptr {
constexpr unsigned TCP10 = 10, TCP11 = 11, TASE = 15, TTA = 20, TCPAC = 31;
}
namespace ttbcr {
constexpr unsigned PD0 = 4, PD1 = 5, EPD0 = 7, A1 = 22, EPD1 = 23, EAE = 31;
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// TLB maintenance operations as values: what an operation matches is one row of a table, and a broadcast is the same
// value sent to every core. ARM DDI 0406C B4.2.2
#pragma once

#include "sim/base/arch.h"
#include "sim/base/types.h"

namespace hypsim {

enum class TlbOp : u8 {
  TLBIALL,
  TLBIMVA,
  TLBIASID,
  TLBIMVAA,
  TLBIALLIS,
  TLBIMVAIS,
  TLBIASIDIS,
  TLBIMVAAIS,
  ITLBIALL,
  ITLBIMVA,
  ITLBIASID,
  DTLBIALL,
  DTLBIMVA,
  DTLBIASID,
  TLBIALLH,
  TLBIMVAH,
  TLBIALLNSNH,
  TLBIALLHIS,
  TLBIMVAHIS,
  TLBIALLNSNHIS,
};
constexpr unsigned kTlbOpCount = 20;

/// One operation as issued. The issuer fills in its own security state and VMID, so every core applies the same scope.
struct TlbMaintenance {
  TlbOp op = TlbOp::TLBIALL;
  Security security = Security::NonSecure;  ///< of the issuer; the H and NSNH operations ignore it
  Vmid vmid{};                              ///< VTTBR.VMID of the issuer; Secure and H operations ignore it
  Asid asid{};                              ///< Rt[7:0], for the MVA and ASID forms
  u32 mva = 0;                              ///< Rt; bits 31:12 are used, for the MVA forms
};

/// The registers' view of an operation: `rt` carries MVA and ASID.
TlbMaintenance make_tlb_maintenance(TlbOp op, u32 rt, Security issuer, Vmid vmid);

enum class TlbOpTarget : u8 { Unified, Instruction, Data };
enum class TlbOpScope : u8 { CurrentState, Hyp, NonSecureNonHyp };
enum class TlbOpMatch : u8 { All, MvaAsid, MvaAnyAsid, AsidOnly };

struct TlbOpRow {
  TlbOp op;
  const char* name;
  TlbOpTarget target;
  TlbOpScope scope;
  TlbOpMatch match;
  bool inner_shareable;  ///< broadcast to the Inner Shareable domain by itself (HCR.FB and ACTLR.SMP are the caller's)
};

const TlbOpRow& tlb_op_row(TlbOp op);

/// The key by which an operation judges one entry of any TLB structure.
struct TlbKey {
  u32 context = 0;   ///< tlb_context of the entry
  u32 va_page = 0;
  u8 s1_shift = 12;
  bool global = false;
};

/// Whether `m` must drop an entry with this key.
bool tlbi_matches(const TlbMaintenance& m, const TlbKey& key);

}  // namespace hypsim

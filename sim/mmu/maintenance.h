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
  u32 context = 0;  ///< tlb_context of the entry
  u32 va_page = 0;
  u8 s1_shift = 12;
  bool global = false;
};

/// One operation made ready to judge many entries.
class TlbMatcher {
 public:
  explicit TlbMatcher(const TlbMaintenance& m);

  /// Whether the operation must drop an entry with this key.
  bool operator()(const TlbKey& key) const {
    if ((key.context ^ scope_) & scope_mask_) return false;
    // Any address inside the stage-1 page names it, however small the piece that this structure holds.
    if (by_mva_ && ((page_ ^ key.va_page) >> (key.s1_shift - kPageBits)) != 0) return false;
    if (!by_asid_) return true;
    return key.global ? by_mva_ : bits(key.context, 7, 0) == asid_;
  }

  bool matches_all() const { return !by_mva_ && !by_asid_; }  ///< of its scope
  bool by_mva() const { return by_mva_; }
  u32 page() const { return page_; }  ///< VA[31:12], if by MVA
  /// The same by MVA under any ASID.
  TlbMatcher any_asid() const {
    TlbMatcher m = *this;
    m.by_asid_ = false;
    return m;
  }

 private:
  u32 scope_ = 0, scope_mask_ = 0;  // regime and VMID
  u32 page_ = 0, asid_ = 0;
  bool by_mva_ = false, by_asid_ = false;
};

}  // namespace hypsim

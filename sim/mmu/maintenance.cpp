// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/maintenance.h"

#include <array>

#include "sim/mmu/tlb_entry.h"

namespace hypsim {
namespace {

using T = TlbOpTarget;
using S = TlbOpScope;
using M = TlbOpMatch;

constexpr std::array<TlbOpRow, kTlbOpCount> kRows = {{
    // op                    name             target          scope               match         broadcast
    {TlbOp::TLBIALL, "TLBIALL", T::Unified, S::CurrentState, M::All, false},
    {TlbOp::TLBIMVA, "TLBIMVA", T::Unified, S::CurrentState, M::MvaAsid, false},
    {TlbOp::TLBIASID, "TLBIASID", T::Unified, S::CurrentState, M::AsidOnly, false},
    {TlbOp::TLBIMVAA, "TLBIMVAA", T::Unified, S::CurrentState, M::MvaAnyAsid, false},
    {TlbOp::TLBIALLIS, "TLBIALLIS", T::Unified, S::CurrentState, M::All, true},
    {TlbOp::TLBIMVAIS, "TLBIMVAIS", T::Unified, S::CurrentState, M::MvaAsid, true},
    {TlbOp::TLBIASIDIS, "TLBIASIDIS", T::Unified, S::CurrentState, M::AsidOnly, true},
    {TlbOp::TLBIMVAAIS, "TLBIMVAAIS", T::Unified, S::CurrentState, M::MvaAnyAsid, true},
    {TlbOp::ITLBIALL, "ITLBIALL", T::Instruction, S::CurrentState, M::All, false},
    {TlbOp::ITLBIMVA, "ITLBIMVA", T::Instruction, S::CurrentState, M::MvaAsid, false},
    {TlbOp::ITLBIASID, "ITLBIASID", T::Instruction, S::CurrentState, M::AsidOnly, false},
    {TlbOp::DTLBIALL, "DTLBIALL", T::Data, S::CurrentState, M::All, false},
    {TlbOp::DTLBIMVA, "DTLBIMVA", T::Data, S::CurrentState, M::MvaAsid, false},
    {TlbOp::DTLBIASID, "DTLBIASID", T::Data, S::CurrentState, M::AsidOnly, false},
    {TlbOp::TLBIALLH, "TLBIALLH", T::Unified, S::Hyp, M::All, false},
    {TlbOp::TLBIMVAH, "TLBIMVAH", T::Unified, S::Hyp, M::MvaAnyAsid, false},
    {TlbOp::TLBIALLNSNH, "TLBIALLNSNH", T::Unified, S::NonSecureNonHyp, M::All, false},
    {TlbOp::TLBIALLHIS, "TLBIALLHIS", T::Unified, S::Hyp, M::All, true},
    {TlbOp::TLBIMVAHIS, "TLBIMVAHIS", T::Unified, S::Hyp, M::MvaAnyAsid, true},
    {TlbOp::TLBIALLNSNHIS, "TLBIALLNSNHIS", T::Unified, S::NonSecureNonHyp, M::All, true},
}};

constexpr bool rows_in_order() {
  for (unsigned i = 0; i < kRows.size(); ++i) {
    if (static_cast<unsigned>(kRows[i].op) != i) return false;
  }
  return true;
}
static_assert(rows_in_order());

}  // namespace

const TlbOpRow& tlb_op_row(TlbOp op) { return kRows[static_cast<unsigned>(op)]; }

TlbMaintenance make_tlb_maintenance(TlbOp op, u32 rt, Security issuer, Vmid vmid) {
  return {op, issuer, vmid, Asid(static_cast<u8>(rt)), rt & ~kPageMask};
}

TlbMatcher::TlbMatcher(const TlbMaintenance& m) {
  using namespace tlb_context;
  const TlbOpRow& row = tlb_op_row(m.op);
  Regime regime = Regime::Pl10NonSecure;
  scope_mask_ = kRegime;
  if (row.scope == TlbOpScope::Hyp) {
    regime = Regime::Hyp;
  } else if (row.scope == TlbOpScope::CurrentState) {
    if (m.security == Security::Secure) {
      regime = Regime::Pl10Secure;
    } else {
      scope_mask_ |= kVmid;
      scope_ = u32{m.vmid.value} << kVmidShift;
    }
  }
  scope_ |= static_cast<u32>(regime) << kRegimeShift;
  page_ = m.mva >> kPageBits;
  asid_ = m.asid.value;
  by_mva_ = row.match == TlbOpMatch::MvaAsid || row.match == TlbOpMatch::MvaAnyAsid;
  by_asid_ = row.match == TlbOpMatch::MvaAsid || row.match == TlbOpMatch::AsidOnly;
}

}  // namespace hypsim

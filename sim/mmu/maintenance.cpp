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
    {TlbOp::TLBIALL,       "TLBIALL",       T::Unified,     S::CurrentState,    M::All,        false},
    {TlbOp::TLBIMVA,       "TLBIMVA",       T::Unified,     S::CurrentState,    M::MvaAsid,    false},
    {TlbOp::TLBIASID,      "TLBIASID",      T::Unified,     S::CurrentState,    M::AsidOnly,   false},
    {TlbOp::TLBIMVAA,      "TLBIMVAA",      T::Unified,     S::CurrentState,    M::MvaAnyAsid, false},
    {TlbOp::TLBIALLIS,     "TLBIALLIS",     T::Unified,     S::CurrentState,    M::All,        true},
    {TlbOp::TLBIMVAIS,     "TLBIMVAIS",     T::Unified,     S::CurrentState,    M::MvaAsid,    true},
    {TlbOp::TLBIASIDIS,    "TLBIASIDIS",    T::Unified,     S::CurrentState,    M::AsidOnly,   true},
    {TlbOp::TLBIMVAAIS,    "TLBIMVAAIS",    T::Unified,     S::CurrentState,    M::MvaAnyAsid, true},
    {TlbOp::ITLBIALL,      "ITLBIALL",      T::Instruction, S::CurrentState,    M::All,        false},
    {TlbOp::ITLBIMVA,      "ITLBIMVA",      T::Instruction, S::CurrentState,    M::MvaAsid,    false},
    {TlbOp::ITLBIASID,     "ITLBIASID",     T::Instruction, S::CurrentState,    M::AsidOnly,   false},
    {TlbOp::DTLBIALL,      "DTLBIALL",      T::Data,        S::CurrentState,    M::All,        false},
    {TlbOp::DTLBIMVA,      "DTLBIMVA",      T::Data,        S::CurrentState,    M::MvaAsid,    false},
    {TlbOp::DTLBIASID,     "DTLBIASID",     T::Data,        S::CurrentState,    M::AsidOnly,   false},
    {TlbOp::TLBIALLH,      "TLBIALLH",      T::Unified,     S::Hyp,             M::All,        false},
    {TlbOp::TLBIMVAH,      "TLBIMVAH",      T::Unified,     S::Hyp,             M::MvaAnyAsid, false},
    {TlbOp::TLBIALLNSNH,   "TLBIALLNSNH",   T::Unified,     S::NonSecureNonHyp, M::All,        false},
    {TlbOp::TLBIALLHIS,    "TLBIALLHIS",    T::Unified,     S::Hyp,             M::All,        true},
    {TlbOp::TLBIMVAHIS,    "TLBIMVAHIS",    T::Unified,     S::Hyp,             M::MvaAnyAsid, true},
    {TlbOp::TLBIALLNSNHIS, "TLBIALLNSNHIS", T::Unified,     S::NonSecureNonHyp, M::All,        true},
}};

constexpr bool rows_in_order() {
  for (unsigned i = 0; i < kRows.size(); ++i) {
    if (static_cast<unsigned>(kRows[i].op) != i) return false;
  }
  return true;
}
static_assert(rows_in_order());

bool in_scope(const TlbMaintenance& m, TlbOpScope scope, u32 context) {
  const auto regime = static_cast<Regime>((context & tlb_context::kRegime) >> tlb_context::kRegimeShift);
  switch (scope) {
    case TlbOpScope::Hyp: return regime == Regime::Hyp;
    case TlbOpScope::NonSecureNonHyp: return regime == Regime::Pl10NonSecure;
    case TlbOpScope::CurrentState:
      if (m.security == Security::Secure) return regime == Regime::Pl10Secure;
      return regime == Regime::Pl10NonSecure && bits(context, 15, 8) == m.vmid.value;
  }
  return false;
}

}  // namespace

const TlbOpRow& tlb_op_row(TlbOp op) { return kRows[static_cast<unsigned>(op)]; }

TlbMaintenance make_tlb_maintenance(TlbOp op, u32 rt, Security issuer, Vmid vmid) {
  return {op, issuer, vmid, Asid(static_cast<u8>(rt)), rt & ~kPageMask};
}

bool tlbi_matches(const TlbMaintenance& m, const TlbKey& key) {
  const TlbOpRow& row = tlb_op_row(m.op);
  if (!in_scope(m, row.scope, key.context)) return false;
  // Any address inside the stage-1 page names it, however small the piece that this structure holds.
  const bool same_page = (((m.mva >> kPageBits) ^ key.va_page) >> (key.s1_shift - kPageBits)) == 0;
  const bool same_asid = bits(key.context, 7, 0) == m.asid.value;
  switch (row.match) {
    case TlbOpMatch::All: return true;
    case TlbOpMatch::MvaAsid: return same_page && (key.global || same_asid);
    case TlbOpMatch::MvaAnyAsid: return same_page;
    case TlbOpMatch::AsidOnly: return !key.global && same_asid;
  }
  return false;
}

}  // namespace hypsim

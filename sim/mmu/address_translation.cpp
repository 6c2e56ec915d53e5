// SPDX-License-Identifier: Apache-2.0
// The address translation operations and the PAR. ARM DDI 0406C B3.13, B4.1.112
#include "sim/mmu/attributes.h"
#include "sim/mmu/mmu.h"
#include "sim/mmu/permissions.h"
#include "sim/mmu/walker.h"

namespace hypsim {
namespace {

struct AtRow {
  AtOp op;
  enum Who : u8 { CurrentState, NonSecureBothStages, Hyp } who;
  bool write, privileged;
};
constexpr AtRow kRows[] = {
    {AtOp::ATS1CPR, AtRow::CurrentState, false, true},
    {AtOp::ATS1CPW, AtRow::CurrentState, true, true},
    {AtOp::ATS1CUR, AtRow::CurrentState, false, false},
    {AtOp::ATS1CUW, AtRow::CurrentState, true, false},
    {AtOp::ATS12NSOPR, AtRow::NonSecureBothStages, false, true},
    {AtOp::ATS12NSOPW, AtRow::NonSecureBothStages, true, true},
    {AtOp::ATS12NSOUR, AtRow::NonSecureBothStages, false, false},
    {AtOp::ATS12NSOUW, AtRow::NonSecureBothStages, true, false},
    {AtOp::ATS1HR, AtRow::Hyp, false, true},
    {AtOp::ATS1HW, AtRow::Hyp, true, true},
};

constexpr u64 kParFault = 1, kParLpae = u64{1} << 11;

u64 par_fault(const Fault& fault, bool long_format) {
  if (!long_format) {
    const u32 ext = fault.external_slave ? 1u << 6 : 0;
    return kParFault | (fsr_short_code(fault) << 1) | ext;
  }
  return kParFault | kParLpae | (u64{hsr_fsc(fault)} << 1) | (u64{fault.s1ptw} << 8) | (u64{fault.stage2} << 9);
}

u64 par_long(const TlbEntry& e, u64 pa) {
  return kParLpae | (pa & mask64(39, 12)) | (u64{encode_mair(e.attr)} << 56) |
         (u64{e.pa_security == Security::NonSecure} << 9) | (u64{encode_sh(e.attr)} << 7);
}

// PAR.Inner of the short format
u64 inner_code(const MemAttr& attr) {
  if (attr.type == MemType::StronglyOrdered) return 0b001;
  if (attr.type == MemType::Device) return 0b011;
  switch (attr.inner) {
    case Cacheability::NonCacheable: return 0b000;
    case Cacheability::WriteBackAllocate: return 0b101;
    case Cacheability::WriteThrough: return 0b110;
    case Cacheability::WriteBackNoAllocate: return 0b111;
  }
  return 0;
}

u64 par_short(const TlbEntry& e, u64 pa) {
  u64 par = (inner_code(e.attr) << 4) | (static_cast<u64>(e.attr.outer) << 2);
  par |= (u64{e.attr.shareable} << 7) | (u64{e.pa_security == Security::NonSecure} << 9);
  par |= u64{!e.attr.outer_shareable} << 10;                                                // NOS
  if (e.s1_shift == 24) return par | 2 | (pa & mask64(31, 24)) | (bits(pa, 39, 32) << 16);  // SS
  return par | (pa & mask64(31, 12));
}

}  // namespace

AtResult Mmu::address_translate(AtOp op, VirtAddr va, Security issuer, bool from_hyp) {
  const AtRow& row = kRows[static_cast<unsigned>(op)];
  const Regime regime = row.who == AtRow::Hyp                                          ? Regime::Hyp
                        : row.who == AtRow::CurrentState && issuer == Security::Secure ? Regime::Pl10Secure
                                                                                       : Regime::Pl10NonSecure;
  const bool to_pa = row.who != AtRow::CurrentState;
  AtResult result;
  // Stage 2's results are long: a 40-bit address does not fit the short format. Else the regime's own format decides,
  // but for what Hyp mode asks of a guest's stage 1. ARM DDI 0406C B3.13.2
  const bool of_guest_by_hyp = row.who == AtRow::CurrentState && from_hyp;
  result.long_format = of_guest_by_hyp || long_format(regime) || (to_pa && stage2_on(regime));

  Walker walker(regs_, memory_, walk_cache_.get(), ipa_cache_.get(), &stats_);
  const AccessKind kind = row.write ? AccessKind::Write : AccessKind::Read;
  const MmuAccess access{va.value, kind, context(regime, false), row.privileged, true, dacr(regime)};
  TlbEntry entry;
  Fault fault = walker.resolve(access, to_pa, entry);
  result.walk_reads_s1 = walker.reads_s1();
  result.walk_reads_s2 = walker.reads_s2();
  // ARM DDI 0406C B3.13: external aborts on the walk, and stage 2 refusing the walk of an operation issued at
  // Non-secure PL1, are exceptions; everything else is reported in the PAR.
  const bool guest_walk = fault.s1ptw && row.who == AtRow::CurrentState && !from_hyp;
  if (fault.kind == FaultKind::SyncExternalOnWalk || guest_walk) {
    result.exception = fault;
    return result;
  }
  if (!fault) fault = check_stage1(entry, access);
  if (!fault) {
    const u32 offset = (va.value >> kPageBits) - entry.va_page;
    const u64 pa = u64{entry.pa_page + offset} << kPageBits;
    fault = check_stage2(entry, access, u64{entry.ipa_page + offset} << kPageBits);
    if (!fault) result.par = result.long_format ? par_long(entry, pa) : par_short(entry, pa);
  }
  if (fault) result.par = par_fault(fault, result.long_format);
  return result;
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/permissions.h"

namespace hypsim {
namespace {

constexpr u8 R = kRightRead, W = kRightWrite, X = kRightFetch;

struct ApRow {
  u8 privileged, user;
};
// AP[2:0] without the access flag. ARM DDI 0406C B3.7.1; the reserved 0b100 is chosen to be no access.
constexpr ApRow kAp[8] = {{0, 0}, {R | W, 0}, {R | W, R}, {R | W, R | W}, {0, 0}, {R, 0}, {R, R}, {R, R}};

enum : u32 { kNoAccess = 0, kClient = 1, kManager = 3 };  // the reserved 2 is chosen to be no access

u32 domain_field(const TlbEntry& entry, u32 dacr) {
  return entry.uses_domain ? (dacr >> (2 * entry.domain)) & 3 : u32{kClient};
}

}  // namespace

void evaluate_permissions(TlbEntry& entry) {
  using namespace tlb_context;
  const u32 ctx = entry.context;
  u8 privileged = kRightsAll, user = kRightsAll;
  if (ctx & kStage1) {
    const bool wxn = (ctx & kWxn) != 0;
    if (regime_of(ctx) == Regime::Hyp) {
      privileged = static_cast<u8>(R | (bit(entry.ap, 2) ? 0 : W));
      if (!entry.xn && !(wxn && (privileged & W))) privileged |= X;
      user = 0;
    } else {
      // Long descriptors have AP[0]=1 here, and so has a short one whose AP[0] is its access flag: the rows with
      // AP[0]=1 are the simplified model of AP[2:1].
      const ApRow row = kAp[entry.ap];
      privileged = row.privileged;
      user = row.user;
      // ARM DDI 0406C B3.7.2
      if ((privileged & R) && !entry.xn && !entry.pxn && !(wxn && (row.privileged & W)) &&
          !((ctx & kUwxn) && (row.user & W))) {
        privileged |= X;
      }
      if ((user & R) && !entry.xn && !(wxn && (row.user & W))) user |= X;
    }
  }
  entry.perms = static_cast<u8>(privileged | (user << kUserRightsShift));

  u8 rest = entry.s2_rights;
  if ((ctx & kSif) && entry.pa_security == Security::NonSecure) rest &= static_cast<u8>(~X);
  entry.manager_perms = static_cast<u8>(rest | (rest << kUserRightsShift));
}

bool access_flag_clear(const TlbEntry& entry) {
  return entry.uses_domain && (entry.context & tlb_context::kAfe) && !bit(entry.ap, 0);
}

u8 effective_rights(const TlbEntry& entry, u32 dacr, bool privileged) {
  const u32 field = domain_field(entry, dacr);
  u8 perms = entry.manager_perms;
  if (field != kManager) perms = field == kClient ? static_cast<u8>(perms & entry.perms) : u8{0};
  return static_cast<u8>((privileged ? perms : perms >> kUserRightsShift) & kRightsAll);
}

Fault stage1_fault(FaultKind kind, const TlbEntry& entry) {
  Fault fault;
  fault.kind = kind;
  fault.level = entry.s1_level;
  fault.domain = entry.domain;
  fault.domain_valid = entry.uses_domain;
  fault.to_hyp = regime_of(entry.context) == Regime::Hyp;
  return fault;
}

Fault check_stage1(const TlbEntry& entry, const MmuAccess& access) {
  if (!access.aligned && entry.s1_type != MemType::Normal) return alignment_fault(access.regime());
  const u8 need = access.need();
  if (need == 0) return {};
  const u32 field = domain_field(entry, access.dacr);
  const unsigned shift = access.privileged ? 0 : kUserRightsShift;
  if (field != kManager) {
    if (field != kClient) return stage1_fault(FaultKind::Domain, entry);
    if (!((entry.perms >> shift) & need)) return stage1_fault(FaultKind::Permission, entry);
  }
  const bool refused_by_sif =
      regime_of(entry.context) == Regime::Pl10Secure && !((entry.manager_perms >> shift) & need);
  return refused_by_sif ? stage1_fault(FaultKind::Permission, entry) : Fault{};
}

Fault check_stage2(const TlbEntry& entry, const MmuAccess& access, u64 ipa) {
  Fault fault;
  fault.stage2 = true;
  fault.to_hyp = true;
  // What stage 1 calls Normal is another type by stage 2's doing.
  if (!access.aligned && !entry.attr.is_normal()) {
    fault.kind = FaultKind::Alignment;
    return fault;
  }
  const u8 need = access.need();
  if (need == 0 || (entry.s2_rights & need) != 0) return {};
  fault.kind = FaultKind::Permission;
  fault.level = entry.s2_level;
  fault.ipa = IntermAddr(ipa);  // known here, but HPFAR is UNKNOWN after a permission fault. ARM DDI 0406C B4.1.72
  return fault;
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// One TLB entry, and the tag under which it is found.
#pragma once

#include "sim/base/arch.h"
#include "sim/base/types.h"

namespace hypsim {

/// Access rights of one privilege level.
constexpr u8 kRightRead = 1, kRightWrite = 2, kRightFetch = 4, kRightsAll = 7;
/// Permission masks hold the rights of PL1 (or PL2) in bits 2:0 and those of PL0 in bits 5:3.
constexpr unsigned kUserRightsShift = 3;
constexpr u8 kPermsAll = 0x3F;

/// The context tag: whose translation an entry is, and every control bit that acts without a TLBI.
namespace tlb_context {
constexpr unsigned kAsidShift = 0, kVmidShift = 8, kRegimeShift = 16;
constexpr u32 kAsid = 0xFFu << kAsidShift;
constexpr u32 kVmid = 0xFFu << kVmidShift;
constexpr u32 kRegime = 3u << kRegimeShift;
constexpr u32 kStage1 = 1u << 18;      ///< stage 1 is on
constexpr u32 kStage2 = 1u << 19;      ///< stage 2 is on
constexpr u32 kLongFormat = 1u << 20;  ///< TTBCR.EAE
constexpr u32 kDefaultCacheable = 1u << 21;
constexpr u32 kFetch = 1u << 22;   ///< instruction side; told apart only while stage 1 is off
constexpr u32 kIcache = 1u << 23;  ///< SCTLR.I, the type of a fetch while stage 1 is off
constexpr u32 kAfe = 1u << 24;
constexpr u32 kWxn = 1u << 25;
constexpr u32 kUwxn = 1u << 26;
constexpr u32 kSif = 1u << 27;
/// Always compared, at every TLB level.
constexpr u32 kIdentity = kVmid | kRegime | kStage1 | kStage2 | kLongFormat | kDefaultCacheable;
/// Compared while stage 1 is off, when fetches and data differ in type.
constexpr u32 kStage1Off = kFetch | kIcache;
/// Fold into the permissions of an L1 entry; L2 entries keep raw fields instead.
constexpr u32 kAccessControls = kAfe | kWxn | kUwxn | kSif;
}  // namespace tlb_context

constexpr Regime regime_of(u32 context) {
  return static_cast<Regime>((context & tlb_context::kRegime) >> tlb_context::kRegimeShift);
}

struct TlbEntry {
  u32 stamp = 0;                      ///< incremented whenever the entry is filled, replaced or dropped (L1 only)
  u32 context = 0;                    ///< tlb_context bits of the access that filled it
  u32 context_mask = 0;               ///< the bits that must agree; a global entry leaves out the ASID
  u32 va_page = 0;                    ///< VA[31:12] of the first 4 KB page
  u32 pa_page = 0;                    ///< PA[39:12] of the first 4 KB page
  u32 ipa_page = 0;                   ///< IPA[39:12] of the first 4 KB page (= pa_page without stage 2)
  u8 page_shift = 12;                 ///< log2 of the bytes this entry maps: the smaller of both stages; 12 in L1
  u8 source_shift = 12;               ///< page_shift of the translation an L1 entry was broken off
  u8 s1_shift = 12;                   ///< log2 of the stage-1 page this is a piece of: what a TLBI by MVA matches on
  u8 s1_level = 0;                    ///< level of the stage-1 descriptor, 0 with stage 1 off
  u8 s2_level = 0;                    ///< level of the stage-2 descriptor, 0 with stage 2 off
  MemAttr attr;                       ///< final, both stages combined
  MemType s1_type = MemType::Normal;  ///< of stage 1 alone: decides who takes an alignment fault
  Security pa_security = Security::NonSecure;
  u8 ap = 0;  ///< AP[2:0]; long descriptors have AP[0]=1
  u8 domain = 0;
  bool uses_domain = false;  ///< short descriptor: DACR applies
  bool xn = false;
  bool pxn = false;
  bool global = false;
  bool valid = false;
  u8 s2_rights = kRightsAll;  ///< stage 2's own rights, all without stage 2
  u8 perms = 0;               ///< stage-1 permission mask for a Client, evaluated with the access controls (L1)
  u8 manager_perms = 0;       ///< what remains when the domain is Manager: stage 2 and SCR.SIF (L1)

  bool matches(u32 page, u32 ctx) const {
    return valid && ((va_page ^ page) >> (page_shift - kPageBits)) == 0 && ((context ^ ctx) & context_mask) == 0;
  }
};

}  // namespace hypsim

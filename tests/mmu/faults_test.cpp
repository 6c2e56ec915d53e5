// SPDX-License-Identifier: Apache-2.0
// Expected codes: ARM DDI 0406C tables B3-23 (short), B3-24 (long), B3.13.6 (HSR).
#include <gtest/gtest.h>

#include "sim/mmu/fault.h"
#include "sim/mmu/mmu.h"

namespace hypsim {
namespace {

Fault make(FaultKind kind, u8 level = 0) {
  Fault f;
  f.kind = kind;
  f.level = level;
  return f;
}

TEST(FaultCodes, ShortFormat) {
  const struct {
    FaultKind kind;
    u8 level;
    u32 fs;
  } rows[] = {
      {FaultKind::Alignment, 0, 0x01},
      {FaultKind::Debug, 0, 0x02},
      {FaultKind::AccessFlag, 1, 0x03},
      {FaultKind::AccessFlag, 2, 0x06},
      {FaultKind::Translation, 1, 0x05},
      {FaultKind::Translation, 2, 0x07},
      {FaultKind::SyncExternal, 0, 0x08},
      {FaultKind::Domain, 1, 0x09},
      {FaultKind::Domain, 2, 0x0B},
      {FaultKind::SyncExternalOnWalk, 1, 0x0C},
      {FaultKind::SyncExternalOnWalk, 2, 0x0E},
      {FaultKind::Permission, 1, 0x0D},
      {FaultKind::Permission, 2, 0x0F},
      {FaultKind::TlbConflict, 0, 0x10},
      {FaultKind::AsyncExternal, 0, 0x16},
  };
  for (const auto& r : rows) {
    EXPECT_EQ(fsr_short_code(make(r.kind, r.level)), r.fs);
    const u32 fsr = encode_fsr(make(r.kind, r.level), false, false, false);
    EXPECT_EQ(fsr, (r.fs & 15) | (r.fs >> 4 << 10));
    EXPECT_EQ(encode_ifsr(make(r.kind, r.level), false), fsr);
  }
}

TEST(FaultCodes, LongFormat) {
  const struct {
    FaultKind kind;
    u8 level;
    u32 status;
  } rows[] = {
      {FaultKind::Translation, 1, 0x05},
      {FaultKind::Translation, 2, 0x06},
      {FaultKind::Translation, 3, 0x07},
      {FaultKind::AccessFlag, 1, 0x09},
      {FaultKind::AccessFlag, 3, 0x0B},
      {FaultKind::Permission, 1, 0x0D},
      {FaultKind::Permission, 3, 0x0F},
      {FaultKind::SyncExternal, 0, 0x10},
      {FaultKind::AsyncExternal, 0, 0x11},
      {FaultKind::SyncExternalOnWalk, 1, 0x15},
      {FaultKind::SyncExternalOnWalk, 3, 0x17},
      {FaultKind::Alignment, 0, 0x21},
      {FaultKind::Debug, 0, 0x22},
      {FaultKind::TlbConflict, 0, 0x30},
      {FaultKind::Domain, 1, 0x3D},
      {FaultKind::Domain, 2, 0x3E},
  };
  for (const auto& r : rows) {
    EXPECT_EQ(hsr_fsc(make(r.kind, r.level)), r.status);
    EXPECT_EQ(encode_fsr(make(r.kind, r.level), true, false, false), r.status | 0x200);
    EXPECT_EQ(encode_ifsr(make(r.kind, r.level), true), r.status | 0x200);
  }
}

TEST(FaultCodes, DfsrQualifiers) {
  Fault f = make(FaultKind::Domain, 2);
  f.domain = 9;
  f.domain_valid = true;
  EXPECT_EQ(encode_fsr(f, false, true, false), 0x80Bu | 9u << 4);
  EXPECT_EQ(encode_fsr(f, false, false, true), 0x280Bu | 9u << 4);  // CM, and WnR with it
  EXPECT_EQ(encode_ifsr(f, false), 0xBu);                           // no domain in the IFSR

  Fault e = make(FaultKind::SyncExternal);
  EXPECT_EQ(encode_fsr(e, false, false, false), 0x8u);
  e.external_slave = true;
  EXPECT_EQ(encode_fsr(e, false, false, false), 0x1008u);
  EXPECT_EQ(encode_fsr(e, true, true, false), 0x1A10u);
}

TEST(FaultCodes, HypSyndrome) {
  Fault f = make(FaultKind::Permission, 2);
  f.stage2 = f.s1ptw = f.to_hyp = f.ipa_valid = true;
  f.ipa = IntermAddr(0xAB'1234'5678);
  EXPECT_EQ(hsr_iss_instruction_abort(f), 0x80u | 0x0Eu);
  EXPECT_EQ(hsr_iss_data_abort(f, true, false), 0x80u | 0x40u | 0x0Eu);
  EXPECT_EQ(hsr_iss_data_abort(f, false, true), 0x100u | 0x80u | 0x40u | 0x0Eu);
  EXPECT_EQ(hpfar_value(f), 0xAB12'3450u);
}

TEST(FaultCodes, AlignmentFollowsRegime) {
  EXPECT_FALSE(alignment_fault(Regime::Pl10NonSecure).to_hyp);
  EXPECT_FALSE(alignment_fault(Regime::Pl10Secure).to_hyp);
  EXPECT_TRUE(alignment_fault(Regime::Hyp).to_hyp);
  EXPECT_EQ(alignment_fault(Regime::Hyp).kind, FaultKind::Alignment);
}

}  // namespace
}  // namespace hypsim

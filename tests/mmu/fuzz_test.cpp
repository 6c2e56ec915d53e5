// SPDX-License-Identifier: Apache-2.0
// Two properties under random stimulus: caching never changes an answer while the tables stand still, and no register
// or descriptor value breaks the model.
#include <random>

#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

using Rng = std::mt19937_64;

class MmuFuzz : public MmuTest {
 protected:
  Rng rng{20120701};
  u32 random(u32 below) { return static_cast<u32>(rng() % below); }
  bool coin() { return (rng() & 1) != 0; }
  static constexpr u64 kShortRoot = kShortL1;

  u64 page_of(u64 shift) { return (rng() & mask64(32, shift)); }

  // Random mappings of every size in all four trees; stage 2 maps all tables and most outputs.
  void build() {
    for (u32 mb = 0; mb < 64; ++mb) {
      const u32 va = mb << 20, ap = random(8), domain = random(16);
      const u32 out = static_cast<u32>(page_of(24));
      switch (mb % 16 == 0 ? random(6) : random(5)) {
        case 0: break;
        case 1:
          section(va, out,
                  sd::kApSection(ap) | sd::kDomain(domain) | (random(8) << 12) | (random(4) << 2) |
                      (coin() ? sd::kSectionNg : 0) | (coin() ? sd::kSectionXn : 0) | random(2));
          break;
        case 5:
          supersection(va, out, sd::kApSection(ap) | (coin() ? sd::kSectionNg : 0));
          mb += 15;
          break;
        default:
          for (u32 i = 0; i < 256; i += 16) {
            const u32 at = va + (i << 12), extra = sd::kApPage(random(8)) | (coin() ? sd::kPageNg : 0);
            if (coin()) {
              large(at, static_cast<u32>(page_of(16)), extra | (coin() ? sd::kLargeXn : 0));
            } else {
              for (u32 k = 0; k < 16; ++k) {
                small(at + (k << 12), static_cast<u32>(page_of(12)), extra | (coin() ? sd::kSmallXn : 0));
              }
            }
          }
          mem.words[short_l1(va)] |= sd::kDomain(domain) | (coin() ? sd::kTablePxn : 0);
      }
    }
    for (const u64 root : {kLongL1, kHypL1}) {
      lmap(0x4000'0000, page_of(30), 1, attributes(), 0, root);
      for (u32 va = 0; va < 0x0400'0000; va += 0x20'0000) {
        if (coin()) {
          lmap(va, page_of(21), 2, attributes(), 0, root);
        } else {
          for (u32 p = 0; p < 512; p += 1 + random(3)) lmap(va + (p << 12), page_of(12), 3, attributes(), 0, root);
        }
      }
      mem.words[root + 4] |= static_cast<u32>(rng() & 0x7800'0000);  // hierarchical attributes; not NSTable
    }
    s2_tables();
    for (u64 ipa = 0x0200'0000; ipa < 0x1'0000'0000; ipa += 0x20'0000) {
      const u64 extra = ld::kHap(random(4) | random(4)) | ld::kS2Attr(random(16)) | (random(8) ? ld::kAf : 0) |
                        (random(4) ? 0 : ld::kXn) | ld::kSh(random(4));
      if (random(16)) s2map(ipa, page_of(21), 2, extra);
    }
  }
  u64 attributes() {
    return ld::kAp(random(4)) | ld::kIndex(random(4)) | ld::kSh(random(4)) | (coin() ? ld::kNg : 0) |
           (random(4) ? 0 : ld::kXn) | (random(4) ? 0 : ld::kPxn) | (random(4) ? 0 : ld::kNs);
  }
  // Only what acts without a TLBI.
  void turn_a_knob() {
    const Security bank = coin() ? kS : kNs;
    switch (random(12)) {
      case 0: regs.sctlr[bank] ^= 1u << (random(4) ? sctlr::AFE : sctlr::M); break;
      case 1: regs.sctlr[bank] ^= 1u << (coin() ? sctlr::WXN : sctlr::UWXN); break;
      case 2: regs.sctlr[bank] ^= 1u << sctlr::I; break;
      case 3: regs.dacr[bank] = static_cast<u32>(rng()) | 0x1111'1111; break;
      case 4: regs.hcr ^= 1u << hcr::VM; break;
      case 5: regs.hcr ^= 1u << (random(3) ? hcr::VM : coin() ? hcr::DC : hcr::TGE); break;
      case 6: regs.hsctlr ^= 1u << (random(4) ? sctlr::WXN : sctlr::M); break;
      case 7: regs.scr ^= 1u << scr::SIF; break;
      case 8: regs.contextidr[bank] = random(3); break;
      case 9: regs.vttbr = kStage2 | u64{random(3)} << 48; break;
      case 10: use_format(bank, coin()); break;
      default:
        mmu.maintain({static_cast<TlbOp>(random(kTlbOpCount)), bank, Vmid(static_cast<u8>(random(3))),
                      Asid(static_cast<u8>(random(3))), random(0x0400'0000)});
    }
  }
  void use_format(Security bank, bool long_format) {
    regs.ttbcr[bank] = long_format ? 1u << ttbcr::EAE : 0;
    regs.ttbr0[bank] = long_format ? kLongL1 | u64{random(3)} << 48 : kShortL1;
  }
};

TEST_F(MmuFuzz, CachedAnswersEqualFreshWalks) {
  build();
  stage2_on();
  hyp_on();
  for (const Security s : {kNs, kS}) {
    short_on(s);
    regs.mair0[s] = 0x00'44'04'FF;
  }
  MmuConfig with_ipa;
  with_ipa.ipa_cache = 8;
  Mmu second(regs, mem, with_ipa);
  const Mmu fresh(regs, mem);
  const Mmu::RawRead raw = [this](PhysAddr pa, unsigned size, Security, u64& v) {
    return mem.fetch(pa.value, size, v);
  };
  unsigned good = 0, hits = 0;
  for (unsigned i = 0; i < 300'000; ++i) {
    if (random(16) == 0) turn_a_knob();
    const VirtAddr va(coin() ? random(0x0400'0000) : (random(64) << 20) + random(0x8000));
    const auto kind = static_cast<AccessKind>(random(4));
    const auto regime = static_cast<Regime>(random(3));
    const bool privileged = regime == Regime::Hyp || coin();
    const Translation want = fresh.probe(va, kind, regime, privileged, raw);
    for (Mmu* m : {&mmu, &second}) {
      const Translation got = m->translate(va, kind, regime, privileged);
      ASSERT_EQ(got.fault, want.fault) << "step " << i << " va " << std::hex << va.value;
      if (!got.ok()) continue;
      ASSERT_EQ(got.pa, want.pa) << "step " << i << " va " << std::hex << va.value;
      ASSERT_EQ(got.attr, want.attr);
      ASSERT_EQ(got.pa_security, want.pa_security);
      ASSERT_EQ(got.rights, want.rights);
      ASSERT_EQ(got.page_mask, want.page_mask);
      ASSERT_NE(got.entry, nullptr);
      ++good;
      hits += got.hit != TlbLevel::Walk;
    }
  }
  EXPECT_GT(good, 50'000u);
  EXPECT_GT(hits, 20'000u);
}

// Descriptors are a hash of their address: every encoding turns up at every level.
struct NoiseMemory final : WalkMemory {
  u64 seed = 0;
  bool read_descriptor(PhysAddr pa, unsigned, const MemAttr&, Security, bool, u64& value) override {
    if (pa.value >> 40) ADD_FAILURE() << "address beyond 40 bits";
    u64 h = (pa.value + seed) * 0x9E37'79B9'7F4A'7C15u;
    h ^= h >> 29;
    h *= 0xBF58'476D'1CE4'E5B9u;
    value = h ^ (h >> 32);
    return (h >> 58) != 0;
  }
};

TEST_F(MmuFuzz, AnyRegisterAndDescriptorValuesAreSurvived) {
  NoiseMemory noise;
  MmuConfig config;
  config.ipa_cache = 4;
  Mmu m(regs, noise, config);
  u64 ok = 0, exceptions = 0;
  for (unsigned round = 0; round < 3000; ++round) {
    noise.seed = rng();
    for (const Security s : {kNs, kS}) {
      regs.sctlr[s] = static_cast<u32>(rng()) | 1;
      regs.ttbcr[s] = static_cast<u32>(rng());
      regs.ttbr0[s] = rng();
      regs.ttbr1[s] = rng();
      regs.dacr[s] = static_cast<u32>(rng());
      regs.contextidr[s] = static_cast<u32>(rng());
      regs.mair0[s] = static_cast<u32>(rng());
      regs.mair1[s] = static_cast<u32>(rng());
    }
    regs.hsctlr = static_cast<u32>(rng()) | 1;
    regs.htcr = static_cast<u32>(rng());
    regs.httbr = rng();
    regs.hcr = static_cast<u32>(rng());
    regs.vtcr = static_cast<u32>(rng());
    regs.vttbr = rng();
    regs.scr = static_cast<u32>(rng());
    for (unsigned i = 0; i < 60; ++i) {
      const auto regime = static_cast<Regime>(random(3));
      const auto kind = static_cast<AccessKind>(random(4));
      const bool aligned = random(4) != 0;
      const Translation t = m.translate(VirtAddr(static_cast<u32>(rng())), kind, regime, coin(), aligned);
      ASSERT_EQ(t.pa.value >> 40, 0u);
      if (t.ok()) {
        ++ok;
        ASSERT_NE(t.entry, nullptr);
        ASSERT_EQ(t.rights & needed_right(kind), needed_right(kind));
        ASSERT_TRUE(aligned || t.attr.is_normal());
      } else if (t.fault.kind == FaultKind::Alignment) {
        ASSERT_FALSE(aligned);
      } else {
        ASSERT_TRUE(t.fault.level >= 1 && t.fault.level <= 3);
        ASSERT_TRUE(!t.fault.stage2 || regime == Regime::Pl10NonSecure);
        ASSERT_TRUE(!t.fault.s1ptw || t.fault.stage2);
        encode_fsr(t.fault, m.long_format(regime), coin(), coin());
      }
      const auto op = static_cast<AtOp>(random(10));
      exceptions += static_cast<bool>(
          m.address_translate(op, VirtAddr(static_cast<u32>(rng())), coin() ? kS : kNs, coin()).exception);
    }
    m.maintain({static_cast<TlbOp>(random(kTlbOpCount)), coin() ? kS : kNs, Vmid(static_cast<u8>(rng())),
                Asid(static_cast<u8>(rng())), static_cast<u32>(rng())});
  }
  EXPECT_GT(ok, 1000u);
  EXPECT_GT(exceptions, 100u);
}

}  // namespace
}  // namespace hypsim::test

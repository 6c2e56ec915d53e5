// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/image.h"

#include <algorithm>
#include <cstring>

#include "sim/base/system_registers.h"
#include "tests/differential/random.h"

namespace hypsim::fuzz {

namespace {

// Access permissions as APX:AP[1:0]. ARM DDI 0406C B3.7.1
enum Access : u32 { kPrivileged = 1, kUserReads = 2, kFull = 3, kPrivilegedReads = 5, kAllRead = 7 };
constexpr Access kAccesses[] = {Access{0}, kPrivileged, kUserReads, kFull, kPrivilegedReads, Access{6}, kAllRead};

constexpr u32 kWriteBack = 3u << 2;  // C and B: Normal memory, Write-Back

constexpr u32 section(u32 pa, u32 access, bool xn, u32 domain = 0) {
  return pa | 2 | kWriteBack | u32{xn} << 4 | domain << 5 | (access & 3) << 10 | (access >> 2) << 15;
}
constexpr u32 small_page(u32 pa, u32 access, bool xn) {
  return pa | 2 | u32{xn} | kWriteBack | (access & 3) << 4 | (access >> 2) << 9;
}
constexpr u32 large_page(u32 pa, u32 access, bool xn) {
  return pa | 1 | u32{xn} << 15 | kWriteBack | (access & 3) << 4 | (access >> 2) << 9;
}
constexpr u32 table(u32 pa, u32 domain, bool pxn) { return pa | 1 | u32{pxn} << 2 | domain << 5; }

void map_harness(Image& image, Kind kind) {
  // What aborts that return open is a domain of its own.
  const u32 domain = about_memory(kind) ? 0 : 1;
  image.set_word(FUZZ_L1_TABLE + 4 * (FUZZ_RAM >> 20), table(FUZZ_L2_LOW, 0, false));
  const auto low = [&](u32 pa, u32 access, bool xn) {
    image.set_word(FUZZ_L2_LOW + 4 * ((pa >> 12) & 0xFF), small_page(pa, access, xn));
  };
  low(FUZZ_RAM, kPrivilegedReads, false);
  low(FUZZ_DATA, kPrivileged, true);
  low(FUZZ_CONSTANTS, kAllRead, true);
  low(FUZZ_TEMPLATE, kPrivileged, true);
  low(FUZZ_SCRATCH, kPrivileged, true);
  low(FUZZ_STUBS, kAllRead, false);
  low(FUZZ_REGION_TEMPLATE, kPrivileged, true);
  for (u32 pa = FUZZ_SLOTS; pa < FUZZ_SLOTS + FUZZ_CAPACITY * FUZZ_SLOT_SIZE; pa += 1 << 20)
    image.set_word(FUZZ_L1_TABLE + 4 * (pa >> 20), section(pa, kAllRead, false));
  for (u32 pa = FUZZ_SLOTS; pa < FUZZ_TESTS; pa += 1 << 20)
    image.set_word(FUZZ_L1_TABLE + 4 * ((FUZZ_WRITABLE_SLOTS - FUZZ_SLOTS + pa) >> 20), section(pa, kPrivileged, true));
  for (u32 pa = FUZZ_TESTS; pa <= FUZZ_REGION; pa += 1 << 20)
    image.set_word(FUZZ_L1_TABLE + 4 * (pa >> 20), section(pa, kPrivileged, true));

  image.set_word(FUZZ_L1_TABLE + 4 * (FUZZ_SCRATCH_VA >> 20), table(FUZZ_L2_SCRATCH, domain, false));
  image.set_word(FUZZ_L1_TABLE + 4 * (FUZZ_FAR_STUBS >> 20), table(FUZZ_L2_STUBS, 0, false));
  image.set_word(FUZZ_L2_STUBS, small_page(FUZZ_STUBS, kAllRead, false));
  static constexpr u32 kViews[] = {kFull, kFull, kUserReads, 0, kPrivileged};
  for (u32 i = 0; i < std::size(kViews); ++i)
    if (kViews[i] != 0) image.set_word(FUZZ_L2_SCRATCH + 4 * i, small_page(FUZZ_SCRATCH, kViews[i], true));
}

/// The regions of the page-table fuzz: sections, a supersection, tables of small and large pages, holes.
void map_regions(Image& image, Random random, Kind kind) {
  // Behind stage 2 every page has an intermediate address of its own.
  const auto behind = [kind](u32 region, u32 page) {
    return kind == Kind::Stage2 ? FUZZ_REGION_IPA + (region << 20) + (page << 12) : u32{FUZZ_REGION};
  };
  const auto domain = [&] { return random.below(16); };
  const auto l1 = [&](u32 region, u32 descriptor) {
    image.set_word(FUZZ_L1_TABLE + 4 * ((FUZZ_REGION_VA >> 20) + region), descriptor);
  };
  u32 tables = 0;
  for (u32 region = 0; region < FUZZ_REGION_COUNT; ++region) {
    if (region == 48) {  // the last sixteen: one supersection
      const u32 access = random.pick(kAccesses);
      const u32 descriptor = section(FUZZ_RAM & 0xFF000000, access, random.chance(40)) | 1u << 18;
      for (; region < FUZZ_REGION_COUNT; ++region) l1(region, descriptor);
      break;
    }
    if (random.chance(10)) continue;
    if (!region_has_table(region)) {
      const u32 pxn = random.chance(15);
      const u32 global = random.below(2) << 17, shared = random.below(2) << 16;
      l1(region,
         section(behind(region, 0), random.pick(kAccesses), random.chance(40), domain()) | pxn | global | shared);
      continue;
    }
    const u32 l2 = FUZZ_L2_REGIONS + 0x400 * tables++;
    l1(region, table(l2, domain(), random.chance(15)));
    for (u32 page = 0; page < 256;) {
      const u32 access = random.pick(kAccesses);
      const bool xn = random.chance(40);
      if (is_large_page(page)) {
        for (u32 i = 0; i < 16; ++i, ++page)
          image.set_word(l2 + 4 * page, large_page(behind(region, page & ~15u), access, xn));
      } else {
        if (!random.chance(15)) image.set_word(l2 + 4 * page, small_page(behind(region, page), access, xn));
        ++page;
      }
    }
  }
}

/// Stage 2: memory as it is, and the pages of FUZZ_REGION_IPA all on the region page, with random permissions.
/// ARM DDI 0406C B3.6.1, B3.6.2
void map_stage2(Image& image, Random random) {
  constexpr u32 kNormal = 0xFu << 2 | 3u << 8 | 1u << 10;  // Write-Back, Inner Shareable, accessed
  constexpr u32 kReadWrite = 3u << 6;
  const auto put = [&](u32 at, u32 low, u32 high) {
    image.set_word(at, low);
    image.set_word(at + 4, high);
  };
  put(FUZZ_STAGE2 + 8, FUZZ_STAGE2_TABLES | 3, 0);  // 1 GB to 2 GB
  const auto level2 = [](u32 ipa) { return FUZZ_STAGE2_TABLES + 8 * ((ipa >> 21) & 511); };
  for (u32 pa = FUZZ_RAM; pa < FUZZ_RAM + FUZZ_RAM_SIZE; pa += 1 << 21)
    put(level2(pa), pa | kNormal | kReadWrite | 1, 0);
  u32 table = FUZZ_STAGE2_TABLES;
  for (u32 ipa = FUZZ_REGION_IPA; ipa < FUZZ_REGION_IPA + (FUZZ_REGION_COUNT << 20); ipa += 1 << 21) {
    table += 0x1000;
    if (random.chance(6)) continue;
    if (random.chance(6)) {
      put(level2(ipa), FUZZ_REGION | kNormal | random.below(2) << 6 | 1, 1u << 22);  // a block: no access, or reads
      continue;
    }
    put(level2(ipa), table | 3, 0);
    for (u32 page = 0; page < 512; ++page) {
      if (random.chance(8)) continue;
      const u32 access = (random.chance(60) ? 3 : random.below(4)) << 6;
      const u32 flag = random.chance(5) ? 1u << 10 : 0;
      put(table + 8 * page, (FUZZ_REGION | kNormal | access | 3) & ~flag, u32{random.chance(20)} << 22);
    }
  }
}

/// Pairs of pages: the sequence across their border.
void map_pair(Image& image, const Sequence& s) {
  const u32 at = FUZZ_PAIRS_L2 + 8 * s.slot, pa = FUZZ_SLOTS + s.slot * 0x2000;
  image.set_word(FUZZ_L1_TABLE + 4 * ((FUZZ_PAIRS_VA >> 20) + s.slot / 128),
                 table(FUZZ_PAIRS_L2 + 0x400 * (s.slot / 128), 1, false));
  image.set_word(at, small_page(pa, kAllRead, false));
  image.set_word(at + 4, s.second_page != 0 ? (pa + 0x1000) | s.second_page | kWriteBack : 0);
}

void fill_data(Image& image, u64 seed) {
  Random random(seed, ~u64{0});
  for (u32 i = 0; i < 0x1000; i += 4) {
    // Loads of the PC shall find a way out at times.
    const u32 stub = random.chance(50) ? u32{FUZZ_FAR_STUB_A32} : u32{FUZZ_FAR_STUB_T32 | 1};
    u32 word = random.word();
    if (word >> 24 == FUZZ_RAM >> 24) word ^= 1u << 24;  // but none into the middle of other sequences
    image.set_word(FUZZ_TEMPLATE + i, random.chance(20) ? stub : word);
    // A loaded PC shall not lead into the regions, where any data might be executed.
    u32 data = random.word();
    if (data >> 26 == FUZZ_REGION_VA >> 26) data ^= 1u << 28;
    image.set_word(FUZZ_REGION_TEMPLATE + i, i < 0x400 ? data : u32{FUZZ_STUB_WORD});
    image.set_word(FUZZ_STUBS + i, FUZZ_STUB_WORD);
  }
  // Frames for RFE: a stub and a CPSR for it.
  static constexpr u32 kModes[] = {0x10, 0x10, 0x1F, 0x13, 0x12, 0x17};
  for (u32 i = 0; i < 0x800; i += 8) {
    const bool thumb = random.chance(50);
    const u32 flags = random.word() & 0xF80F0200;
    image.set_word(FUZZ_CONSTANTS + i, thumb ? FUZZ_FAR_STUB_T32 : FUZZ_FAR_STUB_A32);
    image.set_word(FUZZ_CONSTANTS + i + 4, flags | 0x1C0 | u32{thumb} << 5 | random.pick(kModes));
  }
  image.set_word(FUZZ_CONSTANTS + 0x800, 0x03020100);                                                     // TBB
  for (u32 i = 0; i < 2; ++i) image.set_word(FUZZ_CONSTANTS + 0x810 + 4 * i, (2 * i + 1) << 16 | 2 * i);  // TBH
}

}  // namespace

void Image::set_word(u32 address, u32 value) { std::memcpy(bytes.data() + (address - FUZZ_RAM), &value, 4); }

void Image::set_bytes(u32 address, std::span<const u8> data) {
  std::ranges::copy(data, bytes.begin() + (address - FUZZ_RAM));
}

Image build_image(Kind kind, u64 seed, std::span<const Sequence> sequences, std::span<const u8> runtime) {
  Image image;
  image.count = static_cast<u32>(sequences.size());
  image.bytes.resize(FUZZ_TESTS - FUZZ_RAM + image.count * FUZZ_TEST_SIZE);
  image.set_bytes(FUZZ_RAM, runtime);
  map_harness(image, kind);
  fill_data(image, seed);

  constexpr u32 kSwapEnable = 1u << 10;
  u32 control = 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::I | 1u << sctlr::Z | kSwapEnable;
  if (about_memory(kind) && !sequences.empty()) {
    const u64 batch = sequences.front().number / batch_size(kind);
    map_regions(image, Random(seed, ~batch), kind);
    if ((batch & 1) != 0) control |= 1u << sctlr::AFE;
    image.set_word(FUZZ_PARAMETERS + PARAM_REGION_PIECES, 128);
  }
  image.layered = layered(kind);
  image.set_word(FUZZ_PARAMETERS + PARAM_LAYERED, u32{image.layered});
  image.set_word(FUZZ_PARAMETERS + PARAM_COUNT, image.count);
  image.set_word(FUZZ_PARAMETERS + PARAM_SCTLR_SET, control);
  // Stack pointers for SRS, links and saved states for exception returns.
  static constexpr u32 kSaved[] = {0x1D0, 0x600001D0, 0xF80F03DF, 0x1F0, 0x1D3};
  for (u32 bank = 0; bank < 5; ++bank) {
    const u32 at = FUZZ_PARAMETERS + PARAM_BANKS + 12 * bank;
    image.set_word(at, FUZZ_SCRATCH_VA + 0x1000 + 0x80 * bank);
    image.set_word(at + 4, bit(kSaved[bank], 5) ? FUZZ_FAR_STUB_T32 : FUZZ_FAR_STUB_A32);
    image.set_word(at + 8, kSaved[bank]);
  }
  image.set_word(FUZZ_PARAMETERS + PARAM_BANKS + 60, FUZZ_SCRATCH_VA + 0x1400);
  image.set_word(FUZZ_PARAMETERS + PARAM_BANKS + 64, FUZZ_FAR_STUB_A32);
  image.set_bytes(FUZZ_PARAMETERS + PARAM_FILE_NAME,
                  {reinterpret_cast<const u8*>(kResultFile), std::strlen(kResultFile) + 1});

  // A branch that leaves its slot ends in any other.
  for (u32 at = FUZZ_SLOTS; at < FUZZ_TESTS; at += 4) image.set_word(at, FUZZ_STUB_WORD);
  if (kind == Kind::Stage2 && !sequences.empty())
    map_stage2(image, Random(seed ^ 2, ~(sequences.front().number / batch_size(kind))));
  for (u32 i = 0; i < image.count; ++i) {
    const Sequence& s = sequences[i];
    if (s.straddle != 0) map_pair(image, s);
    image.set_bytes(s.address() - (s.straddle != 0 ? FUZZ_PAIRS_VA - FUZZ_SLOTS : 0), s.code());
    const u32 at = FUZZ_TESTS + i * FUZZ_TEST_SIZE;
    for (u32 r = 0; r < 15; ++r) image.set_word(at + 4 * r, s.registers[r]);
    image.set_word(at + TEST_CPSR, s.cpsr);
    image.set_word(at + TEST_ENTRY, s.address());
    image.set_word(at + TEST_SCTLR, s.sctlr);
    image.set_word(at + TEST_DACR, s.dacr);
    image.set_word(at + TEST_FPSCR, s.fpscr);
    image.set_word(at + TEST_HCR, s.hcr);
    image.set_word(at + TEST_HSTR, s.hstr);
    image.set_word(at + TEST_HCPTR, 0x33FF | s.hcptr);
    image.set_word(at + TEST_RESUME, s.resume);
  }
  return image;
}

}  // namespace hypsim::fuzz

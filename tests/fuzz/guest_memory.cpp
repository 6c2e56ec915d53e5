// SPDX-License-Identifier: Apache-2.0
// What stands in a guest's memory before its first instruction: vectors, translation tables, code.
#include "sim/mmu/descriptors.h"
#include "tests/fuzz/guest_machine.h"

namespace hypsim::fuzz {

namespace {

class Writer {
 public:
  explicit Writer(std::vector<u8>& memory) : memory_(memory) {}
  void word(u32 address, u32 value) { std::memcpy(&memory_[address - place::kRam], &value, 4); }
  void doubleword(u32 address, u64 value) { std::memcpy(&memory_[address - place::kRam], &value, 8); }

 private:
  std::vector<u8>& memory_;
};

constexpr u32 branch(u32 from, u32 to) { return 0xEA000000 | (((to - from - 8) >> 2) & 0xFFFFFF); }

/// Handlers that go on behind the instruction that caused them. The guest may write others.
void put_vectors(Writer& w) {
  constexpr u32 kMovsPcLr = 0xE1B0F00E, kSubsPcLr4 = 0xE25EF004;
  constexpr u32 kPl1[8] = {kMovsPcLr, kMovsPcLr, kMovsPcLr, kMovsPcLr, kSubsPcLr4, kMovsPcLr, kSubsPcLr4, kSubsPcLr4};
  for (u32 i = 0; i < 8; ++i) {
    w.word(place::kVectors + 4 * i, kPl1[i]);
    w.word(place::kMonitorVectors + 4 * i, kPl1[i]);
  }
  // Hyp mode: HVC and interrupts return, everything else skips four bytes first.
  constexpr u32 kEret = 0xE160006E, kSkip = place::kHypVectors + 0x40;
  for (u32 i = 0; i < 8; ++i) {
    const u32 at = place::kHypVectors + 4 * i;
    w.word(at, i == 2 || i >= 6 ? kEret : branch(at, kSkip));
  }
  constexpr u32 kCode[] = {0xE10ED300 /* mrs sp, elr_hyp */, 0xE28DD004 /* add sp, sp, #4 */,
                           0xE12EF30D /* msr elr_hyp, sp */, kEret};
  for (u32 i = 0; i < std::size(kCode); ++i) w.word(kSkip + 4 * i, kCode[i]);
}

u32 mixed(u32 seed, u32 n) {
  u32 z = seed + n * 0x9E3779B9u;
  z = (z ^ (z >> 16)) * 0x85EBCA6Bu;
  z = (z ^ (z >> 13)) * 0xC2B2AE35u;
  return z ^ (z >> 16);
}

/// Whether page `n` is as it should be, and if not, a number that says what it is.
u32 oddity(const Header& header, u32 stage, u32 n) {
  const u32 r = mixed(header.tables, stage * 256 + n);
  return (header.world & Header::kPlainTables) != 0 || r % 12 != 0 ? 0 : r | 1;
}

/// Short descriptors: AP 3, inner and outer write-back memory. ARM DDI 0406C B3.5.1
void put_short_tables(Writer& w, const Header& header) {
  constexpr u32 kSection = 0xC02 | 0x100C, kPage = 0x02 | 0x30 | 0x4C, kDeviceSection = 0xC02 | 0x4;
  w.word(place::kShortL1 + 4 * 0x400, place::kShortL2 | (header.tables >> 3 & 0x1E0) | 1);
  w.word(place::kShortL1 + 4 * 0x500, place::kRam | kSection);
  w.word(place::kShortL1 + 4 * 0x600, place::kRam | (mixed(header.tables, 0x600) & 0x3FDFC) | 2);
  w.word(place::kShortL1 + 4 * 0x1C0, place::kDevice | kDeviceSection);
  w.word(place::kShortL1 + 4 * 0x2C0, place::kGic | kDeviceSection);
  for (u32 n = 0; n < 256; ++n) {
    u32 page = place::kRam + (n % place::kPages << 12) | kPage;
    if (const u32 odd = oddity(header, 0, n)) {
      switch (odd >> 8 & 7) {
        case 0: page = odd & ~3u; break;
        case 1: page |= 1; break;  // XN
        case 2: page = (page & ~0x230u) | (odd >> 12 & 0x230); break;
        case 3: page = (page & ~0xFF000u) | (odd & 0x3F000); break;  // another page of RAM
        case 4: page = (page & ~0x1CCu) | (odd >> 12 & 0x1CC); break;
        case 5: page |= 0xC00; break;
        case 6: page = place::kRam + (n << 12 & 0x30000) | (odd >> 12 & 0xF038) | 1; break;  // a large page, if alone
        case 7: page = odd; break;
      }
    }
    w.word(place::kShortL2 + 4 * n, page);
  }
}

/// Long descriptors, for stage 1 and Hyp mode. ARM DDI 0406C B3.6.1
void put_long_tables(Writer& w, const Header& header) {
  constexpr u64 kTable = 3, kBlock = 0x741, kDeviceBlock = 0x745, kPage = 0x743;
  w.doubleword(place::kLongL1 + 8, place::kLongL2 | kTable);
  w.doubleword(place::kLongL2, place::kLongL3 | kTable);
  w.doubleword(place::kLongL2 + 8 * 128, place::kRam | kBlock);
  w.doubleword(place::kLongL2 + 8 * 256, (place::kRam | (mixed(header.tables, 0x601) & 0xFFC) | 1) |
                                             u64{mixed(header.tables, 0x602) & 0x70} << 48);
  constexpr u32 kLow = place::kRam + 0xF000;
  w.doubleword(place::kLongL1, kLow | kTable);
  w.doubleword(kLow + 8 * (place::kDevice >> 21), place::kDevice | kDeviceBlock);
  w.doubleword(kLow + 8 * (place::kGic >> 21), place::kGic | kDeviceBlock);
  for (u32 n = 0; n < 256; ++n) {
    u64 page = place::kRam + (n % place::kPages << 12) | kPage;
    if (const u32 odd = oddity(header, 1, n)) {
      switch (odd >> 8 & 7) {
        case 0: page = odd & ~1u; break;
        case 1: page |= u64{1} << 54; break;
        case 2: page = (page & ~u64{0xC0}) | (odd >> 12 & 0xC0); break;
        case 3: page = (page & ~u64{0xFF000}) | (odd & 0x3F000); break;
        case 4: page = (page & ~u64{0x1C}) | (odd >> 12 & 0x1C); break;
        case 5: page ^= 0x400; break;
        case 6: page |= u64{1} << 53 | u64{1} << 52 | 0x800; break;
        case 7: page = odd | u64{mixed(odd, n)} << 32; break;
      }
    }
    w.doubleword(place::kLongL3 + 8 * n, page);
  }
}

/// Stage 2, from level 1. ARM DDI 0406C B3.6.2
void put_stage2_tables(Writer& w, const Header& header) {
  constexpr u64 kTable = 3, kBlock = 0x7FD, kDeviceBlock = 0x7C5, kPage = 0x7FF;
  constexpr u32 kLow = place::kRam + 0x1F000;
  w.doubleword(place::kStage2L1, kLow | kTable);
  w.doubleword(place::kStage2L1 + 8, place::kStage2L2 | kTable);
  w.doubleword(place::kStage2L2, place::kStage2L3 | kTable);
  w.doubleword(place::kStage2L2 + 8 * 128, place::kRam | kBlock);
  w.doubleword(kLow + 8 * (place::kDevice >> 21), place::kDevice | kDeviceBlock);
  w.doubleword(kLow + 8 * (place::kGic >> 21), place::kGic | kDeviceBlock);
  for (u32 n = 0; n < 256; ++n) {
    u64 page = place::kRam + (n % place::kPages << 12) | kPage;
    if (const u32 odd = oddity(header, 2, n)) {
      switch (odd >> 8 & 7) {
        case 0: page = odd & ~1u; break;
        case 1: page |= u64{1} << 54; break;
        case 2:
        case 5: page = (page & ~u64{0xC0}) | (odd >> 12 & 0xC0); break;
        case 3: page = (page & ~u64{0xFF000}) | (odd & 0x3F000); break;
        case 4: page = (page & ~u64{0x3C}) | (odd >> 12 & 0x3C); break;
        case 6: page ^= 0x400; break;
        case 7: page = odd | u64{mixed(odd, n)} << 32; break;
      }
    }
    w.doubleword(place::kStage2L3 + 8 * n, page);
  }
}

}  // namespace

u32 code_address(const Header& header) {
  // In the first half of its page, or across the end of it.
  const u32 offset = header.code_at < 0x80 ? header.code_at * 8u : 0x1000 - (0x100u - header.code_at) * 2;
  return place::kCode + (offset & ~3u);
}

void fill_memory(std::vector<u8>& memory, const Header& header, std::string_view code) {
  memory.assign(place::kRamSize, 0);
  Writer w(memory);
  put_vectors(w);
  put_short_tables(w, header);
  put_long_tables(w, header);
  put_stage2_tables(w, header);
  for (u32 n = 0; n < 1024; ++n) w.word(place::kData + 4 * n, mixed(header.tables ^ 0xDA7A, n));
  const u32 start = code_address(header);
  std::memcpy(&memory[start - place::kRam], code.data(), code.size());
  // Behind the code it starts anew, in whichever instruction set it is.
  const u32 end = (start + static_cast<u32>(code.size()) + 3) & ~3u;
  if ((header.state & Header::kThumb) != 0) {
    const u32 offset = start - (end + 4);
    const u32 wide = 0xF0009000 | 1u << 26 | (offset >> 12 & 0x3FF) << 16 | 1u << 13 | 1u << 11 | (offset >> 1 & 0x7FF);
    w.word(end, wide << 16 | wide >> 16);
  } else {
    w.word(end, branch(end, start));
  }
}

}  // namespace hypsim::fuzz

// SPDX-License-Identifier: Apache-2.0
// A guest as the bytes of an input: a header that sets the machine up, then code. Any bytes are a guest.
#pragma once

#include <array>

#include "tests/fuzz/input.h"

namespace hypsim::fuzz {

/// Where things lie in the guest's memory.
namespace place {
constexpr u32 kRam = 0x4000'0000, kRamSize = 1u << 18;
constexpr u32 kPages = kRamSize >> 12;
constexpr u32 kVectors = kRam, kHypVectors = kRam + 0x100, kMonitorVectors = kRam + 0x200;
constexpr u32 kCode = kRam + 0x2000, kCodeSize = 0x2000;
constexpr u32 kShortL1 = kRam + 0x4000, kShortL2 = kRam + 0x8000;
constexpr u32 kLongL1 = kRam + 0x9000, kLongL2 = kRam + 0xA000, kLongL3 = kRam + 0xB000;
constexpr u32 kStage2L1 = kRam + 0xC000, kStage2L2 = kRam + 0xD000, kStage2L3 = kRam + 0xE000;
constexpr u32 kData = kRam + 0x1'0000;
/// The RAM again at another virtual address, and memory with attributes of the header's choice.
constexpr u32 kAlias = 0x5000'0000, kOdd = 0x6000'0000;
constexpr u32 kDevice = 0x1C00'0000, kGic = 0x2C00'0000, kNothing = 0x7000'0000;
}  // namespace place

/// The front of an input.
struct Header {
  static constexpr std::size_t kSize = 64;
  static constexpr std::size_t kBases = 13, kSlices = 16;

  enum Run : u8 {
    kTimed = 1,
    kBlockEvents = 2,
    kTwoCores = 0x10,
    kSlowDevice = 0x20,
    kRefillTail = 0x40,
    kHivecs = 0x80
  };
  enum State : u8 { kThumb = 0x10, kBigEndian = 0x20, kCaches = 0x40, kHypMmu = 0x80 };
  enum World : u8 { kMasks = 7, kAlignment = 8, kStage1 = 0x10, kLong = 0x20, kStage2 = 0x40, kPlainTables = 0x80 };

  u8 run, state, world, code_at;  ///< bits of Run (2-3: heat), State (0-3: mode), World; where in its page code begins
  u32 hcr, scr, hstr, hcptr, hdcr, sctlr, tables;
  std::array<u8, kBases> bases;    ///< what R0 to R12 point at
  u8 fill;                         ///< of the VFP registers
  bool small_cache;                ///< generated code has little room
  std::array<u8, kSlices> slices;  ///< how long the guest runs, and what happens to it from outside then

  explicit Header(Input& input) {
    run = input.byte(), state = input.byte(), world = input.byte(), code_at = input.byte();
    for (u32* word : {&hcr, &scr, &hstr, &hcptr, &hdcr, &sctlr, &tables}) *word = input.word();
    for (u8& base : bases) base = input.byte();
    fill = input.byte(), small_cache = (input.byte() & 1) != 0;
    input.byte();
    for (u8& slice : slices) slice = input.byte();
  }
};

/// The longest code of an input; the rest is cut off.
constexpr std::size_t kMostCode = 1024;

}  // namespace hypsim::fuzz

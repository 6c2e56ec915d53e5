// SPDX-License-Identifier: Apache-2.0
// The memory image of a batch of tests: runtime, translation tables, code and initial states.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/differential/sequence.h"

namespace hypsim::fuzz {

struct Image {
  std::vector<u8> bytes;  ///< from FUZZ_RAM
  u32 count = 0;
  bool layered = false;  ///< needs a machine with Hyp and Monitor mode

  void set_word(u32 address, u32 value);
  void set_bytes(u32 address, std::span<const u8> data);
};

/// The name under which the runtime writes its results.
constexpr const char* kResultFile = "results.bin";

/// All sequences must be of one batch: `seed` and their numbers decide on translation tables and memory contents.
Image build_image(Kind kind, u64 seed, std::span<const Sequence> sequences, std::span<const u8> runtime);

}  // namespace hypsim::fuzz

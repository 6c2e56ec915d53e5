// SPDX-License-Identifier: Apache-2.0
// A translated block: straight-line guest code within one 4 KB page, and the context it was translated for.
#pragma once

#include <memory>
#include <vector>

#include "sim/base/types.h"
#include "sim/cpu/ir/micro_op.h"

namespace hypsim {

/// The state translation depends on, packed to compare as one word. ITSTATE is that of the block's first instruction.
struct BlockContext {
  bool thumb = false;
  bool big_endian = false;
  u8 itstate = 0;
  Mode mode = Mode::Supervisor;
  Security security = Security::Secure;
  bool thumbee = false;  ///< with thumb: ThumbEE

  constexpr u32 key() const { return state_key(thumb, thumbee, big_endian, itstate) | mode_key(mode, security); }
  /// The two halves of key(): what may change at every branch, and what only changes with mode or security state.
  static constexpr u32 state_key(bool thumb, bool thumbee, bool big_endian, u8 itstate) {
    return u32{thumb} | u32{thumbee} << 16 | u32{big_endian} << 1 | u32{itstate} << 2;
  }
  static constexpr u32 mode_key(Mode mode, Security security) {
    return static_cast<u32>(mode) << 10 | static_cast<u32>(security) << 15;
  }
  constexpr bool privileged() const { return mode != Mode::User; }
};

struct BlockTiming;  // sim/cpu/pipeline/timing_model.h

struct Block {
  PhysAddr pa{};
  VirtAddr va{};        ///< a block is tied to its virtual address, since PC values are constants in it
  BlockContext context;
  u32 byte_length = 0;
  std::vector<ir::MicroOp> ops;
  std::vector<ir::InsnInfo> insns;
  std::shared_ptr<const BlockTiming> timing;  ///< null in functional mode
  PhysAddr second_page{};                     ///< a T32 instruction that straddles pages: where its rest lies
  bool straddles = false;
  bool self_loop = false;                     ///< a branch to itself and nothing else
  bool conditional_end = false;               ///< the last instruction is a conditional branch
};

constexpr unsigned kMaxBlockInsns = 32;

}  // namespace hypsim

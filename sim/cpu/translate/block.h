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
  bool thumbee = false;           ///< with thumb: ThumbEE
  bool nonsecure_memory = false;  ///< Secure code that is fetched by Non-secure accesses

  constexpr u32 key() const {
    return state_key(thumb, thumbee, big_endian, itstate) | mode_key(mode, security) | u32{nonsecure_memory} << 17;
  }
  /// Two parts of key(): what may change at every branch, and what only changes with mode or security state. The third
  /// is known where the translation is.
  static constexpr u32 state_key(bool thumb, bool thumbee, bool big_endian, u8 itstate) {
    return u32{thumb} | u32{thumbee} << 16 | u32{big_endian} << 1 | u32{itstate} << 2;
  }
  static constexpr u32 mode_key(Mode mode, Security security) {
    return static_cast<u32>(mode) << 10 | static_cast<u32>(security) << 15;
  }
  constexpr bool privileged() const { return mode != Mode::User; }
};

struct BlockTiming;  // sim/cpu/pipeline/schedule.h

/// A jump of generated code that leads to another block: where its 32-bit displacement can be written, and the one that
/// it has unlinked, which leads to a stub that asks the run loop for the block.
struct HostJump {
  u8* displacement;
  i32 unlinked;
};

/// What a block has been compiled to, if anything: see sim/cpu/jit/engine.h.
struct HostCode {
  const void* entry = nullptr;  ///< null: interpret it
  u32 heat = 0;
  bool refused = false;  ///< the code generator leaves it to the interpreter
  bool settles = false;  ///< some instruction charges those before it: where charging stands is known at run time
  std::vector<HostJump> callers;  ///< the linked jumps that lead here
};

struct Block {
  PhysAddr pa{};
  VirtAddr va{};  ///< a block is tied to its virtual address, since PC values are constants in it
  BlockContext context;
  u32 byte_length = 0;
  std::vector<ir::MicroOp> ops;
  std::vector<ir::InsnInfo> insns;
  BlockTiming* timing = nullptr;  ///< the schedule of the last visit, or of the one under way; null in functional mode
  PhysAddr second_page{};         ///< a T32 instruction that straddles pages: where its rest lies
  bool straddles = false;
  bool unwatched = false;        ///< it came over the bus: nobody tells when memory there changes
  bool self_loop = false;        ///< a branch to itself and nothing else
  bool conditional_end = false;  ///< the last instruction is a conditional branch
  HostCode host;

  PhysAddr last_byte() const { return straddles ? second_page + 1 : pa + (byte_length - 1); }
};

constexpr unsigned kMaxBlockInsns = 32;

}  // namespace hypsim

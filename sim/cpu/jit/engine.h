// SPDX-License-Identifier: Apache-2.0
// The code generator's face: hot blocks run as x86-64 code, with the same registers, memory, cycles and events as in
// the interpreter.
//
// What is fast: the most used guest registers stay in host registers from block to block, blocks of one page jump to
// each other, and a load or store that hits the look-aside stays in generated code. What must stay true: everything
// else is done by the functions that the interpreter calls, on a state that is complete (Engine::pause) and looked at
// afresh afterwards (Engine::resume); a jump between blocks is taken only where Core::known_block would find the same
// block.
#pragma once

#include <memory>
#include <vector>

#include "sim/base/types.h"
#include "sim/cpu/ir/micro_op.h"
#include "sim/cpu/translate/block.h"

namespace hypsim {

class Core;
enum class MemClass : u8;

namespace jit {

class CodeBuffer;
class Generator;
struct Layout;

/// The end of a block that may be linked to the block at `target`.
struct ExitSite {
  HostJump jump;
  const u8* end;  ///< of the jump, where it runs
  u64 page;       ///< physical page of both blocks
  u32 target;
  u32 context;  ///< BlockContext::key() of the target
};

/// What generated code and the engine hand each other; a member of Core.
struct Shared {
  i64 budget = 0;    ///< instructions that may run before the run loop must look round; the code counts down
  u64 data_key = 0;  ///< data generation << 32
  const ExitSite* site = nullptr;  ///< the unlinked end through which the code left
  u64* l1d = nullptr;              ///< the tags of the L1 data cache in timed mode
  u64* l1d_written = nullptr;      ///< for each set of it the line that a store finds Modified
};

class Engine {
 public:
  /// Null where the host has no code generator, or grants it no memory. The code, and the links between its blocks,
  /// take at most `bytes`.
  static std::unique_ptr<Engine> create(Core& core, u64 bytes);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Runs a hot block and whatever generated code follows it. False: nothing has run, the interpreter is to do it.
  bool run(Block& block);
  /// Forgets all generated code; only between blocks.
  void forget_code();

 private:
  friend struct Layout;

  Engine(Core& core, std::unique_ptr<CodeBuffer> buffer, std::size_t most_links);
  bool allowed() const;
  bool compile(Block& block);
  void link(const ExitSite& site, Block& block);
  /// Between generated code and the core's own members: what the code holds becomes the state of the core, and back.
  void pause();
  void resume();
  void count();  ///< the part of pause() that concerns the number of instructions

  // Called by generated code.
  /// Performs one micro-op. True: leave the block, the state of the core says where to go on.
  static bool execute(Core* core, const ir::MicroOp* op, Block* block);
  /// Charges the block's instructions up to `upto`, its end, where that is more than adding up.
  static void settle(Core* core, Block* block, u32 upto);
  static void branch(Core* core, const ir::MicroOp* op, Block* block, u32 taken_to);
  static void fetch(Core* core, Block* block);
  static void start(Core* core, Block* block);
  static void load_timing(Core* core, u64 pa, MemClass mem_class, const ir::MicroOp* op);
  static void store_timing(Core* core, u64 pa, MemClass mem_class);

  Core& core_;
  std::unique_ptr<CodeBuffer> buffer_;
  std::unique_ptr<Generator> generator_;
  i64 base_ = 0;       // Shared::budget when last looked at
  bool left_ = false;  // execute() ended the visit: the state is complete
  bool observed_ = false;
  const ir::MicroOp* after_ = nullptr;  // the interpreter goes on behind this micro-op
};

}  // namespace jit
}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// Where generated code finds things: displacements from the middle of the slot file, so that every slot is one byte
// away; and absolute addresses of what lies outside the core.
#pragma once

#include "sim/cpu/core.h"

namespace hypsim::jit {

struct Layout {
  explicit Layout(Core& core);
  /// The look-aside set of the core's present mode.
  static unsigned side(const Core& core);

  static constexpr i32 slot(ir::Slot s) { return (static_cast<i32>(s) - kMiddle) * 4; }
  static constexpr i32 kMiddle = 32;
  /// N, Z, C, V as LAHF and SETO leave them: V in bit 0, C inverted (a borrow) in bit 8, Z in bit 14, N in bit 15.
  static constexpr ir::Slot kFlags = 22;

  i32 core, pc, itstate, thumb;
  i32 budget, data_key, site, l1d, l1d_written, block;
  i32 now, stack, beyond, limit, settled;
  i32 fetch_generation, jumps, lookaside_loads, lookaside_stores;
  u32 block_entry;  ///< within a Block
  void* middle;

  /// Of timed mode: where the model is, what lies within it, and the arrays it holds. Null in functional mode.
  TimingModel* timing = nullptr;
  i32 last_fetch_line, shadow, under_way, prediction, history, top, depth, state;
  i32 l1d_reads, l1d_writes, l1i_accesses, branches;
  u64* l1d_lines;
  u32 l1d_sets, l1d_ways;
  u64* l1i_lines;
  u32 l1i_sets, l1i_ways;
  u8* counters;
  u32 history_mask;
  u64* btb;  ///< PC in the lower half, target in the upper
  u32 btb_entries;
  u32* returns;
  u32 return_entries;
  u32 taken_bubble;
  const u32* serial_costs;  ///< by timing class

  /// What generated code calls.
  static constexpr auto kExecute = &Engine::execute;
  static constexpr auto kSettle = &Engine::settle;
  static constexpr auto kBranch = &Engine::branch;
  static constexpr auto kFetch = &Engine::fetch;
  static constexpr auto kStart = &Engine::start;
  static constexpr auto kLoadTiming = &Engine::load_timing;
  static constexpr auto kStoreTiming = &Engine::store_timing;
};

}  // namespace hypsim::jit

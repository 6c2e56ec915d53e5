// SPDX-License-Identifier: Apache-2.0
// The branch predictor: a BTB for targets, global-history two-bit counters for directions, a return stack, targets of
// indirect branches by the path that led there. A conditional branch that the BTB does not know is predicted by its
// direction, backwards taken. The structures are shared by all software on the core, so a world switch disturbs them as
// it does on silicon.
#pragma once

#include <vector>

#include "sim/cpu/ir/micro_op.h"

namespace hypsim {

namespace jit {
struct Layout;
}

class BranchPredictor {
 public:
  BranchPredictor(u32 btb_entries, u32 history_bits, u32 return_stack_entries, u32 indirect_entries)
      : btb_(btb_entries),
        indirect_(indirect_entries),
        counters_(std::size_t{1} << history_bits, 1),
        returns_(return_stack_entries),
        history_mask_((1u << history_bits) - 1) {}

  /// Predicts the branch at `pc`, learns what it did, and returns true if the prediction was wrong.
  bool mispredicts(u32 pc, u32 fall_through, u32 actual, ir::BranchKind kind, bool conditional) {
    const bool taken = actual != fall_through;
    Entry& entry = btb_[(pc >> 1) & (btb_.size() - 1)];
    const bool known = entry.pc == pc;

    bool predict_taken = true;
    if (conditional) {
      u8& counter = counters_[((pc >> 1) ^ history_) & history_mask_];
      predict_taken = counter >= 2;
      // Where a branch that is not taken would go is not told: the counter speaks for it.
      if (!known && taken) predict_taken = actual < pc;
      if (taken && counter < 3) ++counter;
      if (!taken && counter > 0) --counter;
      history_ = (history_ << 1 | static_cast<u32>(taken)) & history_mask_;
    }

    const bool indirect = kind == ir::BranchKind::Indirect || kind == ir::BranchKind::IndirectCall;
    Entry& by_path = indirect_[((pc >> 1) ^ path_) & (indirect_.size() - 1)];

    u32 predicted = fall_through;
    if (predict_taken) {
      if (kind == ir::BranchKind::Return && depth_ > 0) {
        predicted = returns_[top_];
      } else if (indirect && by_path.pc == pc) {
        predicted = by_path.target;
      } else if (known) {
        predicted = entry.target;
      } else if (const bool direct = kind == ir::BranchKind::Direct || kind == ir::BranchKind::Call; direct || !taken) {
        // The decoder finds a direct target by itself: a BTB miss costs no flush, nor does a branch to the next
        // instruction. (A conditional one that was not taken is a direct branch as far as anybody can tell.)
        predicted = taken || (direct && !conditional) ? actual : ~fall_through;
      }
    }
    if (taken) {
      if (kind == ir::BranchKind::Call || kind == ir::BranchKind::IndirectCall) {
        top_ = top_ + 1 == returns_.size() ? 0 : top_ + 1;
        returns_[top_] = fall_through;
        if (depth_ < returns_.size()) ++depth_;
      } else if (kind == ir::BranchKind::Return && depth_ > 0) {
        top_ = (top_ == 0 ? returns_.size() : top_) - 1;
        --depth_;
      }
      entry = {pc, actual};
      if (indirect) {
        by_path = {pc, actual};
        path_ = path_ << 3 ^ actual >> 1 ^ actual >> 9;
      }
    }
    return predicted != actual;
  }

  void invalidate() {
    btb_.assign(btb_.size(), {});
    indirect_.assign(indirect_.size(), {});
    depth_ = 0;
  }

 private:
  friend struct jit::Layout;

  struct Entry {
    u32 pc = ~0u;
    u32 target = 0;
  };
  std::vector<Entry> btb_, indirect_;
  std::vector<u8> counters_;
  std::vector<u32> returns_;
  u32 history_mask_;
  u32 history_ = 0;
  u32 path_ = 0;  // of the last indirect branches' targets
  std::size_t top_ = 0, depth_ = 0;
};

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// The TLBs as they would be without the last world switch: a copy from before it, which did not see it and has followed
// since. It is asked only when the real ones miss; what they hit it need not know, since no TLB keeps state on a hit.
#pragma once

#include <array>
#include <vector>

#include "sim/mmu/mmu.h"
#include "sim/mmu/tlb.h"

namespace hypsim {

struct TlbShadow {
  std::array<L1Tlb, 3> l1;  // instruction, load, store
  L2Tlb l2;
  WalkCache walk_cache;
  IpaCache ipa_cache;
  bool following = false;  // false: a switch is under way, which is not to be seen

  unsigned maintain(const TlbMaintenance& op);
};

/// Passes a walk's reads on, and remembers them for the shadow's walk of the same address.
class RecordedMemory final : public WalkMemory {
 public:
  explicit RecordedMemory(WalkMemory& memory) : memory_(&memory) {}
  bool read_descriptor(PhysAddr pa, unsigned size, const MemAttr& attr, Security security, bool stage2,
                       u64& value) override;
  /// From now on, reads answer from what was read before; others fail.
  void replay() { memory_ = nullptr; }

 private:
  struct Read {
    PhysAddr pa;
    bool ok;
    u64 value;
  };
  WalkMemory* memory_;
  std::array<Read, 32> reads_;  // four stage-1 levels of four stage-2 reads each, and the output's
  unsigned count_ = 0;
};

}  // namespace hypsim

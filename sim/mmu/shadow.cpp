// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/shadow.h"

namespace hypsim {

unsigned TlbShadow::maintain(const TlbMaintenance& op) {
  const TlbOpTarget target = tlb_op_row(op.op).target;
  const TlbMatcher match(op);
  unsigned dropped = 0;
  if (target != TlbOpTarget::Data) dropped += l1[0].maintain(match);
  if (target != TlbOpTarget::Instruction) dropped += l1[1].maintain(match) + l1[2].maintain(match);
  return dropped + l2.maintain(match) + walk_cache.maintain(match) + ipa_cache.maintain(match);
}

bool RecordedMemory::read_descriptor(PhysAddr pa, unsigned size, const MemAttr& attr, Security security, bool stage2,
                                     u64& value) {
  if (memory_ != nullptr) {
    const bool ok = memory_->read_descriptor(pa, size, attr, security, stage2, value);
    if (count_ < reads_.size()) reads_[count_++] = {pa, ok, value};
    return ok;
  }
  value = 0;
  for (unsigned i = 0; i < count_; ++i) {
    if (reads_[i].pa != pa) continue;
    value = reads_[i].value;
    return reads_[i].ok;
  }
  return false;
}

}  // namespace hypsim

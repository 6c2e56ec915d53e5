// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/dram.h"

#include <algorithm>

namespace hypsim {

u64 Calendar::take(u64 when) {
  if (turn_ == 0) return when;
  unsigned at = 0;  // the first turn that `when` may have to wait for
  while (at < count_ && begins_[at] + turn_ <= when) ++at;
  while (at < count_ && begins_[at] < when + turn_) {
    when = begins_[at] + turn_;
    ++at;
  }
  if (count_ == kKept) {
    if (at == 0) return when;  // older than all that are kept
    std::copy(begins_.begin() + 1, begins_.begin() + at, begins_.begin());
    --at;
  } else {
    std::copy_backward(begins_.begin() + at, begins_.begin() + count_, begins_.begin() + count_ + 1);
    ++count_;
  }
  begins_[at] = when;
  return when;
}

Dram::Dram(const TimingConfig& config)
    : path_(config.cycles_of_ns(config.dram_ns) -
            std::min(config.cycles_of_ns(config.dram_ns),
                     config.cycles_of_ps(config.dram_activate) + config.cycles_of_ps(config.dram_precharge))),
      activate_(config.cycles_of_ps(config.dram_activate)),
      precharge_(config.cycles_of_ps(config.dram_precharge)),
      row_cycle_(config.cycles_of_ps(config.dram_row_cycle)),
      row_bytes_(config.dram_row_bytes),
      bus_(config.cycles_of_ps(config.dram_line)),
      banks_(config.dram_banks) {}

u64 Dram::transfer(PhysAddr pa, u64 when) {
  // The bank depends on higher address bits too, so that a line and what it replaces in L2, whose lower ones agree, do
  // not fight for one.
  const u64 row = pa.value / row_bytes_, banks = banks_.size();
  Bank& bank = banks_[(row + row / banks + row / banks / banks) % banks];
  if (bank.row != row) {
    if (bank.row != kClosed) when += precharge_;
    when = std::max(when, bank.next_activate);
    bank.next_activate = when + row_cycle_;
    bank.row = row;
    when += activate_;
  }
  return bus_.take(when + path_);
}

}  // namespace hypsim

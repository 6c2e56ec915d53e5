// SPDX-License-Identifier: Apache-2.0
// The generic timer as one core's CP15 sees it. ARM DDI 0406C B8.
#pragma once

#include "sim/base/types.h"

namespace hypsim {

/// The four timers of one core. The secure and non-secure PL1 physical timers are banked by the caller's choice.
enum class TimerId : u8 { PhysSecure, PhysNonSecure, Virtual, Hyp };

class TimerPort {
 public:
  virtual ~TimerPort() = default;
  virtual u32 cntfrq() const = 0;            ///< CNTFRQ, Hz
  virtual void set_cntfrq(u32 hz) = 0;       ///< software-visible value only
  virtual u64 cntpct(Cycles now) const = 0;  ///< physical count
  virtual u64 cntvct(Cycles now) const = 0;  ///< CNTPCT - CNTVOFF
  virtual u64 cntvoff() const = 0;
  virtual void set_cntvoff(u64 offset, Cycles now) = 0;
  virtual u64 cval(TimerId id) const = 0;
  virtual void set_cval(TimerId id, u64 value, Cycles now) = 0;
  virtual u32 tval(TimerId id, Cycles now) const = 0;
  virtual void set_tval(TimerId id, u32 value, Cycles now) = 0;
  virtual u32 ctl(TimerId id, Cycles now) const = 0;  ///< ENABLE, IMASK, ISTATUS
  virtual void set_ctl(TimerId id, u32 value, Cycles now) = 0;
};

}  // namespace hypsim

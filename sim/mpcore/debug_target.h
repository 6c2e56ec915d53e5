// SPDX-License-Identifier: Apache-2.0
// What a debugger asks of the machine it debugs. No SystemC: MpCore answers, or cores alone.
#pragma once

#include "sim/cpu/core.h"
#include "sim/mpcore/exclusive_monitor.h"

namespace hypsim {

/// Why the simulation ended.
enum class EndReason : u8 {
  None,         ///< still running, or the kernel stopped for another reason
  Semihosting,  ///< the guest asked for it
  VectorAbort,  ///< an exception vector could not be fetched
  Deadlock,     ///< every core sleeps or loops on the spot, and no event that will come can end it
  InsnLimit,
  CycleLimit,
  TimeEnd,    ///< simulated time cannot go on (CycleClock::end)
  Requested,  ///< request_end(): time-out, signal, observer
};

class DebugTarget {
 public:
  virtual ~DebugTarget() = default;
  virtual unsigned core_count() const = 0;
  virtual Core& core(unsigned index) = 0;
  /// Physical memory as `core` would see it, without side effects.
  virtual bool debug_read(PhysAddr pa, void* data, u32 size, unsigned core, Security security) = 0;
  virtual bool debug_write(PhysAddr pa, const void* data, u32 size, unsigned core, Security security) = 0;
  /// The debugger changed the state of a core: it may no longer have a reason to be idle.
  virtual void reconsider(unsigned core) = 0;
  /// Ends the simulation at the next opportunity.
  virtual void request_end() = 0;
};

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// The system registers (CP14, CP15) as one table. A row is the only place where an encoding, its name, its banks, its
// access rule, its trap group, its reset value and its side effects stand.
#pragma once

#include <string_view>

#include "sim/base/cache_shapes.h"
#include "sim/base/timer_port.h"
#include "sim/cpu/state/cpu_state.h"
#include "sim/hyp/traps.h"
#include "sim/mmu/mmu.h"

namespace hypsim::sysreg {

/// Which cached translation state a register write makes stale; bits of Services::context_changed.
enum ContextChange : u32 {
  kTranslation = 1,  ///< anything the look-aside's context holds: SCTLR, TTBCR, DACR, CONTEXTIDR, VTTBR, HCR...
  kExecution = 2,    ///< SCTLR bits that translation of instructions depends on
  kInterrupts = 4,   ///< HCR.VI/VF/VA/xMO, SCR: pending interrupts must be looked at again
};

enum class CacheOp : u8 {
  IcAllInvalidate,
  IcMvaInvalidate,
  BpInvalidate,
  DcMvaInvalidate,
  DcMvaClean,
  DcMvaCleanInvalidate,
  DcMvaCleanPou,
  DcSwInvalidate,
  DcSwClean,
  DcSwCleanInvalidate,
};

/// What a register hook may ask of the core: the cold side of an access. Implemented by Core.
class Services {
 public:
  virtual ~Services() = default;
  virtual CpuState& state() = 0;
  virtual Mmu& mmu() = 0;
  virtual TimerPort& timer() = 0;
  virtual Cycles now() const = 0;
  virtual u64 retired_insns() const = 0;
  virtual u64 pmu_event_count(u32 event) const = 0;  ///< running total of a PMU event (C12), 0 if not modelled
  virtual u8 core_index() const = 0;
  virtual u32 core_count() const = 0;
  virtual u32 cbar() const = 0;  ///< PERIPHBASE as the platform sets it
  virtual CacheShapes cache_shapes() const = 0;
  virtual void context_changed(u32 changes) = 0;  ///< ContextChange bits
  virtual void tlb_maintenance(const TlbMaintenance& op, bool broadcast) = 0;
  /// A cache operation by address may fault; returns false after the abort has been taken.
  virtual bool cache_maintenance(CacheOp op, u32 operand, bool broadcast) = 0;
  /// Takes the data abort (CM=1) of an address translation operation on `va`.
  virtual void maintenance_abort(const Fault& fault, u32 va) = 0;
  virtual hyp::InterruptLines interrupt_lines() const = 0;
  virtual void pmu_irq_changed(bool level) = 0;
  virtual void observe_write(const char* name, u64 value) = 0;
};

struct Row;  ///< one table row; table.h

/// Finds the row of an encoding; nullptr when the A15 has no such register. For LDC and STC `crn` is CRd.
const Row* find(const hyp::CoprocAccess& access);

enum class Access : u8 { Done, Undefined, HypTrap, Aborted /* the access itself took an abort */ };
struct AccessResult {
  Access access = Access::Done;
  hyp::Decision decision;
  bool ends_block = false;  ///< the write changed something that translation or interrupts depend on
};

/// What becomes of an access, without performing it. `row` may be nullptr.
hyp::Decision decide(Services& core, const Row* row, const hyp::CoprocAccess& access);

/// Performs one MRC/MCR/MRRC/MCRR/LDC/STC, trap decision first. `value` is what the register gives (access.read) or
/// takes: low word Rt, high word Rt2. `row` may be nullptr: the access is then UNDEFINED unless a Hyp trap wins.
AccessResult access(Services& core, const Row* row, const hyp::CoprocAccess& access, u64& value);

/// Values after reset. ARM DDI 0406C B1.9.1, Cortex-A15 TRM table 4-2 ff.
void reset(Services& core);

/// Row facts that others need.
std::string_view name(const Row* row);
bool is_tlb_maintenance(const Row* row);
bool is_cache_maintenance(const Row* row);

}  // namespace hypsim::sysreg

// SPDX-License-Identifier: Apache-2.0
// What a core tells those who watch it: profile, trace, the debugger. The core never names them.
#pragma once

#include <array>

#include "sim/base/arch.h"
#include "sim/base/types.h"

namespace hypsim {

/// Where a cycle went: each cycle of a run belongs to exactly one. DESIGN "World-switch accounting".
enum class Resource : u8 {
  Base,        ///< issue-limited: the front end delivers, nothing stalls
  Dependency,  ///< waiting for a result of an earlier instruction
  FetchMiss,   ///< instruction fetch beyond L1I
  L1d,
  L2,
  Dram,   ///< data access by the level that served it
  TlbL2,  ///< L1 TLB miss that hit the L2 TLB
  WalkStage1,
  WalkStage2,
  Mispredict,
  Barrier,
  SysReg,  ///< CP15/CP14 and banked register access
  Device,  ///< device read, or a full write buffer
  TlbMaintenance,
  Exception,  ///< exception entry and return
  Idle,       ///< WFI/WFE
  Count
};
constexpr unsigned kResources = static_cast<unsigned>(Resource::Count);
using CycleStack = std::array<u64, kResources>;
const char* resource_name(Resource r);

/// What a core looked for and did not find after a world switch, though it would have without the switch.
enum class Refill : u8 {
  TlbL1,  ///< an L1 TLB entry; the L2 TLB had it
  TlbL2,  ///< an L2 TLB entry: a walk, without its descriptor reads
  WalkStage1,
  WalkStage2,  ///< descriptors read by walks of that kind, or because the walk cache had lost the way
  L1i,
  L1d,        ///< a line
  Predictor,  ///< a branch, predicted wrongly
  Count
};
constexpr unsigned kRefills = static_cast<unsigned>(Refill::Count);
const char* refill_name(Refill r);

/// Running totals. Cycles are those each refill took by itself: several may overlap.
struct RefillTail {
  std::array<u64, kRefills> misses{}, cycles{};
  void add(Refill r, u64 number, u64 took) {
    misses[static_cast<unsigned>(r)] += number;
    cycles[static_cast<unsigned>(r)] += took;
  }
};

/// A taken exception. `from`/`to` are modes; `hsr` is meaningful when `to` is Hyp.
struct ExceptionEvent {
  Exception kind;
  Mode from, to;
  Security from_security, to_security;
  u32 return_address;  ///< ELR_hyp or the preferred return address
  u32 vector;          ///< address of the handler's first instruction
  u32 hsr;
  bool from_guest;  ///< Non-secure PL1/PL0 with HCR.VM=1
  u32 spsr;
};

/// A return from an exception (ERET, SUBS PC, RFE, LDM^).
struct ReturnEvent {
  Mode from, to;
  Security to_security;
  u32 target;
  bool to_guest;  ///< Non-secure PL1/PL0 with HCR.VM=1
};

/// The instructions of a BlockEvent as they were executed; lives as long as the call.
class ExecutedCode {
 public:
  struct Insn {
    u32 address;
    u32 raw;    ///< the encoding; T32: first halfword in bits 31:16 when length is 4
    u8 length;  ///< bytes
  };
  virtual Insn insn(u32 number) const = 0;
  virtual bool thumb() const = 0;
  virtual Mode mode() const = 0;  ///< in which they were executed, whatever they changed
  virtual Security security() const = 0;

 protected:
  ~ExecutedCode() = default;
};

/// Straight-line execution of `insns` instructions from `pc`.
struct BlockEvent {
  u32 pc;
  u32 insns;
  Mode mode;
  Security security;
  const ExecutedCode* code;
};

/// A moment of one core: its clock, its instruction count and where its cycles have gone so far.
struct Moment {
  u8 core;
  Vmid vmid;
  bool guest;  ///< Non-secure PL1/PL0 with HCR.VM=1
  Cycles now;
  u64 insns;
  const CycleStack* stack;
  const RefillTail* tail = nullptr;  ///< since the core was told to keep it; null if it was not
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void exception(const Moment&, const ExceptionEvent&) {}
  virtual void exception_return(const Moment&, const ReturnEvent&) {}
  /// Called after each executed block (or part of one), only if wants_blocks().
  virtual void block(const Moment&, const BlockEvent&) {}
  virtual bool wants_blocks() const { return false; }
  /// Whether Moment::tail is wanted: asked once, when the observer is installed. Functional mode has none.
  virtual bool wants_refill_tail() const { return false; }
  /// DBG #option, a hint that debug and trace systems may use: hypsim's guests mark measured regions with it.
  virtual void marker(const Moment&, u32 /*option*/, u32 /*r12*/) {}
  /// A system register that a world switch turns on was written: "VTTBR", "HCR"...
  virtual void sysreg_write(const Moment&, const char* /*name*/, u64 /*value*/) {}
};

}  // namespace hypsim

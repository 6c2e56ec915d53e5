// SPDX-License-Identifier: Apache-2.0
// The memory management unit of one Cortex-A15 core: stage 1, stage 2, the TLBs and their maintenance.
//
// The core calls translate() whenever its host look-aside misses. Every successful translation names an L1 entry; a
// look-aside slot remembers the address of that entry's `stamp` and its value and is valid only while both agree, so
// eviction and maintenance reach the slots without call-backs. TLB contents are architecturally live: changed tables
// keep their old translation until a TLBI or an eviction drops it. ARM DDI 0406C B3
#pragma once

#include <array>
#include <functional>
#include <memory>

#include "sim/base/system_registers.h"
#include "sim/mmu/access.h"
#include "sim/mmu/fault.h"
#include "sim/mmu/maintenance.h"
#include "sim/mmu/tlb_entry.h"

namespace hypsim {

/// The walker's port to memory; the core implements it through its caches and bus.
struct WalkMemory {
  virtual ~WalkMemory() = default;
  /// Reads a 4- or 8-byte descriptor at `pa` as the little-endian value of its bytes; the walker applies SCTLR.EE and
  /// HSCTLR.EE. `stage2` tells a stage-2 descriptor from a stage-1 one. Returns false on an external abort.
  virtual bool read_descriptor(PhysAddr pa, unsigned size, const MemAttr& attr, Security security, bool stage2,
                               u64& value) = 0;
};

/// Sizes in entries. Defaults are the A15's. The constructor of Mmu throws InputError for impossible values.
struct MmuConfig {
  unsigned l1_instruction = 32;
  unsigned l1_load = 32;
  unsigned l1_store = 32;
  unsigned l2 = 512;
  unsigned l2_ways = 4;      ///< l2 / l2_ways must be a power of two
  unsigned walk_cache = 16;  ///< intermediate table walk cache, both stages; 0 = none
  unsigned ipa_cache = 0;    ///< stage-2 results by IPA, for descriptor and output addresses; 0 = none
};

enum class TlbLevel : u8 { L1, L2, Walk };

/// The outcome of one translation, with what it took.
struct Translation {
  const TlbEntry* entry = nullptr;  ///< the L1 entry used; null after a fault in a walk and from probe()
  PhysAddr pa{};
  MemAttr attr;  ///< SCTLR.C/I are not applied: the caches look at them
  Security pa_security = Security::NonSecure;
  Fault fault;
  TlbLevel hit = TlbLevel::L1;  ///< an access with both stages off counts as an L1 hit
  u8 walk_reads_s1 = 0;         ///< stage-1 descriptors read
  u8 walk_reads_s2 = 0;         ///< stage-2 descriptors read
  u8 rights = 0;                ///< kRight* bits of the current privilege, domain and stage 2 included
  u32 page_mask = kPageMask;    ///< size-1 of the translated page in memory; the L1 entry itself is 4 KB
  /// After an L1 miss, if the Mmu was told of world switches: what would have answered without the last one, and the
  /// descriptors it would have read.
  bool shadowed = false;
  TlbLevel unswitched = TlbLevel::Walk;
  u8 unswitched_reads_s1 = 0, unswitched_reads_s2 = 0;

  bool ok() const { return fault.kind == FaultKind::None; }
  bool allows_read() const { return (rights & kRightRead) != 0; }
  bool allows_write() const { return (rights & kRightWrite) != 0; }
  bool allows_fetch() const { return (rights & kRightFetch) != 0; }
};

/// Address translation operations. ARM DDI 0406C B4.2.4
enum class AtOp : u8 {
  ATS1CPR,
  ATS1CPW,
  ATS1CUR,
  ATS1CUW,
  ATS12NSOPR,
  ATS12NSOPW,
  ATS12NSOUR,
  ATS12NSOUW,
  ATS1HR,
  ATS1HW,
};

struct AtResult {
  u64 par = 0;  ///< the new PAR: bits 63:32 are meaningful (and to be written) only if `long_format`
  bool long_format = false;
  Fault exception;  ///< if set, the operation takes a Data Abort (CM=1) instead of writing PAR
  u8 walk_reads_s1 = 0;
  u8 walk_reads_s2 = 0;
};

struct MmuStats {
  u64 l1_hits[3]{};  ///< instruction, load, store
  u64 l1_misses[3]{};
  u64 l2_hits = 0;
  u64 l2_misses = 0;
  u64 walks_s1 = 0;
  u64 walks_s2 = 0;  ///< stage-2 look-ups for output and descriptor addresses that the IPA cache did not answer
  u64 reads_s1 = 0;  ///< descriptors read
  u64 reads_s2 = 0;
  u64 walk_cache_hits = 0;
  u64 ipa_cache_hits = 0;
  u64 faults = 0;
  u64 maintenance_ops = 0;
  u64 maintenance_dropped = 0;
};

class L1Tlb;
class L2Tlb;
class WalkCache;
class IpaCache;
struct TlbShadow;

class Mmu {
 public:
  /// `regs` and `memory` must outlive the Mmu. Throws InputError if `config` is impossible.
  Mmu(const SystemRegisters& regs, WalkMemory& memory, const MmuConfig& config = {});
  ~Mmu();
  Mmu(const Mmu&) = delete;
  Mmu& operator=(const Mmu&) = delete;

  /// Translates one access inside one 4 KB page and checks it. Reads the system registers as they are now. An access
  /// that is not `aligned` takes an alignment fault where the memory is not Normal.
  Translation translate(VirtAddr va, AccessKind kind, Regime regime, bool privileged, bool aligned = true);

  /// Called with (pa, size, security, value); returns false where there is no memory. Must have no side effects.
  using RawRead = std::function<bool(PhysAddr, unsigned, Security, u64&)>;
  /// As translate(), as the core would see it now (TLB contents first), but changes no state and counts nothing.
  /// AccessKind::CacheMaintenance asks where an address leads, whatever may be done there.
  Translation probe(VirtAddr va, AccessKind kind, Regime regime, bool privileged, const RawRead& read) const;

  /// Performs `op` for an issuer in `issuer` security state, in Hyp mode if `from_hyp`. Walks; fills no TLB.
  AtResult address_translate(AtOp op, VirtAddr va, Security issuer, bool from_hyp);

  /// Drops what the operation matches; returns how many entries of all structures went.
  unsigned maintain(const TlbMaintenance& op);

  /// Power-on: everything invalid. Stamps still advance.
  void reset();

  /// The tag of an access now: everything but DACR, privilege and address that decides which entry it hits and what
  /// that entry allows. The core keys its look-aside by it. See tlb_context.
  u32 context(Regime regime, bool fetch) const;

  /// Whether the regime's stage 1 or stage 2 is on now, with HCR.TGE, HCR.DC and HCR.VM taken into account.
  bool stage1_on(Regime regime) const;
  bool stage2_on(Regime regime) const;
  /// Fault status format of aborts taken within this regime: TTBCR.EAE, always long for Hyp.
  bool long_format(Regime regime) const;

  Asid current_asid(Regime regime) const;
  Vmid current_vmid() const;

  /// A world switch begins: what the TLBs hold now is what they would hold without it. Ends when the guest goes on.
  void begin_switch();
  void end_switch();
  void forget_switch();

  const MmuStats& stats() const { return stats_; }
  void clear_stats() { stats_ = {}; }

  /// Valid entries of L1 (instruction, load, store together) and L2, for tests and reports.
  unsigned l1_valid() const;
  unsigned l2_valid() const;

 private:
  Translation fill(const MmuAccess& access);
  Translation fill_both(const MmuAccess& access);
  Translation fill_from(const MmuAccess& access, WalkMemory& memory);
  u32 dacr(Regime regime) const;

  const SystemRegisters& regs_;
  WalkMemory& memory_;
  std::array<std::unique_ptr<L1Tlb>, 3> l1_;    // instruction, load, store
  std::array<std::unique_ptr<L1Tlb>, 3> flat_;  // stamps for accesses with both stages off; takes no TLB capacity
  std::unique_ptr<L2Tlb> l2_;
  std::unique_ptr<WalkCache> walk_cache_;
  std::unique_ptr<IpaCache> ipa_cache_;
  std::unique_ptr<TlbShadow> shadow_;  // null until the first begin_switch
  MmuStats stats_;
};

}  // namespace hypsim

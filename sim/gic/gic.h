// SPDX-License-Identifier: Apache-2.0
// GICv2 with the Security and Virtualization Extensions, as the Cortex-A15 integrates it: distributor, CPU interfaces,
// virtual interface control and virtual CPU interfaces. A plain state machine without time: the caller charges
// latencies. ARM IHI 0048B; ARM DDI 0438 chapter 8.
//
// What is fast: lines() is one array read. The best pending interrupt of each core, physical and virtual, is recomputed
// when state changes, by one pass over 32-interrupt words. What must stay true: every path that changes state ends in
// update_*() of the cores concerned before it returns.
#pragma once

#include <array>

#include "sim/base/arch.h"

namespace hypsim {

constexpr unsigned kGicMaxCores = 8;
constexpr unsigned kGicMaxSpis = 960;
constexpr unsigned kGicMaxListRegisters = 64;

/// The PPIs of the Cortex-A15. ARM DDI 0438 8.2.2
namespace ppi {
constexpr unsigned kMaintenance = 25, kHypTimer = 26, kVirtualTimer = 27, kLegacyFiq = 28, kSecureTimer = 29,
                   kNonSecureTimer = 30, kLegacyIrq = 31;
}

/// Interrupt IDs with a meaning of their own. ARM IHI 0048B 2.2.1
constexpr u32 kSpuriousGroup1 = 1022;  ///< a Group 1 interrupt is pending and this read may not acknowledge it
constexpr u32 kSpurious = 1023;

struct GicConfig {
  unsigned cores = 1;                  ///< 1..8
  unsigned spis = 64;                  ///< shared interrupts from ID 32 up; a multiple of 32, at most 960
  unsigned list_registers = 4;         ///< 1..64; the Cortex-A15 has 4
  u32 implemented_ppis = 0xFE000000u;  ///< bits 31:16: which PPI IDs exist; the Cortex-A15 has 25 to 31
};

class Gic {
 public:
  /// The register frames. Offsets count from the start of each.
  enum class Frame : u8 {
    Distributor,   ///< GICD, 4 KB
    CpuInterface,  ///< GICC, 8 KB, banked by core
    HypControl,    ///< GICH, 8 KB: the accessing core's own at 0x000, core n's alias at 0x1000 + 0x200 * n
    VirtualCpu,    ///< GICV, 8 KB, banked by core
  };
  static constexpr u32 frame_size(Frame f) { return f == Frame::Distributor ? 0x1000 : 0x2000; }

  /// The interrupt requests to one core, true = asserted.
  struct CpuLines {
    bool irq = false, fiq = false, virq = false, vfiq = false;
    constexpr bool operator==(const CpuLines&) const = default;
  };

  /// Throws InputError if the configuration is outside the limits of the architecture.
  explicit Gic(const GicConfig& config);

  const GicConfig& config() const { return config_; }
  /// Back to the reset state. The input lines keep their levels.
  void reset();

  /// One register access by `core`. Sizes 1, 2 and 4, aligned. Reserved offsets read as zero and ignore writes. False
  /// (an external abort) for a size or alignment that the register does not have: narrow accesses exist in
  /// GICD_IPRIORITYR, GICD_ITARGETSR, GICD_CPENDSGIR and GICD_SPENDSGIR only. ARM IHI 0048B 4.1.4
  bool read(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32& value);
  bool write(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32 value);
  /// Like read, without side effects: GICC_IAR acknowledges nothing. For debuggers and transport_dbg.
  bool peek(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32& value);

  /// Drives the input of shared interrupt `intid` (32 and up; others are ignored).
  void set_spi(unsigned intid, bool level);
  /// Drives the private input `intid` (16..31) of `core`. PPI 25 belongs to the virtual interface and is ignored here.
  void set_ppi(unsigned core, unsigned intid, bool level);
  /// The legacy nIRQ and nFIQ inputs (true = asserted): PPIs 31 and 28, and the bypass while the CPU interface does not
  /// signal. ARM IHI 0048B 2.3.1
  void set_legacy_nirq(unsigned core, bool asserted);
  void set_legacy_nfiq(unsigned core, bool asserted);

  /// The outputs to `core`, always up to date.
  CpuLines lines(unsigned core) const { return cores_[core].lines; }
  /// One bit for each core whose lines() changed since the last call.
  u32 take_lines_changed() {
    const u32 changed = lines_changed_;
    lines_changed_ = 0;
    return changed;
  }

 private:
  // State of 32 interrupts. Word 0 (SGIs and PPIs) exists once for each core.
  struct IrqWord {
    u32 implemented = 0;
    u32 group = 0;  // 1 = Group 1
    u32 enabled = 0;
    u32 latch = 0;  // pending by an edge, by GICD_ISPENDR, or (SGIs) by GICD_SGIR
    u32 level = 0;  // the input line
    u32 active = 0;
    u32 edge = 0;   // 1 = edge-triggered
    u64 nsacr = 0;  // two bits an interrupt
    std::array<u8, 32> priority{};
    std::array<u32, kGicMaxCores> target{};  // one bit an interrupt: sent to that core

    u32 pending() const { return latch | (level & ~edge); }
  };

  // The best pending interrupt a core could see, before masks. ARM IHI 0048B 3.2.3
  struct Best {
    u16 id = kSpurious;
    u8 priority = 0xFF;
    u8 source = 0;  // requesting core of an SGI
    bool group1 = false;
    bool exists() const { return id != kSpurious; }
  };

  struct CpuInterface {
    u32 ctlr = 0;  // Secure view
    u8 pmr = 0;
    u8 bpr = 0, abpr = 0;
    u32 apr = 0;    // active group priorities, Group 0
    u32 nsapr = 0;  // the same, Group 1
  };

  struct VirtualInterface {
    u32 hcr = 0;
    u32 vmcr = 0;
    u32 apr = 0;
    std::array<u32, kGicMaxListRegisters> lr{};
  };

  struct VirtualBest {
    unsigned index = kGicMaxListRegisters;  // of the list register
    u32 id = kSpurious;                     // as GICV_IAR returns it, with the source of an SGI
    u8 priority = 0xFF;
    bool group1 = false;
    bool exists() const { return id != kSpurious; }
  };

  struct Core {
    IrqWord banked;                    // SGIs and PPIs
    std::array<u8, 16> sgi_sources{};  // pending SGIs: one bit a requesting core
    CpuInterface cpu;
    VirtualInterface virt;
    Best best;
    VirtualBest virtual_best;
    bool legacy_nirq = false, legacy_nfiq = false;
    CpuLines lines;
  };

  IrqWord* word(unsigned core, unsigned index);
  bool in_range(unsigned intid) const { return intid < 32 + config_.spis; }
  bool is_group1(unsigned core, unsigned intid);

  // Distributor (gic_distributor.cpp)
  u32 read_distributor(u32 offset, unsigned core, Security security);
  void write_distributor(u32 offset, unsigned core, Security security, u32 value, u32 byte_mask);
  u32 read_bitmap(u32 offset, unsigned core, Security security);
  void write_bitmap(u32 offset, unsigned core, Security security, u32 value);
  void write_sgir(unsigned core, Security security, u32 value);
  void raise_sgi(unsigned target, unsigned intid, unsigned source, bool raise);
  static u32 visible(const IrqWord& w, Security security, unsigned nsacr_level = 4);
  void deactivate(unsigned core, unsigned intid);
  void set_input(IrqWord& w, unsigned n, bool level);

  // CPU interface (gic_cpu_interface.cpp)
  u32 read_cpu_interface(u32 offset, unsigned core, Security security, bool side_effects);
  void write_cpu_interface(u32 offset, unsigned core, Security security, u32 value);
  u32 acknowledge(unsigned core, Security security, bool alias, bool commit);
  u32 highest_pending(unsigned core, Security security, bool alias) const;
  void end_of_interrupt(unsigned core, Security security, bool alias, u32 value);
  bool can_signal(const Core& c) const;
  static u8 group_priority_mask(const CpuInterface& c, bool group1);
  static u8 group_priority_mask(const VirtualInterface& v, bool group1);

  // Virtual interface (gic_virtual.cpp)
  u32 read_hyp_control(u32 offset, unsigned core);
  void write_hyp_control(u32 offset, unsigned core, u32 value);
  u32 read_virtual_cpu(u32 offset, unsigned core, bool side_effects);
  void write_virtual_cpu(u32 offset, unsigned core, u32 value);
  u32 acknowledge_virtual(unsigned core, bool alias, bool commit);
  u32 highest_pending_virtual(unsigned core, bool alias) const;
  void end_of_virtual_interrupt(unsigned core, u32 value);
  void deactivate_virtual(unsigned core, u32 value, bool counts);
  bool can_signal_virtual(const Core& c) const;
  u32 misr(const VirtualInterface& v) const;
  u64 eisr(const VirtualInterface& v) const;
  u64 elrsr(const VirtualInterface& v) const;

  bool access_allowed(Frame frame, u32 offset, unsigned size, unsigned core) const;
  bool load(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32& value, bool side_effects);
  void update_virtual(unsigned core);
  void update_core(unsigned core);
  void update_all();
  void publish(unsigned core);

  GicConfig config_;
  unsigned words_;                                      // 1 + spis / 32
  bool enable_group0_ = false, enable_group1_ = false;  // GICD_CTLR
  std::array<IrqWord, kGicMaxSpis / 32> shared_{};
  std::array<Core, kGicMaxCores> cores_{};
  u32 lines_changed_ = 0;
};

}  // namespace hypsim

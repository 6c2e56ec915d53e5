// SPDX-License-Identifier: Apache-2.0
// The virtual CPU interface once more, written from ARM IHI 0048B chapter 5 and sharing nothing with sim/gic: list
// registers as plain fields, active priorities as a set. For the life-cycle tests.
#pragma once

#include <array>
#include <optional>
#include <set>

#include "sim/base/bits.h"

namespace hypsim::test {

struct ListRegister {
  u32 id = 0;
  u32 physical = 0;  ///< with `hw` the physical ID; without, bits 2:0 are the source of an SGI
  u32 level = 0;     ///< priority, 0 (highest) to 31
  bool pending = false, active = false, group1 = false, hw = false, eoi = false;

  bool invalid() const { return !pending && !active; }
  u32 word() const {  // 5.3.8
    return id | (hw ? physical << 10 : (physical & 7) << 10 | (eoi ? 1u << 19 : 0)) | level << 23 |
           (pending ? 1u << 28 : 0) | (active ? 1u << 29 : 0) | (group1 ? 1u << 30 : 0) | (hw ? 1u << 31 : 0);
  }
  /// What GICV_IAR returns for it: an SGI with its source.
  u32 acknowledged() const { return id | (id < 16 && !hw ? (physical & 7) << 10 : 0); }
};

struct VirtualModel {
  static constexpr u32 kSpurious = 1023, kSpuriousGroup1 = 1022;

  std::array<ListRegister, 4> lr{};
  bool enable0 = false, enable1 = false, ack_ctl = false, fiq_en = false, cbpr = false, eoi_mode = false;
  u32 mask_level = 0;     ///< GICV_PMR, 0 masks all
  u32 bpr = 2, abpr = 3;  ///< not below 2 and 3 with five priority bits
  std::set<u32> running;  ///< group priorities in service, as levels
  bool en = false;        ///< GICH_HCR.En
  u32 enables = 0;        ///< GICH_HCR<7:1>
  u32 eoi_count = 0;
  std::set<u32> physical_active;  ///< physical interrupts that a hardware link may end

  // --- what follows from the state
  // ------------------------------------------------------------------------------------
  /// The group priority of a level: what the binary point leaves. 3.3.3, 5.5.3
  u32 group_level(u32 level, bool group1) const {
    const u32 point =
        group1 && !cbpr ? abpr - 1 : bpr;  // bits of the 8-bit priority below and including it do not count
    const u32 priority = level << 3;
    return ((priority >> (point + 1)) << (point + 1)) >> 3;
  }
  /// Index of the highest priority pending interrupt; an interrupt both pending and active has to wait. 5.2.1
  std::optional<unsigned> best() const {
    std::optional<unsigned> found;
    for (unsigned i = 0; i < 4; ++i) {
      if (!lr[i].pending || lr[i].active) continue;
      if (!found || lr[i].level < lr[*found].level) found = i;
    }
    return found;
  }
  bool group_enabled(const ListRegister& r) const { return r.group1 ? enable1 : enable0; }
  /// Whether the best one is presented to the virtual machine. 5.2.1
  bool signals() const {
    const auto i = best();
    if (!en || !i || !group_enabled(lr[*i]) || lr[*i].level >= mask_level) return false;
    return running.empty() || group_level(lr[*i].level, lr[*i].group1) < group_level(*running.begin(), lr[*i].group1);
  }
  bool virq() const { return signals() && !(fiq_en && !lr[*best()].group1); }
  bool vfiq() const { return signals() && fiq_en && !lr[*best()].group1; }
  u32 hppir(bool alias) const {
    const auto i = best();
    if (!en || !i || !group_enabled(lr[*i])) return kSpurious;
    if (lr[*i].group1) return alias || ack_ctl ? lr[*i].acknowledged() : kSpuriousGroup1;
    return alias ? kSpurious : lr[*i].acknowledged();
  }
  u32 rpr() const { return running.empty() ? 0xFF : *running.begin() << 3; }
  u32 apr() const {
    u32 bits = 0;
    for (const u32 level : running) bits |= 1u << level;
    return bits;
  }
  u32 eisr() const {
    u32 mask = 0;
    for (unsigned i = 0; i < 4; ++i) mask |= lr[i].invalid() && !lr[i].hw && lr[i].eoi ? 1u << i : 0;
    return mask;
  }
  u32 elrsr() const {
    u32 mask = 0;
    for (unsigned i = 0; i < 4; ++i) mask |= lr[i].invalid() && (lr[i].hw || !lr[i].eoi) ? 1u << i : 0;
    return mask;
  }
  /// Causes in the order of MISR: EOI U LRENP NP VGrp0E VGrp0D VGrp1E VGrp1D. 5.3.4
  u32 misr() const {
    unsigned valid = 0, waiting = 0;
    for (const ListRegister& r : lr) {
      valid += r.invalid() ? 0 : 1;
      waiting += r.pending && !r.active ? 1 : 0;
    }
    const bool conditions[] = {valid <= 1, eoi_count != 0, waiting == 0, enable0, !enable0, enable1, !enable1};
    u32 causes = eisr() != 0 ? 1 : 0;
    for (unsigned i = 0; i < 7; ++i) causes |= bit(enables, i) && conditions[i] ? 2u << i : 0;
    return causes;
  }
  bool maintenance() const { return en && misr() != 0; }
  u32 ctlr() const {
    return (enable0 ? 1u : 0) | (enable1 ? 2u : 0) | (ack_ctl ? 4u : 0) | (fiq_en ? 8u : 0) | (cbpr ? 0x10u : 0) |
           (eoi_mode ? 0x200u : 0);
  }
  u32 vmcr() const { return ctlr() | abpr << 18 | bpr << 21 | mask_level << 27; }
  u32 hcr() const { return (en ? 1u : 0) | enables << 1 | eoi_count << 27; }

  // --- what the virtual machine does
  // ----------------------------------------------------------------------------------
  u32 acknowledge(bool alias) {  // 5.5.4, 5.5.9
    if (!signals()) return kSpurious;
    ListRegister& r = lr[*best()];
    if (r.group1 && !alias && !ack_ctl) return kSpuriousGroup1;
    if (!r.group1 && alias) return kSpurious;
    const u32 id = r.acknowledged();
    running.insert(group_level(r.level, r.group1));
    r.pending = false;
    r.active = true;
    return id;
  }
  void end(u32 value) {  // 5.5.5
    if ((value & 0x3FF) >= 1020) return;
    const bool dropped = !running.empty();
    if (dropped) running.erase(running.begin());
    if (!eoi_mode) finish(value, dropped);
  }
  void deactivate(u32 value) {  // 5.5.16
    if (eoi_mode && (value & 0x3FF) < 1020) finish(value, true);
  }

 private:
  void finish(u32 value, bool counts) {
    for (ListRegister& r : lr) {
      if (!r.active || r.id != (value & 0x3FF)) continue;
      if (r.id < 16 && !r.hw && (r.physical & 7) != (value >> 10 & 7)) continue;
      r.active = false;
      if (r.hw) physical_active.erase(r.physical);
      return;
    }
    if (counts) eoi_count = (eoi_count + 1) & 31;
  }
};

}  // namespace hypsim::test

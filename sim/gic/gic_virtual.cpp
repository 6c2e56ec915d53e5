// SPDX-License-Identifier: Apache-2.0
// Virtual interface control (GICH) and the virtual CPU interface (GICV). ARM IHI 0048B chapter 5
#include <algorithm>

#include "sim/gic/gic.h"
#include "sim/gic/gic_fields.h"

namespace hypsim {

namespace {

constexpr u32 binary_point(u32 vmcr) { return bits(vmcr, 23, 21); }
constexpr u32 aliased_binary_point(u32 vmcr) { return bits(vmcr, 20, 18); }
constexpr u32 priority_mask(u32 vmcr) { return bits(vmcr, 31, 27) << 3; }

u32 set_binary_point(u32 vmcr, u32 n) { return with_bits(vmcr, 23, 21, std::max<u32>(n & 7, gic::kMinBpr)); }
u32 set_aliased_binary_point(u32 vmcr, u32 n) { return with_bits(vmcr, 20, 18, std::max<u32>(n & 7, gic::kMinAbpr)); }

}  // namespace

// ARM IHI 0048B 5.3.5: free list registers whose end the hypervisor asked to hear of
u64 Gic::eisr(const VirtualInterface& v) const {
  u64 mask = 0;
  for (unsigned i = 0; i < config_.list_registers; ++i)
    if (gich::lr_state(v.lr[i]) == 0 && !bit(v.lr[i], gich::kLrHw) && bit(v.lr[i], gich::kLrEoi)) mask |= u64{1} << i;
  return mask;
}

// ARM IHI 0048B 5.3.7: list registers that hold nothing
u64 Gic::elrsr(const VirtualInterface& v) const {
  u64 mask = 0;
  for (unsigned i = 0; i < config_.list_registers; ++i)
    if (gich::lr_state(v.lr[i]) == 0 && (bit(v.lr[i], gich::kLrHw) || !bit(v.lr[i], gich::kLrEoi))) mask |= u64{1} << i;
  return mask;
}

// ARM IHI 0048B 5.3.4
u32 Gic::misr(const VirtualInterface& v) const {
  unsigned valid = 0;
  bool any_pending = false;  // a list register that is pending and active is in another state
  for (unsigned i = 0; i < config_.list_registers; ++i) {
    valid += gich::lr_state(v.lr[i]) != 0;
    any_pending = any_pending || gich::lr_state(v.lr[i]) == gich::kPendingState;
  }
  const bool grp0 = bit(v.vmcr, gich::kVmGrp0En), grp1 = bit(v.vmcr, gich::kVmGrp1En);
  const auto cause = [](bool holds, unsigned n) { return static_cast<u32>(holds) << n; };
  return cause(eisr(v) != 0, gich::kMisrEoi) | cause(bit(v.hcr, gich::kUie) && valid <= 1, gich::kMisrU) |
         cause(bit(v.hcr, gich::kLrenpie) && v.hcr >> gich::kEoiCountLow != 0, gich::kMisrLrenp) |
         cause(bit(v.hcr, gich::kNpie) && !any_pending, gich::kMisrNp) |
         cause(bit(v.hcr, gich::kVgrp0Eie) && grp0, gich::kMisrVgrp0E) |
         cause(bit(v.hcr, gich::kVgrp0Die) && !grp0, gich::kMisrVgrp0D) |
         cause(bit(v.hcr, gich::kVgrp1Eie) && grp1, gich::kMisrVgrp1E) |
         cause(bit(v.hcr, gich::kVgrp1Die) && !grp1, gich::kMisrVgrp1D);
}

// The best of the pending list registers (of equals, the lowest register), the maintenance interrupt, the lines. An
// interrupt that is pending and active waits for its deactivation. ARM IHI 0048B 5.2
void Gic::update_virtual(unsigned core) {
  Core& c = cores_[core];
  VirtualBest best;
  for (unsigned i = 0; i < config_.list_registers; ++i) {
    const u32 lr = c.virt.lr[i];
    if (gich::lr_state(lr) != gich::kPendingState || gich::lr_priority(lr) >= best.priority) continue;
    best.index = i;
    best.id = gich::lr_id(lr);
    if (best.id < 16 && !bit(lr, gich::kLrHw)) best.id |= gich::lr_cpuid(lr) << 10;
    best.priority = gich::lr_priority(lr);
    best.group1 = bit(lr, gich::kLrGrp1);
  }
  c.virtual_best = best;
  const bool maintenance = bit(c.virt.hcr, gich::kEn) && misr(c.virt) != 0;
  if (maintenance == bit(c.banked.level, ppi::kMaintenance)) return publish(core);
  set_input(c.banked, ppi::kMaintenance, maintenance);
  update_core(core);
}

u8 Gic::group_priority_mask(const VirtualInterface& v, bool group1) {
  const bool own = group1 && !bit(v.vmcr, gich::kVmCbpr);
  return gic::group_mask(own ? aliased_binary_point(v.vmcr) - 1 : binary_point(v.vmcr));
}

bool Gic::can_signal_virtual(const Core& c) const {
  const VirtualInterface& v = c.virt;
  if (!bit(v.hcr, gich::kEn) || !c.virtual_best.exists()) return false;
  if (!bit(v.vmcr, c.virtual_best.group1 ? gich::kVmGrp1En : gich::kVmGrp0En)) return false;
  if (c.virtual_best.priority >= priority_mask(v.vmcr)) return false;
  const u8 mask = group_priority_mask(v, c.virtual_best.group1);
  const u8 running = gic::running(v.apr);
  return running == gic::kIdlePriority || (c.virtual_best.priority & mask) < (running & mask);
}

// ARM IHI 0048B 5.5.4, 5.5.9. The virtual machine's accesses follow the rules of Secure ones.
u32 Gic::acknowledge_virtual(unsigned core, bool alias, bool commit) {
  Core& c = cores_[core];
  if (!can_signal_virtual(c)) return kSpurious;
  const VirtualBest taken = c.virtual_best;
  if (taken.group1 ? !alias && !bit(c.virt.vmcr, gich::kVmAckCtl) : alias)
    return taken.group1 ? kSpuriousGroup1 : kSpurious;
  if (!commit) return taken.id;
  u32& lr = c.virt.lr[taken.index];
  lr = (lr & ~(1u << gich::kLrPending)) | 1u << gich::kLrActive;
  c.virt.apr |= 1u << ((taken.priority & group_priority_mask(c.virt, taken.group1)) >> 3);
  update_virtual(core);
  return taken.id;
}

u32 Gic::highest_pending_virtual(unsigned core, bool alias) const {
  const Core& c = cores_[core];
  const VirtualBest& best = c.virtual_best;
  if (!bit(c.virt.hcr, gich::kEn) || !best.exists()) return kSpurious;
  if (!bit(c.virt.vmcr, best.group1 ? gich::kVmGrp1En : gich::kVmGrp0En)) return kSpurious;
  if (best.group1) return alias || bit(c.virt.vmcr, gich::kVmAckCtl) ? best.id : kSpuriousGroup1;
  return alias ? kSpurious : best.id;
}

// ARM IHI 0048B 5.5.5: the priority drop, and with GICV_CTLR.EOImode = 0 the deactivation too. Only a write that
// dropped a priority counts in GICH_HCR.EOICount.
void Gic::end_of_virtual_interrupt(unsigned core, u32 value) {
  if (bits(value, 9, 0) >= gic::kFirstReservedId) return;
  VirtualInterface& v = cores_[core].virt;
  const bool dropped = v.apr != 0;
  v.apr &= v.apr - 1;
  if (bit(v.vmcr, gich::kVem))
    update_virtual(core);
  else
    deactivate_virtual(core, value, dropped);
}

// ARM IHI 0048B 5.2.2, 5.5.16
void Gic::deactivate_virtual(unsigned core, u32 value, bool counts) {
  VirtualInterface& v = cores_[core].virt;
  const u32 id = bits(value, 9, 0);
  unsigned physical = kSpurious;
  bool found = false;
  for (unsigned i = 0; i < config_.list_registers && !found; ++i) {
    u32& lr = v.lr[i];
    if (!bit(lr, gich::kLrActive) || gich::lr_id(lr) != id) continue;
    if (id < 16 && !bit(lr, gich::kLrHw) && gich::lr_cpuid(lr) != bits(value, 12, 10)) continue;
    found = true;
    lr &= ~(1u << gich::kLrActive);
    if (bit(lr, gich::kLrHw)) physical = gich::lr_physical_id(lr);
  }
  if (!found && counts) v.hcr += 1u << gich::kEoiCountLow;
  update_virtual(core);
  // The hardware link. A list register cannot reach SGIs, nor what belongs to the Secure world.
  if (physical >= 16 && in_range(physical) && is_group1(core, physical)) deactivate(core, physical);
}

u32 Gic::read_hyp_control(u32 offset, unsigned core) {
  if (offset >= gich::kAliasBase) {
    core = (offset - gich::kAliasBase) / gich::kAliasStride;
    offset %= gich::kAliasStride;
    if (core >= config_.cores) return 0;
  }
  const VirtualInterface& v = cores_[core].virt;
  if (offset >= gich::LR0 && offset < gich::LR0 + 4 * config_.list_registers) return v.lr[(offset - gich::LR0) / 4];
  switch (offset) {
    case gich::HCR: return v.hcr;
    case gich::VTR: return 0x90000000u | (config_.list_registers - 1);  // 5 priority bits, 5 preemption bits
    case gich::VMCR: return v.vmcr;
    case gich::MISR: return misr(v);
    case gich::EISR0: return static_cast<u32>(eisr(v));
    case gich::EISR1: return static_cast<u32>(eisr(v) >> 32);
    case gich::ELRSR0: return static_cast<u32>(elrsr(v));
    case gich::ELRSR1: return static_cast<u32>(elrsr(v) >> 32);
    case gich::APR: return v.apr;
    default: return 0;
  }
}

void Gic::write_hyp_control(u32 offset, unsigned core, u32 value) {
  if (offset >= gich::kAliasBase) {
    core = (offset - gich::kAliasBase) / gich::kAliasStride;
    offset %= gich::kAliasStride;
    if (core >= config_.cores) return;
  }
  VirtualInterface& v = cores_[core].virt;
  if (offset >= gich::LR0 && offset < gich::LR0 + 4 * config_.list_registers) {
    v.lr[(offset - gich::LR0) / 4] = value & gich::kLrMask;
  } else if (offset == gich::HCR) {
    v.hcr = value & gich::kHcrMask;
  } else if (offset == gich::VMCR) {
    v.vmcr = (value & gich::kVmcrControl) | with_bits(0, 31, 27, value >> 27);
    v.vmcr = set_binary_point(v.vmcr, bits(value, 23, 21));
    v.vmcr = set_aliased_binary_point(v.vmcr, bits(value, 20, 18));
  } else if (offset == gich::APR) {
    v.apr = value;
  } else {
    return;
  }
  update_virtual(core);
}

// GICV_CTLR, PMR, BPR and ABPR are views of GICH_VMCR. ARM IHI 0048B 5.3.3
u32 Gic::read_virtual_cpu(u32 offset, unsigned core, bool side_effects) {
  const VirtualInterface& v = cores_[core].virt;
  switch (offset) {
    case gicc::CTLR: return v.vmcr & gich::kVmcrControl;
    case gicc::PMR: return priority_mask(v.vmcr);
    case gicc::BPR: return binary_point(v.vmcr);
    case gicc::IAR: return acknowledge_virtual(core, false, side_effects);
    case gicc::RPR: return gic::running(v.apr);
    case gicc::HPPIR: return highest_pending_virtual(core, false);
    case gicc::ABPR: return aliased_binary_point(v.vmcr);
    case gicc::AIAR: return acknowledge_virtual(core, true, side_effects);
    case gicc::AHPPIR: return highest_pending_virtual(core, true);
    case gicc::APR0: return v.apr;
    case gicc::IIDR: return gicc::kIidr;
    default: return 0;
  }
}

void Gic::write_virtual_cpu(u32 offset, unsigned core, u32 value) {
  VirtualInterface& v = cores_[core].virt;
  switch (offset) {
    case gicc::CTLR: v.vmcr = (v.vmcr & ~gich::kVmcrControl) | (value & gich::kVmcrControl); break;
    case gicc::PMR: v.vmcr = with_bits(v.vmcr, 31, 27, bits(value, 7, 3)); break;
    case gicc::BPR: v.vmcr = set_binary_point(v.vmcr, value); break;
    case gicc::ABPR: v.vmcr = set_aliased_binary_point(v.vmcr, value); break;
    case gicc::EOIR:
    case gicc::AEOIR: return end_of_virtual_interrupt(core, value);
    case gicc::APR0: v.apr = value; break;
    case gicc::DIR:
      // Without the EOImode split a write is UNPREDICTABLE; here it does nothing.
      if (bit(v.vmcr, gich::kVem) && bits(value, 9, 0) < gic::kFirstReservedId) deactivate_virtual(core, value, true);
      return;
    default: return;
  }
  update_virtual(core);
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// The physical CPU interface. ARM IHI 0048B 4.4
#include <algorithm>

#include "sim/gic/gic.h"
#include "sim/gic/gic_fields.h"

namespace hypsim {

namespace {

// 3.8.1: Non-secure software sees the lower half of the priority range, shifted up.
u32 non_secure_view(u8 priority) {
  if (priority == gic::kIdlePriority) return priority;
  return bit(priority, 7) ? (priority << 1) & 0xFFu : 0;
}

u8 running_priority(u32 apr, u32 nsapr) { return gic::running(apr | nsapr); }

}  // namespace

// ARM IHI 0048B 3.3.3, 4.4.3: which part of a priority decides preemption
u8 Gic::group_priority_mask(const CpuInterface& c, bool group1) {
  const unsigned n = group1 && !bit(c.ctlr, gicc::kCbpr) ? c.abpr - 1u : c.bpr;
  return gic::group_mask(n);
}

bool Gic::can_signal(const Core& c) const {
  if (!c.best.exists() || !bit(c.cpu.ctlr, c.best.group1 ? gicc::kEnableGrp1 : gicc::kEnableGrp0)) return false;
  if (c.best.priority >= c.cpu.pmr) return false;
  const u8 mask = group_priority_mask(c.cpu, c.best.group1);
  const u8 running = running_priority(c.cpu.apr, c.cpu.nsapr);
  return running == gic::kIdlePriority || (c.best.priority & mask) < (running & mask);
}

// ARM IHI 0048B 4.4.4, 4.4.10
u32 Gic::acknowledge(unsigned core, Security security, bool alias, bool commit) {
  Core& c = cores_[core];
  if (!can_signal(c)) return kSpurious;
  if (c.best.group1) {
    if (security == Security::Secure && !alias && !bit(c.cpu.ctlr, gicc::kAckCtl)) return kSpuriousGroup1;
  } else if (security == Security::NonSecure || alias) {
    return kSpurious;
  }
  const Best taken = c.best;
  if (!commit) return taken.id | static_cast<u32>(taken.source) << 10;

  IrqWord& w = *word(core, taken.id / 32);
  const u32 mask = 1u << (taken.id % 32);
  w.active |= mask;
  if (taken.id < 16)
    raise_sgi(core, taken.id, taken.source, false);
  else
    w.latch &= ~mask;
  const u32 level = 1u << ((taken.priority & group_priority_mask(c.cpu, taken.group1)) >> 3);
  (taken.group1 ? c.cpu.nsapr : c.cpu.apr) |= level;
  if (taken.id < 32)
    update_core(core);
  else
    update_all();
  return taken.id | static_cast<u32>(taken.source) << 10;
}

// ARM IHI 0048B 4.4.7, 4.4.12: as GICC_IAR, whatever the masks
u32 Gic::highest_pending(unsigned core, Security security, bool alias) const {
  const Core& c = cores_[core];
  if (!c.best.exists() || !bit(c.cpu.ctlr, c.best.group1 ? gicc::kEnableGrp1 : gicc::kEnableGrp0)) return kSpurious;
  if (c.best.group1) {
    if (security == Security::Secure && !alias && !bit(c.cpu.ctlr, gicc::kAckCtl)) return kSpuriousGroup1;
  } else if (security == Security::NonSecure || alias) {
    return kSpurious;
  }
  return c.best.id | static_cast<u32>(c.best.source) << 10;
}

// ARM IHI 0048B 4.4.5, 4.4.11. The order of the writes is software's duty: the drop takes the group's highest active
// priority, whatever the ID.
void Gic::end_of_interrupt(unsigned core, Security security, bool alias, u32 value) {
  const u32 intid = bits(value, 9, 0);
  if (!in_range(intid)) return;
  CpuInterface& cpu = cores_[core].cpu;
  const bool group1 = is_group1(core, intid);
  if (!group1 && (security == Security::NonSecure || alias)) return;
  u32& apr = group1 ? cpu.nsapr : cpu.apr;
  apr &= apr - 1;
  const bool split = bit(cpu.ctlr, security == Security::Secure ? gicc::kEoiModeS : gicc::kEoiModeNs);
  if (split)
    publish(core);
  else
    deactivate(core, intid);
}

u32 Gic::read_cpu_interface(u32 offset, unsigned core, Security security, bool side_effects) {
  const bool secure = security == Security::Secure;
  const CpuInterface& cpu = cores_[core].cpu;
  switch (offset) {
    case gicc::CTLR:
      if (secure) return cpu.ctlr;
      return static_cast<u32>(bit(cpu.ctlr, gicc::kEnableGrp1)) |
             static_cast<u32>(bit(cpu.ctlr, gicc::kFiqBypDisGrp1)) << 5 |
             static_cast<u32>(bit(cpu.ctlr, gicc::kIrqBypDisGrp1)) << 6 |
             static_cast<u32>(bit(cpu.ctlr, gicc::kEoiModeNs)) << 9;
    case gicc::PMR: return secure ? cpu.pmr : non_secure_view(cpu.pmr);
    case gicc::BPR:
      if (secure) return cpu.bpr;
      return bit(cpu.ctlr, gicc::kCbpr) ? std::min<u32>(cpu.bpr + 1u, 7) : cpu.abpr;
    case gicc::IAR: return acknowledge(core, security, false, side_effects);
    case gicc::RPR: {
      const u8 running = running_priority(cpu.apr, cpu.nsapr);
      return secure ? running : non_secure_view(running);
    }
    case gicc::HPPIR: return highest_pending(core, security, false);
    case gicc::ABPR: return secure ? cpu.abpr : 0;
    case gicc::AIAR: return secure ? acknowledge(core, security, true, side_effects) : 0;
    case gicc::AHPPIR: return secure ? highest_pending(core, security, true) : 0;
    case gicc::APR0: return secure ? cpu.apr : cpu.nsapr >> 16;  // ARM DDI 0438 table 8-10
    case gicc::NSAPR0: return secure ? cpu.nsapr : 0;
    case gicc::IIDR: return gicc::kIidr;
    default: return 0;
  }
}

void Gic::write_cpu_interface(u32 offset, unsigned core, Security security, u32 value) {
  const bool secure = security == Security::Secure;
  CpuInterface& cpu = cores_[core].cpu;
  switch (offset) {
    case gicc::CTLR:
      if (secure) {
        cpu.ctlr = bits(value, 10, 0);
      } else {
        cpu.ctlr = with_bits(cpu.ctlr, gicc::kEnableGrp1, gicc::kEnableGrp1, bit(value, 0));
        cpu.ctlr = with_bits(cpu.ctlr, gicc::kFiqBypDisGrp1, gicc::kFiqBypDisGrp1, bit(value, 5));
        cpu.ctlr = with_bits(cpu.ctlr, gicc::kIrqBypDisGrp1, gicc::kIrqBypDisGrp1, bit(value, 6));
        cpu.ctlr = with_bits(cpu.ctlr, gicc::kEoiModeNs, gicc::kEoiModeNs, bit(value, 9));
      }
      break;
    case gicc::PMR:
      if (secure)
        cpu.pmr = value & gic::kPriorityMask;
      else if (bit(cpu.pmr, 7))  // 3.8.2: a Secure mask is out of reach
        cpu.pmr = (0x80 | bits(value, 7, 1)) & gic::kPriorityMask;
      break;
    case gicc::BPR:
      if (secure)
        cpu.bpr = std::max<u8>(bits(value, 2, 0), gic::kMinBpr);
      else if (!bit(cpu.ctlr, gicc::kCbpr))
        cpu.abpr = std::max<u8>(bits(value, 2, 0), gic::kMinAbpr);
      break;
    case gicc::ABPR:
      if (secure) cpu.abpr = std::max<u8>(bits(value, 2, 0), gic::kMinAbpr);
      break;
    case gicc::EOIR: return end_of_interrupt(core, security, false, value);
    case gicc::AEOIR:
      if (secure) end_of_interrupt(core, security, true, value);
      return;
    case gicc::APR0:
      if (secure)
        cpu.apr = value;
      else
        cpu.nsapr = with_bits(cpu.nsapr, 31, 16, value);
      break;
    case gicc::NSAPR0:
      if (secure) cpu.nsapr = value;
      break;
    case gicc::DIR: {
      // 4.4.15: without the EOImode split a write is UNPREDICTABLE; here it does nothing.
      const u32 intid = bits(value, 9, 0);
      const bool split = bit(cpu.ctlr, secure ? gicc::kEoiModeS : gicc::kEoiModeNs);
      if (split && in_range(intid) && (secure || is_group1(core, intid))) deactivate(core, intid);
      return;
    }
    default: return;
  }
  publish(core);
}

}  // namespace hypsim

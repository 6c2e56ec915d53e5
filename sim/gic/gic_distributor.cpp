// SPDX-License-Identifier: Apache-2.0
// The distributor's registers. ARM IHI 0048B 4.3
#include "sim/gic/gic.h"
#include "sim/gic/gic_fields.h"

namespace hypsim {

namespace {

// Spreads GICD_NSACR fields to one bit an interrupt: set where the field is at least `level`.
u32 nsacr_at_least(u64 nsacr, unsigned level) {
  u32 mask = 0;
  for (unsigned n = 0; n < 32; ++n)
    if (bits(nsacr, 2 * n + 1, 2 * n) >= level) mask |= 1u << n;
  return mask;
}

}  // namespace

// Non-secure accesses see Group 1 alone, and what GICD_NSACR opens. ARM IHI 0048B 4.1.5, 4.3.11
u32 Gic::visible(const IrqWord& w, Security security, unsigned nsacr_level) {
  if (security == Security::Secure) return w.implemented;
  const u32 opened = nsacr_level <= 3 && w.nsacr != 0 ? nsacr_at_least(w.nsacr, nsacr_level) : 0u;
  return w.implemented & (w.group | opened);
}

u32 Gic::read_bitmap(u32 offset, unsigned core, Security security) {
  const IrqWord* w = word(core, (offset % gicd::kBitmapBytes) / 4);
  if (w == nullptr) return 0;
  switch (offset & ~(gicd::kBitmapBytes - 1)) {
    case gicd::IGROUPR: return security == Security::Secure ? w->group & w->implemented : 0;
    case gicd::ISENABLER:
    case gicd::ICENABLER: return w->enabled & visible(*w, security);
    case gicd::ISPENDR: return w->pending() & visible(*w, security, 1);
    case gicd::ICPENDR: return w->pending() & visible(*w, security, 2);
    case gicd::ISACTIVER:
    case gicd::ICACTIVER: return w->active & visible(*w, security, 2);
    default: return 0;
  }
}

void Gic::write_bitmap(u32 offset, unsigned core, Security security, u32 value) {
  const unsigned index = (offset % gicd::kBitmapBytes) / 4;
  IrqWord* w = word(core, index);
  if (w == nullptr) return;
  const u32 sgis = index == 0 ? 0x0000FFFFu : 0u;  // not settable by these: always enabled, pending by source
  switch (offset & ~(gicd::kBitmapBytes - 1)) {
    case gicd::IGROUPR:
      if (security != Security::Secure) return;
      w->group = value & w->implemented;
      break;
    case gicd::ISENABLER: w->enabled |= value & visible(*w, security); break;
    case gicd::ICENABLER: w->enabled &= ~(value & visible(*w, security) & ~sgis); break;
    case gicd::ISPENDR: w->latch |= value & visible(*w, security, 1) & ~sgis; break;
    case gicd::ICPENDR: w->latch &= ~(value & visible(*w, security, 2) & ~sgis); break;
    case gicd::ISACTIVER: w->active |= value & visible(*w, security, 2); break;
    case gicd::ICACTIVER: w->active &= ~(value & visible(*w, security, 2)); break;
    default: return;
  }
  if (index == 0)
    update_core(core);
  else
    update_all();
}

u32 Gic::read_distributor(u32 offset, unsigned core, Security security) {
  const bool secure = security == Security::Secure;
  if (offset >= gicd::IGROUPR && offset < gicd::IPRIORITYR) return read_bitmap(offset, core, security);

  if (offset >= gicd::IPRIORITYR && offset < gicd::ICFGR) {
    const bool priorities = offset < gicd::ITARGETSR;
    const u32 first = offset - (priorities ? gicd::IPRIORITYR : gicd::ITARGETSR);
    const IrqWord* w = word(core, first / 32);
    if (w == nullptr || (!priorities && config_.cores == 1)) return 0;  // 4.3.12: RAZ/WI on a uniprocessor
    const u32 mask = visible(*w, security, priorities ? 4 : 3);
    u32 value = 0;
    for (unsigned lane = 0; lane < 4; ++lane) {
      const unsigned n = first % 32 + lane;
      if (!bit(mask, n)) continue;
      u32 field = 0;
      if (priorities)
        field = secure ? w->priority[n] : (w->priority[n] << 1) & 0xFFu;  // 3.8.1: the Non-secure view
      else
        for (unsigned cpu = 0; cpu < config_.cores; ++cpu) field |= static_cast<u32>(bit(w->target[cpu], n)) << cpu;
      value |= field << (8 * lane);
    }
    return value;
  }

  if (offset >= gicd::ICFGR && offset < gicd::PPISR) {
    const u32 first = (offset - gicd::ICFGR) * 4;
    const IrqWord* w = word(core, first / 32);
    if (w == nullptr) return 0;
    const u32 mask = visible(*w, security);
    u32 value = 0;
    for (unsigned lane = 0; lane < 16; ++lane) {
      const unsigned n = first % 32 + lane;
      if (!bit(mask, n)) continue;
      const u32 model = first + lane >= 16 ? 1 : 0;  // peripheral interrupts are handled 1-N
      value |= ((static_cast<u32>(bit(w->edge, n)) << 1) | model) << (2 * lane);
    }
    return value;
  }

  if (offset >= gicd::PPISR && offset < gicd::NSACR) {
    const IrqWord* w = word(core, (offset - gicd::PPISR) / 4);
    if (w == nullptr) return 0;
    const u32 inputs = w->level & visible(*w, security);
    return offset == gicd::PPISR ? inputs >> 16 : inputs;
  }

  if (offset >= gicd::NSACR && offset < gicd::SGIR) {
    const u32 first = (offset - gicd::NSACR) * 4;
    const IrqWord* w = word(core, first / 32);
    if (w == nullptr || !secure) return 0;
    return static_cast<u32>(w->nsacr >> (2 * (first % 32)));
  }

  if (offset >= gicd::CPENDSGIR && offset < gicd::SPENDSGIR + 16) {
    const unsigned first = offset % 16;
    const Core& c = cores_[core];
    u32 value = 0;
    for (unsigned lane = 0; lane < 4; ++lane)
      if (bit(visible(c.banked, security), first + lane))
        value |= static_cast<u32>(c.sgi_sources[first + lane]) << (8 * lane);
    return value;
  }

  if (offset >= gicd::PIDR4) return gicd::kIds[(offset - gicd::PIDR4) / 4];

  switch (offset) {
    case gicd::CTLR:
      return secure ? static_cast<u32>(enable_group0_) | static_cast<u32>(enable_group1_) << 1
                    : static_cast<u32>(enable_group1_);
    case gicd::TYPER: return (words_ - 1) | (config_.cores - 1) << 5 | 1u << 10;  // SecurityExtn
    case gicd::IIDR: return gicd::kIidr;
    default: return 0;
  }
}

void Gic::write_distributor(u32 offset, unsigned core, Security security, u32 value, u32 byte_mask) {
  const bool secure = security == Security::Secure;
  if (offset >= gicd::IGROUPR && offset < gicd::IPRIORITYR) return write_bitmap(offset, core, security, value);

  if (offset >= gicd::IPRIORITYR && offset < gicd::ICFGR) {
    const bool priorities = offset < gicd::ITARGETSR;
    const u32 first = offset - (priorities ? gicd::IPRIORITYR : gicd::ITARGETSR);
    IrqWord* w = word(core, first / 32);
    // GICD_ITARGETSR0 to 7 are read-only, and all are WI on a uniprocessor.
    if (w == nullptr || (!priorities && (first < 32 || config_.cores == 1))) return;
    const u32 mask = visible(*w, security, priorities ? 4 : 3);
    for (unsigned lane = 0; lane < 4; ++lane) {
      const unsigned n = first % 32 + lane;
      if (!bit(mask, n) || !bit(byte_mask, 8 * lane)) continue;
      const u32 field = bits(value, 8 * lane + 7, 8 * lane);
      if (priorities) {
        w->priority[n] = static_cast<u8>((secure ? field : 0x80 | field >> 1) & gic::kPriorityMask);
      } else {
        for (unsigned cpu = 0; cpu < config_.cores; ++cpu)
          w->target[cpu] = (w->target[cpu] & ~(1u << n)) | static_cast<u32>(bit(field, cpu)) << n;
      }
    }
    return first < 32 ? update_core(core) : update_all();
  }

  if (offset >= gicd::ICFGR && offset < gicd::PPISR) {
    const u32 first = (offset - gicd::ICFGR) * 4;
    IrqWord* w = word(core, first / 32);
    if (w == nullptr || first < 32) return;  // ARM DDI 0438 8.3.2: SGIs and PPIs are fixed
    const u32 mask = visible(*w, security);
    for (unsigned lane = 0; lane < 16; ++lane) {
      const unsigned n = first % 32 + lane;
      if (bit(mask, n)) w->edge = (w->edge & ~(1u << n)) | static_cast<u32>(bit(value, 2 * lane + 1)) << n;
    }
    return update_all();
  }

  if (offset >= gicd::NSACR && offset < gicd::SGIR) {
    const u32 first = (offset - gicd::NSACR) * 4;
    IrqWord* w = word(core, first / 32);
    if (w == nullptr || !secure || first == 16) return;  // there are no fields for PPIs
    const unsigned low = 2 * (first % 32);
    w->nsacr = with_bits64(w->nsacr, low + 31, low, value);
    return;
  }

  if (offset >= gicd::CPENDSGIR && offset < gicd::SPENDSGIR + 16) {
    const bool raise = offset >= gicd::SPENDSGIR;
    const unsigned first = offset % 16;
    const u32 mask = visible(cores_[core].banked, security);
    for (unsigned lane = 0; lane < 4; ++lane) {
      if (!bit(mask, first + lane)) continue;
      const u32 sources = bits(value & byte_mask, 8 * lane + 7, 8 * lane);
      for (unsigned source = 0; source < config_.cores; ++source)
        if (bit(sources, source)) raise_sgi(core, first + lane, source, raise);
    }
    return update_core(core);
  }

  switch (offset) {
    case gicd::CTLR:
      if (secure) enable_group0_ = bit(value, 0);
      enable_group1_ = bit(value, secure ? 1 : 0);
      return update_all();
    case gicd::SGIR: return write_sgir(core, security, value);
    default: return;
  }
}

void Gic::raise_sgi(unsigned target, unsigned intid, unsigned source, bool raise) {
  Core& c = cores_[target];
  u8& sources = c.sgi_sources[intid];
  sources = static_cast<u8>(raise ? sources | 1u << source : sources & ~(1u << source));
  c.banked.latch = (c.banked.latch & ~(1u << intid)) | static_cast<u32>(sources != 0) << intid;
}

// ARM IHI 0048B 4.3.15. GICD_NSACR is read at the target, where the interrupt is Group 0.
void Gic::write_sgir(unsigned core, Security security, u32 value) {
  const unsigned intid = bits(value, 3, 0);
  const bool want_group1 = bit(value, 15);  // NSATT
  u32 targets = 0;
  switch (bits(value, 25, 24)) {
    case 0: targets = bits(value, 23, 16); break;
    case 1: targets = ~(1u << core); break;
    case 2: targets = 1u << core; break;
    default: return;  // reserved
  }
  for (unsigned target = 0; target < config_.cores; ++target) {
    if (!bit(targets, target)) continue;
    const IrqWord& w = cores_[target].banked;
    const bool group1 = bit(w.group, intid);
    const bool forward = security == Security::Secure ? group1 == want_group1 : bit(visible(w, security, 1), intid);
    if (!forward) continue;
    raise_sgi(target, intid, core, true);
    update_core(target);
  }
}

void Gic::deactivate(unsigned core, unsigned intid) {
  word(core, intid / 32)->active &= ~(1u << (intid % 32));
  if (intid < 32)
    update_core(core);
  else
    update_all();
}

}  // namespace hypsim

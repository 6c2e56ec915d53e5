// SPDX-License-Identifier: Apache-2.0
#include "sim/gic/gic.h"

#include <string>

#include "sim/base/error.h"
#include "sim/gic/gic_fields.h"

namespace hypsim {

Gic::Gic(const GicConfig& config) : config_(config), words_(1 + config.spis / 32) {
  if (config.cores < 1 || config.cores > kGicMaxCores)
    throw InputError("gic: cores = " + std::to_string(config.cores) + ": must be 1 to 8");
  if (config.spis % 32 != 0 || config.spis > kGicMaxSpis)
    throw InputError("gic: spis = " + std::to_string(config.spis) + ": must be a multiple of 32, at most 960");
  if (config.list_registers < 1 || config.list_registers > kGicMaxListRegisters)
    throw InputError("gic: list_registers = " + std::to_string(config.list_registers) + ": must be 1 to 64");
  reset();
  lines_changed_ = 0;
}

void Gic::reset() {
  enable_group0_ = enable_group1_ = false;
  for (unsigned i = 0; i + 1 < words_; ++i) {
    IrqWord fresh;
    fresh.implemented = ~0u;
    fresh.level = shared_[i].level;
    if (config_.cores == 1) fresh.target[0] = ~0u;
    shared_[i] = fresh;
  }
  for (unsigned core = 0; core < config_.cores; ++core) {
    Core& c = cores_[core];
    IrqWord fresh;
    fresh.implemented = (config_.implemented_ppis & 0xFFFF0000u) | (1u << ppi::kMaintenance) | 0x0000FFFFu;
    fresh.level = c.banked.level & ~(1u << ppi::kMaintenance);
    fresh.enabled = 0x0000FFFF;  // SGIs are always enabled
    fresh.edge = 0x0000FFFF;
    fresh.target[core] = ~0u;
    c.banked = fresh;
    c.sgi_sources.fill(0);
    c.cpu = CpuInterface{};
    c.cpu.bpr = gic::kMinBpr;
    c.cpu.abpr = gic::kMinAbpr;
    c.virt = VirtualInterface{};
    c.virt.vmcr = gich::kVmcrReset;
    update_virtual(core);
    update_core(core);
  }
}

Gic::IrqWord* Gic::word(unsigned core, unsigned index) {
  if (index == 0) return &cores_[core].banked;
  return index < words_ ? &shared_[index - 1] : nullptr;
}

bool Gic::is_group1(unsigned core, unsigned intid) { return bit(word(core, intid / 32)->group, intid % 32); }

bool Gic::access_allowed(Frame frame, u32 offset, unsigned size, unsigned core) const {
  if (core >= config_.cores || offset >= frame_size(frame)) return false;
  if (size == 4) return is_aligned(offset, 4);
  if ((size != 1 && size != 2) || !is_aligned(offset, size) || frame != Frame::Distributor) return false;
  return (offset >= gicd::IPRIORITYR && offset < gicd::ICFGR) ||
         (offset >= gicd::CPENDSGIR && offset < gicd::SPENDSGIR + 16);
}

bool Gic::load(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32& value,
               bool side_effects) {
  if (!access_allowed(frame, offset, size, core)) return false;
  const u32 aligned = offset & ~3u;
  u32 result = 0;
  switch (frame) {
    case Frame::Distributor: result = read_distributor(aligned, core, security); break;
    case Frame::CpuInterface: result = read_cpu_interface(aligned, core, security, side_effects); break;
    case Frame::HypControl: result = read_hyp_control(aligned, core); break;
    case Frame::VirtualCpu: result = read_virtual_cpu(aligned, core, side_effects); break;
  }
  value = size == 4 ? result : bits(result, (offset & 3) * 8 + size * 8 - 1, (offset & 3) * 8);
  return true;
}

bool Gic::read(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32& value) {
  return load(frame, offset, size, core, security, value, true);
}

bool Gic::peek(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32& value) {
  return load(frame, offset, size, core, security, value, false);
}

bool Gic::write(Frame frame, u32 offset, unsigned size, unsigned core, Security security, u32 value) {
  if (!access_allowed(frame, offset, size, core)) return false;
  const u32 aligned = offset & ~3u;
  switch (frame) {
    case Frame::Distributor: {
      const unsigned low = (offset & 3) * 8;
      write_distributor(aligned, core, security, value << low, mask32(low + size * 8 - 1, low));
      break;
    }
    case Frame::CpuInterface: write_cpu_interface(aligned, core, security, value); break;
    case Frame::HypControl: write_hyp_control(aligned, core, value); break;
    case Frame::VirtualCpu: write_virtual_cpu(aligned, core, value); break;
  }
  return true;
}

// An edge-triggered interrupt latches the rise; a level-sensitive one is pending while the line is. ARM IHI 0048B 4.3.7
void Gic::set_input(IrqWord& w, unsigned n, bool level) {
  const u32 mask = 1u << n;
  if (level) {
    if ((w.level & mask) == 0) w.latch |= w.edge & mask;
    w.level |= mask;
  } else {
    w.level &= ~mask;
  }
}

void Gic::set_spi(unsigned intid, bool level) {
  if (intid < 32 || !in_range(intid)) return;
  IrqWord& w = shared_[intid / 32 - 1];
  if (bit(w.level, intid % 32) == level) return;
  set_input(w, intid % 32, level);
  update_all();
}

void Gic::set_ppi(unsigned core, unsigned intid, bool level) {
  if (core >= config_.cores || intid < 16 || intid > 31 || intid == ppi::kMaintenance) return;
  IrqWord& w = cores_[core].banked;
  if (!bit(w.implemented, intid) || bit(w.level, intid) == level) return;
  set_input(w, intid, level);
  update_core(core);
}

void Gic::set_legacy_nirq(unsigned core, bool asserted) {
  if (core >= config_.cores) return;
  cores_[core].legacy_nirq = asserted;
  set_ppi(core, ppi::kLegacyIrq, asserted);
  publish(core);
}

void Gic::set_legacy_nfiq(unsigned core, bool asserted) {
  if (core >= config_.cores) return;
  cores_[core].legacy_nfiq = asserted;
  set_ppi(core, ppi::kLegacyFiq, asserted);
  publish(core);
}

// The distributor sends each CPU interface the highest priority pending interrupt of the groups that GICD_CTLR enables;
// of equals, the lowest ID and the lowest source. The CPU interface's own group enables come later and do not uncover a
// lower-priority interrupt of the other group. ARM IHI 0048B 3.2, 3.3
void Gic::update_core(unsigned core) {
  Core& c = cores_[core];
  Best best;
  for (unsigned index = 0; index < words_; ++index) {
    const IrqWord& w = index == 0 ? c.banked : shared_[index - 1];
    u32 candidates = w.pending() & w.enabled & ~w.active & w.target[core] &
                     ((enable_group0_ ? ~w.group : 0u) | (enable_group1_ ? w.group : 0u));
    for (; candidates != 0; candidates &= candidates - 1) {
      const unsigned n = static_cast<unsigned>(std::countr_zero(candidates));
      if (w.priority[n] >= best.priority) continue;
      best.id = static_cast<u16>(index * 32 + n);
      best.priority = w.priority[n];
      best.group1 = bit(w.group, n);
    }
  }
  if (best.id < 16) best.source = static_cast<u8>(std::countr_zero(c.sgi_sources[best.id]));
  c.best = best;
  publish(core);
}

void Gic::update_all() {
  for (unsigned core = 0; core < config_.cores; ++core) update_core(core);
}

void Gic::publish(unsigned core) {
  Core& c = cores_[core];
  const u32 ctlr = c.cpu.ctlr;
  CpuLines lines;
  if (can_signal(c)) {
    const bool as_fiq = !c.best.group1 && bit(ctlr, gicc::kFiqEn);
    (as_fiq ? lines.fiq : lines.irq) = true;
  }
  // The legacy inputs bypass an interface that does not signal. ARM IHI 0048B 2.3.1
  const bool grp0 = bit(ctlr, gicc::kEnableGrp0), grp1 = bit(ctlr, gicc::kEnableGrp1), fiq_en = bit(ctlr, gicc::kFiqEn);
  const bool fiq_bypass_off = bit(ctlr, gicc::kFiqBypDisGrp0) && bit(ctlr, gicc::kFiqBypDisGrp1);
  const bool irq_bypass_off = bit(ctlr, gicc::kIrqBypDisGrp0) && bit(ctlr, gicc::kIrqBypDisGrp1);
  if (!(grp0 && fiq_en) && !fiq_bypass_off) lines.fiq = lines.fiq || c.legacy_nfiq;
  if (!(grp1 || (grp0 && !fiq_en)) && !irq_bypass_off) lines.irq = lines.irq || c.legacy_nirq;
  if (can_signal_virtual(c)) {
    const bool as_fiq = !c.virtual_best.group1 && bit(c.virt.vmcr, gich::kVmFiqEn);
    (as_fiq ? lines.vfiq : lines.virq) = true;
  }
  if (lines == c.lines) return;
  c.lines = lines;
  lines_changed_ |= 1u << core;
}

}  // namespace hypsim

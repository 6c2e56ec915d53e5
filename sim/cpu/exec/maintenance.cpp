// SPDX-License-Identifier: Apache-2.0
// TLB and cache maintenance as the system registers ask for it.
#include "sim/cpu/core.h"

namespace hypsim {

namespace {
constexpr unsigned kActlrIbe = 0;
}

void Core::tlb_maintenance(const TlbMaintenance& op, bool broadcast) {
  mmu_.maintain(op);
  if (timing_) timing_->tlb_maintenance(clock_, broadcast);
  if (broadcast) cluster_.broadcast_tlb(config_.index, op);
}

void Core::receive_tlb_maintenance(const TlbMaintenance& op) { mmu_.maintain(op); }

/// What maintenance of the instruction side, by this core or for all, takes from what the timing model holds.
void Core::forget_fetches(sysreg::CacheOp op, PhysAddr pa) {
  using sysreg::CacheOp;
  if (!timing_) return;
  if (op == CacheOp::IcAllInvalidate) timing_->invalidate_icache();
  if (op == CacheOp::IcMvaInvalidate) timing_->invalidate_icache_line(pa);
  // ACTLR.IBE. Cortex-A15 TRM 4.3.28
  if (op == CacheOp::BpInvalidate || bit(state_.sys.actlr, kActlrIbe)) timing_->invalidate_branch_predictor();
}

/// Caches hold tags, not data: maintenance moves no bytes. What it does architecturally is make modified code visible,
/// and fault on an address that does not translate. ARM DDI 0406C B2.2.6
bool Core::cache_maintenance(sysreg::CacheOp cache_op, u32 operand, bool broadcast) {
  using sysreg::CacheOp;
  const bool by_mva = cache_op == CacheOp::IcMvaInvalidate || cache_op == CacheOp::DcMvaInvalidate ||
                      cache_op == CacheOp::DcMvaClean || cache_op == CacheOp::DcMvaCleanInvalidate ||
                      cache_op == CacheOp::DcMvaCleanPou;
  PhysAddr pa{};
  if (by_mva) {
    if (timing_) timing_->translating({});
    const Translation t =
        mmu_.translate(VirtAddr(operand), AccessKind::CacheMaintenance, regime(), state_.privileged());
    if (timing_ && t.shadowed) timing_->tlb_refill(t);
    if (timing_ && t.hit != TlbLevel::L1) timing_->tlb_miss(clock_, false, t.hit == TlbLevel::Walk);
    if (!t.ok()) {
      maintenance_abort(t.fault, operand);
      return false;
    }
    pa = t.pa;
  }
  const auto line = [&](TimingModel::DcacheOp op) {
    if (timing_) timing_->maintain_dcache_line(clock_, pa, op);
  };
  const auto set_way = [&](TimingModel::DcacheOp op) {
    if (timing_) timing_->maintain_dcache_set_way(clock_, operand, op);
  };
  switch (cache_op) {
    case CacheOp::IcAllInvalidate:
    case CacheOp::IcMvaInvalidate: drop_doubtful_code(); [[fallthrough]];
    case CacheOp::BpInvalidate:
      forget_fetches(cache_op, pa);
      if (broadcast) cluster_.broadcast_icache(config_.index, cache_op, pa);
      break;
    case CacheOp::DcMvaInvalidate: line(TimingModel::DcacheOp::Invalidate); break;
    case CacheOp::DcMvaCleanInvalidate: line(TimingModel::DcacheOp::CleanInvalidate); break;
    case CacheOp::DcMvaClean: line(TimingModel::DcacheOp::Clean); break;
    case CacheOp::DcMvaCleanPou: line(TimingModel::DcacheOp::CleanToUnification); break;
    case CacheOp::DcSwInvalidate: set_way(TimingModel::DcacheOp::Invalidate); break;
    case CacheOp::DcSwCleanInvalidate: set_way(TimingModel::DcacheOp::CleanInvalidate); break;
    case CacheOp::DcSwClean: set_way(TimingModel::DcacheOp::Clean); break;
  }
  if (timing_) timing_->cache_maintenance(clock_);
  return true;
}

void Core::maintenance_abort(const Fault& fault, u32 va) {
  // Called from within the MCR, which is instruction number `settled_` of the running block.
  const ir::MicroOp* op = nullptr;
  for (const auto& candidate : block_->ops)
    if (candidate.insn == settled_) op = &candidate;
  AccessSyndrome syndrome;
  syndrome.va = va;
  syndrome.write = true;  // CM=1 reports WnR=1. ARM DDI 0406C B3.13.3
  syndrome.cache_maintenance = true;
  syndrome.il = insn_is_32bit(*op);
  synchronise_it_state(*op);
  enter_from(*op, synchronous_abort(state_, fault, syndrome, insn_pc(*op)), false);
}

u64 Core::pmu_event_count(u32 event) const {
  // Architectural events are counted here, the rest by the timing model. Nothing is executed in vain, and the bus has
  // the core's clock. ARM DDI 0406C C12.8.2
  switch (event) {
    case 0x08:                   // instructions executed
    case 0x1B: return retired_;  // the same, speculated
    case 0x0B: return contextidr_writes_;
    case 0x1C: return ttbr_writes_;
    case 0x11:                           // cycles
    case 0x1D: return clock_.now.value;  // cycles of the bus
    default: return timing_ ? timing_->pmu_event(event) : 0;
  }
}

}  // namespace hypsim

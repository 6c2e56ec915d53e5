// SPDX-License-Identifier: Apache-2.0
// Data accesses beyond the look-aside: translation, alignment, devices, exclusives, aborts.
#include <algorithm>
#include <bit>
#include <cstring>

#include "sim/cpu/core.h"

namespace hypsim {

namespace {

constexpr u32 kExclusiveGranule = 64;  // CTR.ERG of the A15: 16 words

u32 reverse_bytes(u32 value, unsigned size) {
  if (size == 2) return static_cast<u32>(__builtin_bswap16(static_cast<u16>(value)));
  return size == 4 ? __builtin_bswap32(value) : value;
}

constexpr std::size_t kMostDmi = 64;  // regions; more are asked for again

bool is_signed_load(ir::Op op) { return op == ir::Op::Ld8S || op == ir::Op::Ld16S; }
bool is_store(ir::Op op) { return op == ir::Op::St8 || op == ir::Op::St16 || op == ir::Op::St32; }

}  // namespace

MemClass Core::mem_class_of(const MemAttr& attr) const {
  if (!attr.is_normal()) return MemClass::Device;
  return attr.is_cacheable() && data_cache_on() ? MemClass::Cacheable : MemClass::NonCacheable;
}

// --- physical memory ---------------------------------------------------------------------------------------------

u8* Core::host_pointer(PhysAddr pa, Security security, bool write) {
  auto& granted = dmi_[static_cast<unsigned>(security)];
  for (const auto& region : granted) {
    if (pa.value - region.base.value < region.size) {
      if (write && !region.writable) return nullptr;
      return region.host + (pa.value - region.base.value);
    }
  }
  const DmiRegion region = bus_.dmi(pa, security);
  if (region.size == 0 || region.host == nullptr || pa.value - region.base.value >= region.size) return nullptr;
  if (granted.size() == kMostDmi) granted.clear();
  granted.push_back(region);
  if (write && !region.writable) return nullptr;
  return region.host + (pa.value - region.base.value);
}

void Core::invalidate_dmi() {
  for (auto& granted : dmi_) granted.clear();
  lookaside_.clear();
  new_generations();
}

BusAttr Core::bus_attr(const Translation& t, bool privileged) const {
  BusAttr attr;
  attr.mem = t.attr;
  attr.security = t.pa_security;
  attr.privileged = privileged;
  attr.core = config_.index;
  return attr;
}

bool Core::read_descriptor(PhysAddr pa, unsigned size, const MemAttr& attr, Security security, bool stage2,
                           u64& value) {
  value = 0;
  // SCTLR.C makes stage-1 walks Non-cacheable too. ARM DDI 0406C B3.2.1
  if (timing_) timing_->walk_read(clock_, pa, attr.is_cacheable() && (stage2 || data_cache_on()), stage2);
  if (const u8* host = host_pointer(pa, security, false)) {
    std::memcpy(&value, host, size);
    return true;
  }
  BusAttr bus;
  bus.mem = attr;
  bus.security = security;
  bus.walk = true;
  bus.core = config_.index;
  const BusReply reply = bus_.read(pa, &value, size, bus, clock_.now);
  return reply.ok;
}

// --- translation and faults --------------------------------------------------------------------------------------

void Core::data_abort(const Fault& fault, const DataAccess& access, u32 va) {
  const ir::MicroOp& op = *access.op;
  AccessSyndrome syndrome;
  syndrome.va = va;
  syndrome.write = access.write;
  syndrome.isv = (op.aux & ir::kMemIsv) != 0 && op.op >= ir::Op::Ld8 && op.op <= ir::Op::St32;
  syndrome.sas = static_cast<u8>(std::countr_zero(access.size));
  syndrome.sse = is_signed_load(op.op);
  syndrome.srt = is_store(op.op) ? op.b : op.d;
  syndrome.il = insn_is_32bit(op);
  // The abort leaves the state as it was before the instruction, ITSTATE included.
  settle(op.insn);
  synchronise_it_state(op);
  enter_from(op, synchronous_abort(state_, fault, syndrome, insn_pc(op)), false);
}

bool Core::translate_data(const DataAccess& access, u32 va, AccessKind kind, Translation& t) {
  const bool privileged = state_.privileged() && (access.flags & ir::kMemUnprivileged) == 0;
  if (timing_) timing_->translating(site(*access.op));
  t = mmu_.translate(VirtAddr(va), kind, regime(), privileged, is_aligned(access.va, access.size));
  if (timing_) {
    if (t.shadowed) timing_->tlb_refill(t);
    if (t.hit != TlbLevel::L1) timing_->tlb_miss(clock_, false, t.hit == TlbLevel::Walk, access.write);
    timing_->translating({});
  }
  if (t.ok()) return true;
  data_abort(t.fault, access, va);
  return false;
}

/// SCTLR.A, HSCTLR.A and the instructions that always check. ARM DDI 0406C A3.2.1
bool Core::alignment_ok(const DataAccess& access) {
  if (is_aligned(access.va, access.size)) return true;
  if ((access.flags & ir::kMemAligned) == 0 && !bit(system_control(), sctlr::A)) return true;
  data_abort(alignment_fault(regime()), access, access.va);
  return false;
}

void Core::fill_lookaside(const DataAccess& access, const Translation& t) {
  if (t.entry == nullptr || contexts_stale_) return;
  if (debugger_ != nullptr && debugger_->watches_page(*this, access.va)) return;
  const PhysAddr page(t.pa.value & ~u64{kPageMask});
  if (access.write && store_watched(page)) return;
  u8* host = host_pointer(page, t.pa_security, access.write);
  if (host == nullptr) return;
  const bool privileged = state_.privileged() && (access.flags & ir::kMemUnprivileged) == 0;
  const unsigned set = lookaside_set(privileged);
  LookasideSlot& slot = Lookaside::slot(access.write ? lookaside_.stores(set) : lookaside_.loads(set), access.va);
  slot.tag = Lookaside::key(data_generation_, access.va & ~kPageMask, 1);
  slot.stamp = &t.entry->stamp;
  slot.stamp_value = t.entry->stamp;
  slot.bias = reinterpret_cast<std::uintptr_t>(host) - (access.va & ~kPageMask);
  slot.set_memory(page, mem_class_of(t.attr));
}

// --- one access --------------------------------------------------------------------------------------------------

/// `size` bytes inside one page, from `va`.
Core::MemResult Core::access_page(const DataAccess& access, u32 va, const Translation& t, u8* data, unsigned size) {
  const PhysAddr pa = t.pa;
  if (access.write) {
    if (blocks_.holds_code(pa)) blocks_.mark_modified(pa);
    if (config_.cores > 1) cluster_.store(config_.index, pa, size);
  }
  if (u8* host = host_pointer(pa, t.pa_security, access.write)) {
    const bool two_lines = ((pa.value ^ (pa.value + size - 1)) & ~u64{63}) != 0;
    if (access.write) {
      std::memcpy(host, data, size);
      if (timing_) timing_->store_translated(clock_, pa, mem_class_of(t.attr), site(*access.op));
      if (timing_ && two_lines) timing_->store(clock_, pa + (size - 1), mem_class_of(t.attr));
    } else {
      std::memcpy(data, host, size);
      if (timing_) timing_->load_translated(clock_, pa, mem_class_of(t.attr), site(*access.op));
      if (timing_ && two_lines) timing_->load(clock_, pa + (size - 1), mem_class_of(t.attr), site(*access.op));
    }
    return MemResult::Ok;
  }
  // A device: everything before this instruction has happened when the access goes out.
  settle(access.op->insn);
  const BusAttr attr = bus_attr(t, state_.privileged() && (access.flags & ir::kMemUnprivileged) == 0);
  const BusReply reply =
      access.write ? bus_.write(pa, data, size, attr, clock_.now) : bus_.read(pa, data, size, attr, clock_.now);
  if (timing_) {
    if (access.write) {
      timing_->device_write(clock_, reply.delay);
    } else {
      timing_->device_read(clock_, reply.delay, results_due());
    }
  }
  if (!reply.ok) {
    // A posted write is reported by raise_async_abort; a read stops here.
    Fault fault;
    fault.kind = FaultKind::SyncExternal;
    fault.to_hyp = state_.mode == Mode::Hyp;
    data_abort(fault, access, va);
    return MemResult::Abort;
  }
  cut_ = Cut::Leave;
  return MemResult::Cut;
}

Core::MemResult Core::access_bytes(const DataAccess& access, u8* data) {
  if (!alignment_ok(access)) return MemResult::Abort;
  const AccessKind kind = access.write ? AccessKind::Write : AccessKind::Read;
  Translation first;
  if (!translate_data(access, access.va, kind, first)) return MemResult::Abort;
  if (debugger_ != nullptr && !debug_access(access)) return MemResult::Abort;
  const bool unaligned = !is_aligned(access.va, access.size);
  if (unaligned) {
    if (timing_ && ((access.va ^ (access.va + access.size - 1)) & ~63u) != 0) timing_->line_crossing();
    const u32 in_page = kPageSize - (access.va & kPageMask);
    if (in_page < access.size) {
      // Both pages are checked before either is touched. `first` is copied: filling may evict its entry.
      const u32 second_va = access.va + in_page;
      Translation second;
      if (!translate_data(access, second_va, kind, second)) return MemResult::Abort;
      const MemResult a = access_page(access, access.va, first, data, in_page);
      if (a == MemResult::Abort) return a;
      const MemResult b = access_page(access, second_va, second, data + in_page, access.size - in_page);
      if (b == MemResult::Abort) return b;
      return cut_ == Cut::None ? MemResult::Ok : MemResult::Cut;
    }
  }
  const MemResult result = access_page(access, access.va, first, data, access.size);
  if (result != MemResult::Ok) return result;
  fill_lookaside(access, first);
  return cut_ == Cut::None ? MemResult::Ok : MemResult::Cut;
}

Core::MemResult Core::load_slow(u32 va, unsigned size, u8 flags, u32& value, const ir::MicroOp& op) {
  u8 data[4]{};
  const MemResult result = access_bytes({va, size, flags, false, &op}, data);
  if (result == MemResult::Abort) return result;
  std::memcpy(&value, data, 4);
  if (flags & ir::kMemBigEndian) value = reverse_bytes(value, size);
  return result;
}

Core::MemResult Core::store_slow(u32 va, unsigned size, u8 flags, u32 value, const ir::MicroOp& op) {
  if (flags & ir::kMemBigEndian) value = reverse_bytes(value, size);
  u8 data[4];
  std::memcpy(data, &value, 4);
  return access_bytes({va, size, flags, true, &op}, data);
}

bool Core::load(u32 va, unsigned size, u8 mem_flags, u32& value, const ir::MicroOp& op) {
  return load_slow(va, size, mem_flags, value, op) != MemResult::Abort;
}

bool Core::store(u32 va, unsigned size, u8 mem_flags, u32 value, const ir::MicroOp& op) {
  return store_slow(va, size, mem_flags, value, op) != MemResult::Abort;
}

bool Core::check_alignment(u32 va, unsigned alignment, u8 mem_flags, bool write, const ir::MicroOp& op) {
  return alignment_ok({va, alignment, mem_flags, write, &op});
}

// --- several words -----------------------------------------------------------------------------------------------

bool Core::load_multiple(const ir::MicroOp& op) {
  const u32 base = state_.slot[op.a];
  const u8 flags = static_cast<u8>((op.aux & ir::kMemBigEndian) | ir::kMemAligned);
  u32 values[16];
  u32 va = base;
  unsigned n = 0;
  for (u32 list = op.imm & 0xFFFF; list != 0; list &= list - 1, va += 4, ++n) {
    const LookasideSlot& slot = Lookaside::slot(*loads_, va);
    if (Lookaside::hit(slot, Lookaside::key(data_generation_, va, 4)) && (flags & ir::kMemBigEndian) == 0) {
      std::memcpy(&values[n], slot.at(va), 4);
      if (timing_) timing_->load(clock_, slot.pa(va), slot.mem_class(), site(op));
    } else if (load_slow(va, 4, flags, values[n], op) == MemResult::Abort) {
      return false;
    }
  }
  n = 0;
  for (u32 list = op.imm & 0xFFFF; list != 0; list &= list - 1, ++n) {
    const unsigned r = static_cast<unsigned>(std::countr_zero(list));
    state_.slot[r == 15 ? ir::kLoadedPc : r] = values[n];
  }
  return true;
}

bool Core::store_multiple(const ir::MicroOp& op) {
  const u8 flags = static_cast<u8>((op.aux & ir::kMemBigEndian) | ir::kMemAligned);
  u32 va = state_.slot[op.a];
  for (u32 list = op.imm & 0xFFFF; list != 0; list &= list - 1, va += 4) {
    const unsigned r = static_cast<unsigned>(std::countr_zero(list));
    const u32 value = state_.slot[r == 15 ? ir::kLoadedPc : r];
    const LookasideSlot& slot = Lookaside::slot(*stores_, va);
    if (Lookaside::hit(slot, Lookaside::key(data_generation_, va, 4)) && (flags & ir::kMemBigEndian) == 0) {
      std::memcpy(slot.at(va), &value, 4);
      if (timing_) timing_->store(clock_, slot.pa(va), slot.mem_class());
    } else if (store_slow(va, 4, flags, value, op) == MemResult::Abort) {
      return false;
    }
  }
  return true;
}

// --- exclusives. ARM DDI 0406C A3.4 ------------------------------------------------------------------------------

void Core::watch_stores(unsigned holder, std::optional<PhysAddr> pa) {
  if (pa) {
    pa->value &= ~u64{kPageMask};
    lookaside_.drop_stores(*pa);
  }
  watched_[holder] = pa;
}

bool Core::store_watched(PhysAddr page) const {
  return std::find(watched_.begin(), watched_.end(), page) != watched_.end();
}

bool Core::load_exclusive(u32 va, unsigned size, u32& low, u32& high, const ir::MicroOp& op) {
  const u8 flags = static_cast<u8>((op.aux & ir::kMemBigEndian) | ir::kMemAligned);
  const DataAccess access{va, size, flags, false, &op};
  if (!alignment_ok(access)) return false;
  Translation t;
  if (!translate_data(access, va, AccessKind::Read, t)) return false;
  const PhysAddr pa = t.pa;
  if (size == 8) {
    if (!load(va, 4, flags, low, op) || !load(va + 4, 4, flags, high, op)) return false;
  } else if (!load(va, size, flags, low, op)) {
    return false;
  }
  state_.monitor = {true, PhysAddr(pa.value & ~u64{kExclusiveGranule - 1}), static_cast<u8>(size)};
  cluster_.mark_exclusive(config_.index, pa);
  return true;
}

bool Core::store_exclusive(u32 va, unsigned size, u32 low, u32 high, u32& status, const ir::MicroOp& op) {
  const u8 flags = static_cast<u8>((op.aux & ir::kMemBigEndian) | ir::kMemAligned);
  const DataAccess access{va, size, flags, true, &op};
  if (!alignment_ok(access)) return false;
  Translation t;
  // Whether a failing STREX takes the abort is IMPLEMENTATION DEFINED; it does here. ARM DDI 0406C A8.8.212
  if (!translate_data(access, va, AccessKind::Write, t)) return false;
  const PhysAddr granule(t.pa.value & ~u64{kExclusiveGranule - 1});
  const bool passes =
      state_.monitor.exclusive && state_.monitor.pa == granule && cluster_.check_exclusive(config_.index, t.pa);
  state_.monitor.exclusive = false;
  status = passes ? 0 : 1;
  if (!passes) return true;
  if (size == 8) return store(va, 4, flags, low, op) && store(va + 4, 4, flags, high, op);
  return store(va, size, flags, low, op);
}

// --- debug access ------------------------------------------------------------------------------------------------

namespace {
/// Splits a run of bytes at page boundaries.
template <class PerPage>
bool for_each_page(u32 va, u32 size, PerPage per_page) {
  u32 done = 0;
  while (done < size) {
    const u32 n = std::min(size - done, kPageSize - ((va + done) & kPageMask));
    if (!per_page(va + done, done, n)) return false;
    done += n;
  }
  return true;
}
}  // namespace

bool Core::debug_translate(u32 va, PhysAddr& pa, Security& security) {
  const auto raw = [this](PhysAddr at, unsigned n, Security s, u64& v) {
    const u8* host = host_pointer(at, s, false);
    v = 0;
    if (host != nullptr) std::memcpy(&v, host, n);
    return host != nullptr;
  };
  const Translation t = mmu_.probe(VirtAddr(va), AccessKind::CacheMaintenance, regime(), true, raw);
  if (!t.ok()) return false;
  pa = t.pa;
  security = t.pa_security;
  return true;
}

bool Core::debug_read(u32 va, void* data, u32 size) {
  return for_each_page(va, size, [&](u32 at, u32 done, u32 n) {
    PhysAddr pa;
    Security security;
    if (!debug_translate(at, pa, security)) return false;
    const u8* host = host_pointer(pa, security, false);
    if (host == nullptr) return false;
    std::memcpy(static_cast<u8*>(data) + done, host, n);
    return true;
  });
}

bool Core::debug_write(u32 va, const void* data, u32 size) {
  return for_each_page(va, size, [&](u32 at, u32 done, u32 n) {
    PhysAddr pa;
    Security security;
    if (!debug_translate(at, pa, security)) return false;
    u8* host = host_pointer(pa, security, true);
    if (host == nullptr) return false;
    std::memcpy(host, static_cast<const u8*>(data) + done, n);
    cluster_.debug_written(config_.index, pa, n);
    invalidate_code(pa, n);
    return true;
  });
}

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/guest_machine.h"

#include <algorithm>
#include <optional>

namespace hypsim::fuzz {

namespace {

constexpr u64 kCodeCache = 16u << 20;
constexpr u64 kCoreHz = 1'700'000'000, kCounterHz = 62'500'000;

const TimingConfig& timing() {
  static const TimingConfig config = load_timing_config(HYPSIM_TIMING_FILE, kCoreHz / 1'000'000);
  return config;
}

CoreConfig core_config(const Header& header, unsigned index, SharedMemoryTiming* shared, bool generate_code) {
  static constexpr u32 kHeat[] = {1, 2, 5, CoreConfig{}.hot_visits};
  CoreConfig config;
  config.index = static_cast<u8>(index);
  config.cores = (header.run & Header::kTwoCores) != 0 ? 2 : 1;
  config.cbar = place::kGic;
  config.hivecs = (header.run & Header::kHivecs) != 0;
  config.generate_code = generate_code;
  config.hot_visits = kHeat[header.run >> 2 & 3];
  // Nothing but speed may depend on what is forgotten.
  config.code_cache = generate_code && header.small_cache ? CodeMemory::kLeast : kCodeCache;
  config.timing = shared != nullptr ? &timing() : nullptr;
  config.shared_memory = shared;
  return config;
}

std::optional<std::pair<Gic::Frame, u32>> gic_frame(u64 pa) {
  constexpr u64 kFrame = 0x2000;
  if (pa < place::kGic || pa >= place::kGic + 4 * kFrame) return std::nullopt;
  const Gic::Frame frame = static_cast<Gic::Frame>((pa - place::kGic) / kFrame);
  const u32 offset = static_cast<u32>((pa - place::kGic) % kFrame);
  if (offset >= Gic::frame_size(frame)) return std::nullopt;
  return std::pair{frame, offset};
}

}  // namespace

// --- events ----------------------------------------------------------------------------------------------------------

void EventLog::note(const Moment& m, std::initializer_list<u64> values) {
  for (const u64 value : values) mix(value);
  for (const u64 value : {u64{m.vmid.value}, u64{m.guest}, m.now.value, m.insns}) mix(value);
  for (const u64 cycles : *m.stack) mix(cycles);
  if (m.tail == nullptr) return;
  for (unsigned i = 0; i < kRefills; ++i) mix(m.tail->misses[i]), mix(m.tail->cycles[i]);
}

void EventLog::exception(const Moment& m, const ExceptionEvent& e) {
  note(m, {1, u64(e.kind), u64(e.from), u64(e.to), u64(e.from_security), u64(e.to_security), e.return_address, e.vector,
           e.hsr, e.from_guest, e.spsr});
}
void EventLog::exception_return(const Moment& m, const ReturnEvent& e) {
  note(m, {2, u64(e.from), u64(e.to), u64(e.to_security), e.target, e.to_guest});
}
void EventLog::block(const Moment& m, const BlockEvent& e) {
  note(m, {3, e.pc, e.insns, u64(e.mode), u64(e.security), e.code->thumb(), u64(e.code->mode())});
  for (u32 n = 0; n < e.insns; ++n) {
    const ExecutedCode::Insn insn = e.code->insn(n);
    mix(insn.address), mix(insn.raw), mix(insn.length);
  }
}
void EventLog::marker(const Moment& m, u32 option, u32 r12) { note(m, {4, option, r12}); }
void EventLog::sysreg_write(const Moment& m, const char* name, u64 value) { note(m, {5, u64(name[0]), value}); }

// --- one core --------------------------------------------------------------------------------------------------------

GuestCore::GuestCore(GuestMachine& machine, const CoreConfig& config, const SystemCounter& counter, bool blocks,
                     bool tail)
    : timer(counter), core(config, *this, timer, *this), log(blocks, tail), machine_(machine) {
  core.set_observer(&log);
  core.set_semihosting(this);
}

BusReply GuestCore::read(PhysAddr pa, void* data, u32 size, const BusAttr& attr, Cycles) {
  if (const u8* from = machine_.ram(pa.value, size)) {
    std::memcpy(data, from, size);
    return {true, Cycles(0)};
  }
  std::memset(data, 0, size);
  if (const auto at = gic_frame(pa.value)) {
    const u32 step = std::min<u32>(size, 4);
    BusReply reply;
    for (u32 done = 0; done < size; done += step) {
      u32 value = 0;
      reply.ok = machine_.gic_.read(at->first, at->second + done, step, core.index(), attr.security, value) && reply.ok;
      std::memcpy(static_cast<u8*>(data) + done, &value, step);
    }
    update_lines();
    return reply;
  }
  if (pa.value - place::kDevice >= kPageSize) return {false, Cycles(0)};
  machine_.device_ = (machine_.device_ ^ pa.value) * 0xD1342543DE82EF95u + size;
  std::memcpy(data, &machine_.device_, std::min<u32>(size, 8));
  return {true, Cycles((machine_.header_.run & Header::kSlowDevice) != 0 ? machine_.device_ >> 56 : 0)};
}

BusReply GuestCore::write(PhysAddr pa, const void* data, u32 size, const BusAttr& attr, Cycles) {
  if (u8* to = machine_.ram(pa.value, size)) {
    std::memcpy(to, data, size);
    return {true, Cycles(0)};
  }
  if (const auto at = gic_frame(pa.value)) {
    const u32 step = std::min<u32>(size, 4);
    for (u32 done = 0; done < size; done += step) {
      u32 value = 0;
      std::memcpy(&value, static_cast<const u8*>(data) + done, step);
      if (!machine_.gic_.write(at->first, at->second + done, step, core.index(), attr.security, value))
        core.raise_async_abort();
    }
    update_lines();
    return {true, Cycles(0)};
  }
  if (pa.value - place::kDevice < kPageSize) {
    for (u32 n = 0; n < size; ++n) machine_.device_ = machine_.device_ * 31 + static_cast<const u8*>(data)[n];
  } else {
    core.raise_async_abort();
  }
  return {true, Cycles(0)};
}

DmiRegion GuestCore::dmi(PhysAddr pa, Security) {
  if (machine_.ram(pa.value, 1) == nullptr) return {};
  return {PhysAddr(place::kRam), place::kRamSize, machine_.memory_.data(), true};
}

void GuestCore::broadcast_tlb(u8 from, const TlbMaintenance& op) {
  for (auto& other : machine_.cores)
    if (other->core.index() != from) other->core.receive_tlb_maintenance(op);
}
void GuestCore::broadcast_icache(u8 from, sysreg::CacheOp op, PhysAddr pa) {
  for (auto& other : machine_.cores)
    if (other->core.index() != from) other->core.receive_icache_maintenance(op, pa);
}
void GuestCore::send_event(u8 from) {
  for (auto& other : machine_.cores)
    if (other->core.index() != from) other->core.set_event();
}
void GuestCore::pmu_irq(u8 index, bool level) {
  machine_.gic_.set_spi(40u + index, level);
  update_lines();
}
void GuestCore::mark_exclusive(u8 from, PhysAddr pa) { machine_.exclusive_.mark(from, pa); }
bool GuestCore::check_exclusive(u8 from, PhysAddr pa) { return machine_.exclusive_.check(from, pa); }
void GuestCore::code_page(u8 from) {
  for (auto& other : machine_.cores)
    if (other->core.index() != from) other->core.receive_code_page();
}
void GuestCore::store(u8 from, PhysAddr pa, u32 size) {
  machine_.exclusive_.store(from, pa, size);
  for (auto& other : machine_.cores)
    if (other->core.index() != from) other->core.receive_store(pa);
}
void GuestCore::debug_written(u8 from, PhysAddr pa, u32 size) {
  machine_.exclusive_.store(kMaxCores, pa, size);
  for (auto& other : machine_.cores)
    if (other->core.index() != from) other->core.invalidate_code(pa, size);
}

bool GuestCore::call(Core& caller, u32 op, u32 parameter, u32& result) {
  u32 word = op;
  const bool done = (op & 1) != 0 ? caller.debug_write(parameter & ~3u, &word, sizeof word)
                                  : caller.debug_read(parameter & ~3u, &word, sizeof word);
  result = done ? word * 3 : ~0u;
  return (op & 0xFF) != 0x18;
}

void GuestCore::update_lines() {
  const TimerLines lines = timer.update(core.now());
  for (const TimerId id : {TimerId::PhysSecure, TimerId::PhysNonSecure, TimerId::Virtual, TimerId::Hyp})
    machine_.gic_.set_ppi(core.index(), timer_ppi(id), lines[id]);
  machine_.gic_.take_lines_changed();
  const Gic::CpuLines from_gic = machine_.gic_.lines(core.index());
  core.set_lines(irq || from_gic.irq, fiq || from_gic.fiq, virq || from_gic.virq, vfiq || from_gic.vfiq);
}

// --- the whole -------------------------------------------------------------------------------------------------------

GuestMachine::GuestMachine(const Header& header, std::string_view code, bool generate_code)
    : header_(header),
      shared_((header.run & Header::kTimed) != 0 ? std::make_unique<SharedMemoryTiming>(timing()) : nullptr),
      gic_(GicConfig{.cores = 2}),
      counter_(kCounterHz, kCoreHz) {
  fill_memory(memory_, header, code);
  const unsigned count = (header.run & Header::kTwoCores) != 0 ? 2 : 1;
  for (unsigned n = 0; n < count; ++n) {
    cores.push_back(std::make_unique<GuestCore>(*this, core_config(header, n, shared_.get(), generate_code), counter_,
                                                (header.run & Header::kBlockEvents) != 0,
                                                (header.run & Header::kRefillTail) != 0));
    set_up_state(cores.back()->core, n);
  }
}

namespace {

constexpr u32 kAttributes = 0xFF44'04FF;  // MAIR0: write-back, device, non-cacheable, write-back

struct World {
  Mode mode;
  Security security;
};
constexpr World kWorlds[16] = {{Mode::Supervisor, Security::NonSecure}, {Mode::User, Security::NonSecure},
                               {Mode::Hyp, Security::NonSecure},        {Mode::Supervisor, Security::Secure},
                               {Mode::System, Security::NonSecure},     {Mode::Irq, Security::NonSecure},
                               {Mode::Fiq, Security::NonSecure},        {Mode::Abort, Security::NonSecure},
                               {Mode::Undefined, Security::NonSecure},  {Mode::User, Security::Secure},
                               {Mode::Monitor, Security::Secure},       {Mode::System, Security::Secure},
                               {Mode::Hyp, Security::NonSecure},        {Mode::User, Security::NonSecure},
                               {Mode::Fiq, Security::Secure},           {Mode::Supervisor, Security::NonSecure}};

u32 base_value(u8 choice, u32 code, unsigned index) {
  const u32 offset = u32{choice} >> 4;
  switch (choice & 15) {
    case 0: return code + 8 * offset;
    case 1: return place::kData + 0x200 * offset;
    case 2: return place::kData + 0x1000 * offset + 0xFF8 + index % 8;
    case 3: return place::kDevice + 4 * offset;
    case 4: return place::kGic + 0x800 * offset;
    case 5: return place::kShortL1 + 0x1000 + 4 * (0x100 * (offset & 3));
    case 6: return place::kShortL2 + 4 * 16 * offset;
    case 7: return place::kLongL3 + 8 * offset;
    case 8: return place::kStage2L3 + 8 * offset;
    case 9: return offset;
    case 10: return ~offset;
    case 11: return place::kAlias + (code - place::kRam) + 4 * offset;
    case 12: return place::kVectors + 4 * offset;
    case 13: return place::kOdd + 0x1'0000 + 4 * offset;
    case 14: return 0x8000'0001u * (offset + 1);
    default: return place::kNothing + offset;
  }
}

}  // namespace

void GuestMachine::set_up_state(Core& core, unsigned index) {
  const World world = kWorlds[header_.state & 15];
  CpuState& state = core.state();
  SystemRegisters& sys = state.sys;
  sys.scr = (header_.scr & 0x3FE) | (world.security == Security::NonSecure ? 1 : 0);
  sys.hcr = (header_.hcr & ~1u & 0x0FFF'FFFF) | ((header_.world & Header::kStage2) != 0 ? 1 : 0);
  sys.hstr = header_.hstr & 0x3'BFEF, sys.hcptr = header_.hcptr | 0x33FF, sys.hdcr = header_.hdcr & 0xFFF;
  sys.cpacr = 0x00F0'0000, sys.nsacr = 0xC00, sys.fpexc = 1u << 30;
  const bool caches = (header_.state & Header::kCaches) != 0;
  const u32 control = (header_.sctlr & (1u << sctlr::TRE | 1u << sctlr::AFE | 1u << sctlr::WXN | 1u << sctlr::UWXN |
                                        1u << sctlr::EE | 1u << sctlr::TE)) |
                      (caches ? 1u << sctlr::C | 1u << sctlr::I | 1u << sctlr::Z : 0) |
                      ((header_.world & Header::kAlignment) != 0 ? 1u << sctlr::A : 0) |
                      ((header_.world & Header::kStage1) != 0 ? 1u << sctlr::M : 0);
  const bool is_long = (header_.world & Header::kLong) != 0;
  for (const Security bank : {Security::NonSecure, Security::Secure}) {
    sys.sctlr[bank] |= control;
    sys.vbar[bank] = place::kVectors;
    sys.ttbcr[bank] = is_long ? 1u << ttbcr::EAE | 0x2500 : 0;
    sys.ttbr0[bank] = is_long ? place::kLongL1 : place::kShortL1 | 0x4A;
    sys.dacr[bank] = (header_.tables & 1) != 0 ? header_.tables : 0x5555'5555;
    const bool remap = (header_.sctlr & 1u << sctlr::TRE) != 0 && !is_long;
    sys.mair0[bank] = remap ? header_.tables : kAttributes;
    sys.mair1[bank] = ~header_.tables;
  }
  sys.mvbar = place::kMonitorVectors, sys.hvbar = place::kHypVectors;
  sys.httbr = place::kLongL1, sys.htcr = 0x8000'2500, sys.hmair0 = kAttributes, sys.hmair1 = header_.tables;
  sys.hsctlr = (sys.hsctlr & ~(1u << sctlr::M)) | ((header_.world & Header::kAlignment) != 0 ? 1u << sctlr::A : 0) |
               (caches ? 1u << sctlr::C | 1u << sctlr::I : 0) |
               ((header_.state & Header::kHypMmu) != 0 ? 1u << sctlr::M : 0);
  sys.vttbr = place::kStage2L1 | u64{header_.tables & 0xFF} << 48, sys.vtcr = 0x8000'2540;

  state.switch_mode(world.mode);
  state.mask_a = (header_.world & 1) != 0, state.mask_i = (header_.world & 2) != 0,
  state.mask_f = (header_.world & 4) != 0;
  state.thumb = (header_.state & Header::kThumb) != 0;
  state.big_endian = (header_.state & Header::kBigEndian) != 0;
  const u32 code = code_address(header_);
  for (unsigned r = 0; r < Header::kBases; ++r)
    state.slot[r] = base_value(static_cast<u8>(header_.bases[r] + 0x10 * index), code, r);
  for (const Mode mode :
       {Mode::User, Mode::Fiq, Mode::Irq, Mode::Supervisor, Mode::Abort, Mode::Undefined, Mode::Monitor, Mode::Hyp}) {
    const u32 bank = static_cast<u32>(bank_of(mode));
    state.set_reg(13, mode, place::kData + 0x8000 + 0x400 * bank + 0x2000 * index);
    if (mode != Mode::Hyp) state.set_reg(14, mode, code | (state.thumb ? 1 : 0));
    state.spsr[bank] = state.cpsr();
  }
  state.elr_hyp = code;
  for (unsigned n = 0; n < 32; ++n) state.d[n] = (u64{n} << 52 | 0x3FF) * (n + header_.fill);
  core.set_pc(code);
}

void GuestMachine::announce_reservation(GuestCore& holder) {
  const u8 index = holder.core.index();
  std::optional<PhysAddr> at;
  if (holder.core.state().monitor.exclusive && exclusive_.marked(index)) at = exclusive_.address(index);
  for (auto& other : cores)
    if (other.get() != &holder) other->core.watch_stores(index, at);
}

/// Something from outside the core.
void GuestMachine::happen(GuestCore& at, u8 what, unsigned n) {
  Core& core = at.core;
  switch (what) {
    case 1: at.irq = true; break;
    case 2: at.irq = at.fiq = at.virq = at.vfiq = false; break;
    case 3: at.fiq = !at.fiq; break;
    case 4: at.virq = !at.virq; break;
    case 5: at.vfiq = !at.vfiq; break;
    case 6: core.raise_async_abort(); break;
    case 7: {  // a device writes into the code
      const u32 address = code_address(header_) + 4 * (n % 16);
      const u32 word = header_.tables * 2 + n;
      std::memcpy(ram(address, 4), &word, 4);
      exclusive_.store(kMaxCores, PhysAddr(address), 4);
      for (auto& each : cores) each->core.invalidate_code(PhysAddr(address), 4);
      break;
    }
    case 8: core.receive_tlb_maintenance({}); break;
    case 9: core.set_event(); break;
    case 10: core.invalidate_dmi(); break;
    case 11: gic_.set_spi(32 + n % 32, (n & 1) == 0); break;
    case 12: core.receive_icache_maintenance(sysreg::CacheOp::IcAllInvalidate, {}); break;
    case 13: core.watch_stores(3, PhysAddr(place::kData)); break;
    case 14: core.watch_stores(3, std::nullopt); break;
    default: break;
  }
}

std::array<StopReason, 2> GuestMachine::run_slice(unsigned n) {
  static constexpr u64 kLengths[] = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 20, 7};
  constexpr u64 kMostCycles = 100'000, kNap = 5'000;
  const u8 slice = header_.slices[n % Header::kSlices];
  std::array<StopReason, 2> stops{};
  for (auto& each : cores) {
    Core& core = each->core;
    each->update_lines();
    const u64 limit = core.steps() + kLengths[slice & 15];
    core.set_step_limit(limit);
    const StopReason stop = core.run(core.now() + Cycles(kMostCycles));
    if (core.steps() > limit || (stop == StopReason::InsnLimit && core.steps() < limit))
      check(false, "core " + std::to_string(core.index()) + " did " + std::to_string(core.steps()) + " steps, not " +
                       std::to_string(limit) + ", and stopped for reason " + std::to_string(static_cast<int>(stop)));
    stops[core.index()] = stop;
    announce_reservation(*each);
    if (stop == StopReason::Waiting) core.advance_idle(core.now() + Cycles(kNap));
    if (stop == StopReason::Waiting || stop == StopReason::DeadLoop) core.set_event();
    happen(*each, slice >> 4, n);
  }
  return stops;
}

}  // namespace hypsim::fuzz

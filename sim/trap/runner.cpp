// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/runner.h"

#include <fmt/format.h>

#include <cstring>

#include "sim/base/error.h"
#include "sim/cpu/sysreg/table.h"
#include "sim/trap/checks.h"
#include "sim/trap/layout.h"
#include "sim/trap/machine.h"

namespace hypsim::trap {
namespace {

// The tables, from layout::kTables. Each maps every address to itself, readable, writable and executable.
constexpr u32 kShortTable = 0x0000;   // 4096 sections
constexpr u32 kStage2Table = 0x4000;  // 1024 blocks of 1 GB, for 32- to 40-bit IPAs
constexpr u32 kLongTable = 0x6000;    // 4 blocks of 1 GB for PL1&0
constexpr u32 kHypTable = 0x6040;     // 4 blocks of 1 GB for Hyp mode

constexpr u32 kHcrTranslation = 1u << hcr::VM | 1u << hcr::PTW | 1u << hcr::DC | 1u << hcr::TGE;

/// Whether the TLBs may hold what `b` would not have them hold.
bool same_translation(const SystemRegisters& a, const SystemRegisters& b) {
  const auto banked = [](const auto& x, const auto& y) { return x.bank[0] == y.bank[0] && x.bank[1] == y.bank[1]; };
  return banked(a.sctlr, b.sctlr) && a.hsctlr == b.hsctlr && (a.hcr & kHcrTranslation) == (b.hcr & kHcrTranslation) &&
         a.vttbr == b.vttbr && a.vtcr == b.vtcr && a.httbr == b.httbr && a.htcr == b.htcr && banked(a.ttbr0, b.ttbr0) &&
         banked(a.ttbr1, b.ttbr1) && banked(a.ttbcr, b.ttbcr) && banked(a.mair0, b.mair0) && banked(a.mair1, b.mair1) &&
         a.hmair0 == b.hmair0 && a.hmair1 == b.hmair1 && banked(a.contextidr, b.contextidr);
}

bool translates(const SystemRegisters& r) {
  return bit(r.sctlr.bank[0] | r.sctlr.bank[1] | r.hsctlr, sctlr::M) || bit(r.hcr, hcr::VM) || bit(r.hcr, hcr::DC);
}

}  // namespace

const char* result_name(Result result) {
  constexpr const char* names[] = {"executes", "waits", "undefined", "trap", "exception"};
  return names[static_cast<unsigned>(result)];
}

// --- the machine ---------------------------------------------------------------------------------------------------

BareBus::BareBus() : ram_(layout::kRamBytes), tables_(layout::kTablesBytes) {
  const auto put32 = [this](u32 at, u32 v) { std::memcpy(tables_.data() + at, &v, 4); };
  const auto put64 = [this](u32 at, u64 v) { std::memcpy(tables_.data() + at, &v, 8); };
  // Sections: Normal, write-back, AP full access, domain 0. ARM DDI 0406C B3.5.1
  for (u32 i = 0; i < 4096; ++i) put32(kShortTable + 4 * i, i << 20 | 0b11u << 10 | 0b11u << 2 | 0b10);
  // Blocks with the access flag. Stage 2: read and write, Normal write-back. ARM DDI 0406C B3.6.1, B3.6.2
  for (u64 i = 0; i < 1024; ++i)
    put64(kStage2Table + 8 * static_cast<u32>(i), i << 30 | 1u << 10 | 0b11u << 6 | 0b1111u << 2 | 1);
  for (u64 i = 0; i < 4; ++i) {
    put64(kLongTable + 8 * static_cast<u32>(i), i << 30 | 1u << 10 | 0b01u << 6 | 1);
    put64(kHypTable + 8 * static_cast<u32>(i), i << 30 | 1u << 10 | 0b01u << 6 | 1);
  }
}

u8* BareBus::ram(u64 pa, u64 size) {
  return pa >= layout::kRam && pa - layout::kRam + size <= ram_.size() ? ram_.data() + (pa - layout::kRam) : nullptr;
}

BusReply BareBus::read(PhysAddr pa, void* data, u32 size, const BusAttr&, Cycles) {
  if (pa.value >= layout::kTables && pa.value - layout::kTables + size <= tables_.size()) {
    std::memcpy(data, tables_.data() + (pa.value - layout::kTables), size);
    return {};
  }
  const u8* from = ram(pa.value, size);
  if (from == nullptr) return {false, Cycles(0)};
  std::memcpy(data, from, size);
  return {};
}

BusReply BareBus::write(PhysAddr pa, const void* data, u32 size, const BusAttr&, Cycles) {
  u8* to = ram(pa.value, size);
  if (to == nullptr) return {false, Cycles(0)};
  std::memcpy(to, data, size);
  return {};
}

DmiRegion BareBus::dmi(PhysAddr pa, Security) {
  if (ram(pa.value, 1) == nullptr) return {};
  return {PhysAddr(layout::kRam), ram_.size(), ram_.data(), true};
}

void FirstException::exception(const Moment&, const ExceptionEvent& event) {
  if (seen_) return;
  seen_ = true;
  event_ = event;
  core_.request_stop();
}

Runner::Machine::Machine()
    : counter(62'500'000, 1'000'000'000), timer(counter), core(CoreConfig{}, bus, timer, cluster), observer(core) {
  core.set_observer(&observer);
  reset_state = core.state();
  translated_by = reset_state.sys;
  questions.resize(4096);
}

void Runner::Machine::place(const Instruction& instruction) {
  const u32 length = instruction.length();
  const u32 va = layout::instruction_address(length);
  u8 bytes[4];
  if (instruction.isa == Isa::T32) {
    const u16 halves[2] = {static_cast<u16>(instruction.word >> 16), static_cast<u16>(instruction.word)};
    std::memcpy(bytes, halves, 4);
  } else {
    std::memcpy(bytes, &instruction.word, length);
  }
  u8* at = bus.ram(va, length);
  if (std::memcmp(at, bytes, length) == 0) return;
  std::memcpy(at, bytes, length);
  core.invalidate_code(PhysAddr(va), length);
}

void Runner::Machine::use_identity_maps(SystemRegisters& regs) const {
  for (const Security bank : {Security::NonSecure, Security::Secure}) {
    if (!bit(regs.sctlr[bank], sctlr::M)) continue;
    regs.ttbcr[bank] &= 1u << ttbcr::EAE;
    regs.ttbr0[bank] = layout::kTables + (regs.ttbcr[bank] != 0 ? kLongTable : kShortTable);
    regs.ttbr1[bank] = 0;
    regs.dacr[bank] = 1;
  }
  if (bit(regs.hsctlr, sctlr::M)) {
    regs.httbr = layout::kTables + kHypTable;
    regs.htcr = 0x80000000;
  }
  if (bit(regs.hcr, hcr::VM) || bit(regs.hcr, hcr::DC)) {
    regs.vttbr = (regs.vttbr & mask64(55, 48)) | (layout::kTables + kStage2Table);
    regs.vtcr = 0x80000040;  // T0SZ 0, first level
  }
}

void Runner::Machine::load(const Situation& s) {
  if (async_abort_pending) core.reset();  // nothing else takes a pending abort back
  async_abort_pending = s.async_abort;

  CpuState& state = core.state();
  state = reset_state;
  state.sys = s.regs;
  state.sys.scr = (s.regs.scr & ~1u) | (s.security == Security::NonSecure ? 1 : 0);
  if (!s.own_tables) use_identity_maps(state.sys);
  state.pmu.pmcr = s.pmcr;
  state.pmu.user_enable = s.pmuserenr;
  state.pmu.select = s.pmselr;
  state.debug.dscr = s.dbgdscr;
  timer.reset();

  state.mode = s.mode;
  std::copy(s.r.begin(), s.r.end(), state.slot);
  state.slot[ir::kSp] = s.sp;
  state.slot[ir::kLr] = s.lr;
  state.spsr[static_cast<unsigned>(bank_of(s.mode))] = s.spsr;
  state.elr_hyp = s.elr_hyp;
  state.set_nzcv(s.nzcv);
  state.itstate = s.itstate;
  state.big_endian = s.big_endian;
  state.mask_a = s.mask_a;
  state.mask_i = s.mask_i;
  state.mask_f = s.mask_f;
  state.event_register = s.event;
  if (s.exclusive) state.monitor = {true, PhysAddr(s.r[0]), 4};

  const bool on = translates(state.sys);
  if ((on || any_translation) && !same_translation(state.sys, translated_by)) {
    core.mmu().reset();
    translated_by = state.sys;
  }
  any_translation = on;
  core.set_lines(s.irq, s.fiq, false, false);
  if (s.async_abort) core.raise_async_abort();
}

const Questions& Runner::Machine::questions_of(const Instruction& instruction) {
  const CpuState& state = core.state();
  const BlockContext context{instruction.isa != Isa::A32, state.big_endian, state.itstate, state.mode,
                             state.security()};
  const u32 key = context.key();
  const u32 hash = (instruction.word ^ key * 0x9E3779B1u ^ static_cast<u32>(instruction.isa) << 30) * 0x85EBCA6Bu;
  Questions& entry = questions[hash >> 20];
  if (entry.context != key || entry.instruction != instruction)
    entry = ask(instruction, VirtAddr(layout::instruction_address(instruction.length())), context);
  return entry;
}

Outcome Runner::Machine::outcome(StopReason stop) const {
  const CpuState& state = core.state();
  Outcome o;
  o.pc = state.pc();
  o.mode_after = state.mode;
  o.security_after = state.security();
  o.cpsr_after = state.cpsr();
  if (!observer.seen()) {
    o.result = stop == StopReason::Waiting ? Result::Waits : Result::Executes;
    return o;
  }
  const ExceptionEvent& event = observer.event();
  o.exception = event.kind;
  o.result = event.kind == Exception::Undefined ? Result::Undefined
             : event.kind == Exception::HypTrap ? Result::Trap
                                                : Result::Exception;
  o.vector = static_cast<u8>(event.vector & 0x1F);
  o.return_address = event.return_address;
  o.spsr = event.spsr;
  const bool to_hyp = state.mode == Mode::Hyp;
  o.link = to_hyp ? state.elr_hyp : state.slot[ir::kLr];
  o.hsr_valid = to_hyp && event.kind != Exception::Irq && event.kind != Exception::Fiq;
  if (o.hsr_valid) o.hsr = state.sys.hsr;

  const bool data = event.kind == Exception::DataAbort || event.kind == Exception::VirtualAbort;
  const bool fetch = event.kind == Exception::PrefetchAbort;
  if (!data && !fetch) return o;
  if (to_hyp) {
    const u32 status = bits(o.hsr, 5, 0);
    o.far_valid = status != 0x11 && status != 0x22;  // neither asynchronous nor a debug event
    o.far = fetch ? state.sys.hifar() : state.sys.hdfar();
    const bool below = o.ec() == 0x20 || o.ec() == 0x24;
    o.hpfar_valid = below && o.far_valid && (bit(o.hsr, 7) || (status >= 0x04 && status < 0x0C));
    o.hpfar = o.hpfar_valid ? state.sys.hpfar : 0;
  } else {
    const Security bank = state.security();
    o.fsr_valid = true;
    o.fsr = fetch ? state.sys.ifsr[bank] : state.sys.dfsr[bank];
    const bool is_long = bit(o.fsr, 9);
    const u32 status = is_long ? bits(o.fsr, 5, 0) : bits(o.fsr, 3, 0) | bits(o.fsr, 10, 10) << 4;
    o.far_valid = is_long ? status != 0x11 && status != 0x22 : status != 0x16 && status != 0x02;
    o.far = fetch ? state.sys.ifar[bank] : state.sys.dfar[bank];
  }
  if (!o.far_valid) o.far = 0;
  return o;
}

// --- the runner ----------------------------------------------------------------------------------------------------

Runner::Runner() : machine_(std::make_unique<Machine>()) {}
Runner::~Runner() = default;

Outcome Runner::run(const Situation& situation, const Instruction& instruction) {
  Machine& m = *machine_;
  m.load(situation);
  m.place(instruction);
  CpuState& state = m.core.state();
  state.thumb = instruction.isa != Isa::A32;
  state.pc() = layout::instruction_address(instruction.length());
  m.observer.arm();
  m.core.debugger_changed_state(true);
  m.core.set_step_limit(m.core.steps() + 1);
  return m.outcome(m.core.run(Cycles(~u64{0})));
}

void Runner::load(const Situation& situation) { machine_->load(situation); }

Ruling Runner::decide(const Instruction& instruction) {
  return answer(machine_->core, machine_->questions_of(instruction),
                VirtAddr(layout::instruction_address(instruction.length())));
}

Ruling Runner::decide(const Situation& situation, const Instruction& instruction) {
  load(situation);
  return decide(instruction);
}

std::vector<Check> Runner::checks(const Situation& situation, const Instruction& instruction) {
  load(situation);
  return checks_of(machine_->core, situation, machine_->questions_of(instruction));
}

std::string Runner::register_name(const Instruction& instruction) {
  for (const Question& q : machine_->questions_of(instruction).all())
    if (q.row != nullptr) return q.row->name;
  return {};
}

void Runner::write(u32 pa, std::span<const u8> bytes) {
  u8* to = machine_->bus.ram(pa, bytes.size());
  if (to == nullptr)
    throw InputError(fmt::format("trap runner: no RAM at {:#x}+{:#x}; use {:#x} to {:#x}", pa, bytes.size(),
                                 layout::kRam, layout::kRam + layout::kRamBytes));
  std::memcpy(to, bytes.data(), bytes.size());
  machine_->core.invalidate_code(PhysAddr(pa), bytes.size());
  machine_->core.mmu().reset();
}

void Runner::read(u32 pa, std::span<u8> bytes) const {
  const u8* from = machine_->bus.ram(pa, bytes.size());
  if (from == nullptr)
    throw InputError(fmt::format("trap runner: no RAM at {:#x}+{:#x}; use {:#x} to {:#x}", pa, bytes.size(),
                                 layout::kRam, layout::kRam + layout::kRamBytes));
  std::memcpy(bytes.data(), from, bytes.size());
}

const Core& Runner::core() const { return machine_->core; }

const SystemRegisters& reset_registers() {
  static const SystemRegisters values = [] {
    BareBus bus;
    const SystemCounter counter(62'500'000, 1'000'000'000);
    GenericTimer timer(counter);
    AloneInCluster cluster;
    const Core core(CoreConfig{}, bus, timer, cluster);
    return core.state().sys;
  }();
  return values;
}

}  // namespace hypsim::trap

// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/core.h"

#include <algorithm>

#include "sim/cpu/sysreg/pmu.h"

namespace hypsim {

Core::Core(const CoreConfig& config, Bus& bus, TimerPort& timer, ClusterPort& cluster)
    : config_(config),
      code_memory_(CodeMemory::of_one(config.code_cache, config.cores)),
      bus_(bus),
      timer_(timer),
      cluster_(cluster),
      mmu_(state_.sys, *this, config.mmu),
      blocks_(code_memory_.translations) {
  if (config.timing != nullptr)
    timing_ = std::make_unique<TimingModel>(*config.timing, *config.shared_memory, code_memory_.schedules);
  if (config.generate_code) jit_ = jit::Engine::create(*this, code_memory_.host_code);
  reset();
}

Core::~Core() = default;

void Core::reset() {
  // ARM DDI 0406C B1.9.1: Secure Supervisor, A, I and F masked, MMU and caches off, vectors by VINITHI.
  state_ = CpuState{};
  state_.mode = Mode::Supervisor;
  state_.set_nzcv(0);
  sysreg::reset(*this);
  if (config_.hivecs) {
    state_.sys.sctlr[Security::Secure] |= 1u << sctlr::V;
    state_.sys.sctlr[Security::NonSecure] |= 1u << sctlr::V;
  }
  state_.pc() = config_.hivecs ? 0xFFFF0000u : 0;
  mmu_.reset();
  lookaside_.clear();
  blocks_.drop_all();
  contexts_stale_ = attention_ = true;
  waiting_ = stop_requested_ = dead_loop_ = vector_abort_ = false;
  entering_vector_ = 0;
  cut_ = Cut::None;
  lines_ = {};
  history_count_ = 0;
}

// --- contexts ----------------------------------------------------------------------------------------------------

Regime Core::regime() const {
  if (state_.mode == Mode::Hyp) return Regime::Hyp;
  return state_.security() == Security::Secure ? Regime::Pl10Secure : Regime::Pl10NonSecure;
}

bool Core::in_guest() const {
  return state_.security() == Security::NonSecure && state_.mode != Mode::Hyp && bit(state_.sys.hcr, hcr::VM);
}

unsigned Core::lookaside_set(bool privileged) const {
  switch (regime()) {
    case Regime::Hyp: return 0;
    case Regime::Pl10NonSecure: return privileged ? 1 : 2;
    case Regime::Pl10Secure: return privileged ? 3 : 4;
  }
  return 0;
}

/// Numbers the pairs of translation context and DACR. A pair seen lately keeps its number, so that the slots of a guest
/// survive a visit to the host as its TLB entries do. The one not seen for longest gives way.
u32 Core::generation_of(u32 context, u32 dacr) {
  const auto known = std::find_if(recent_.begin(), recent_.end(), [&](const auto& r) {
    return r.generation != 0 && r.context == context && r.dacr == dacr;
  });
  if (known != recent_.end()) {
    std::rotate(recent_.begin(), known, known + 1);
    return recent_.front().generation;
  }
  if (next_generation_ == ~0u) {
    lookaside_.clear();
    blocks_.drop_all();
    for (auto& r : recent_) r = {};
    next_generation_ = 1;
  }
  std::rotate(recent_.begin(), recent_.end() - 1, recent_.end());
  recent_.front() = {context, dacr, next_generation_++};
  return recent_.front().generation;
}

/// Forgets every slot: host pointers or code pages changed.
void Core::new_generations() {
  for (auto& r : recent_) r = {};
  contexts_stale_ = true;
}

void Core::refresh_contexts() {
  const Regime r = regime();
  const u32 dacr =
      r == Regime::Hyp ? 0 : state_.sys.dacr[r == Regime::Pl10Secure ? Security::Secure : Security::NonSecure];
  // Two more bits than the MMU's context: SCTLR.C, since slots remember whether the caches take part, and the side,
  // since the MMU's context differs by side only while stage 1 is off.
  constexpr u32 kDataCache = 1u << 30, kFetchSide = 1u << 31;
  data_generation_ = generation_of(mmu_.context(r, false) | (data_cache_on() ? kDataCache : 0), dacr);
  fetch_generation_ = generation_of(mmu_.context(r, true) | kFetchSide, dacr);
  contexts_stale_ = false;
  // Cortex-A15 TRM: no program flow prediction while the MMU or SCTLR.Z is off. Hyp mode has no Z bit.
  if (timing_)
    timing_->enable_prediction(bit(system_control(), sctlr::M) &&
                               (r == Regime::Hyp || bit(system_control(), sctlr::Z)));
  refresh_mode();
}

/// What the interpreter wants at hand of the current mode. Besides refresh_contexts, run() calls it, since others may
/// have changed the state between two runs.
void Core::refresh_mode() {
  mode_key_ = BlockContext::mode_key(state_.mode, state_.security());
  const unsigned set = lookaside_set(state_.privileged());
  loads_ = &lookaside_.loads(set);
  stores_ = &lookaside_.stores(set);
}

void Core::context_changed(u32 changes) {
  if (changes & (sysreg::kTranslation | sysreg::kExecution)) contexts_stale_ = true;
  attention_ = true;
}

// --- the run loop ------------------------------------------------------------------------------------------------

void Core::set_cycle_stop(Cycles stop) {
  // No block takes longer than this, unless it reaches a device, which ends its visit. An instruction moves 32 words at
  // the most, and a walk of two stages for each of two pages takes 24 reads.
  constexpr u64 kAccesses = 32 + 2 * 24;
  u64 block = kMaxBlockInsns;
  if (config_.timing != nullptr) block *= kAccesses * config_.timing->slowest_access();
  cycle_stop_ = stop;
  careful_from_ = stop - std::min(stop, Cycles(block));
}

StopReason Core::run(Cycles limit) {
  asked_limit_ = std::min(limit, cycle_stop_);
  limit_ = clock_.now < careful_from_ ? std::min(limit, careful_from_) : asked_limit_;
  refresh_mode();
  if (debugger_ != nullptr) return timing_ ? run_loop<true, true>() : run_loop<false, true>();
  return timing_ ? run_loop<true, false>() : run_loop<false, false>();
}

template <bool kTimed, bool kDebug>
StopReason Core::run_loop() {
  while (true) {
    if (attention_) [[unlikely]] {
      StopReason stop;
      if (service_attention(stop)) return stop;
    }
    if (state_.pmu.irq_armed) [[unlikely]]
      sysreg::pmu_refresh(*this);
    if (clock_.now >= limit_) {
      if (clock_.now >= asked_limit_) return StopReason::Limit;
      limit_ = asked_limit_;
    }
    if (retired_ >= insn_limit_) return StopReason::InsnLimit;
    if (contexts_stale_) refresh_contexts();
    Block* block = known_block();
    if (block == nullptr) block = find_block();
    if (block == nullptr) {  // a prefetch abort has been taken
      if (vector_abort_) return StopReason::VectorAbort;
      continue;
    }
    entering_vector_ = 0;
    const bool careful = near_limit();
    if constexpr (!kDebug) {
      if (jit_ != nullptr && !careful && ++block->host.heat >= config_.hot_visits && jit_->run(*block)) continue;
    }
    const bool traced = kDebug && debugger_ != nullptr && debugger_->traces(*this, block->va.value, block->byte_length);
    run_blocks<kTimed>(*block, traced || careful);
    block = block_;
    block_ = nullptr;
    if (dead_loop_) [[unlikely]] {
      dead_loop_ = false;
      if constexpr (kDebug) {
        debugger_moved_ = false;
        if (debugger_ != nullptr && debugger_->stops_before(*this, state_.pc())) debugger_->stop(*this);
        if (debugger_moved_) continue;
      }
      if (attention_) continue;
      // What nothing can end takes no time: how much of it is shown must not depend on the limit.
      if (!interruptible()) return StopReason::DeadLoop;
      if (clock_.now < asked_limit_ && asked_limit_ != kNever) {
        // A branch to itself spins until an input changes: the turns up to the limit are counted, not executed.
        const u64 per_turn = kTimed ? std::max<u64>(1, block->timing->whole.commit) : 1;
        const u64 turns =
            std::min((asked_limit_.value - clock_.now.value) / per_turn, insn_limit_ - std::min(retired_, insn_limit_));
        retired_ += turns;
        clock_.charge(turns * per_turn, Resource::Base);
        if (retired_ >= insn_limit_) return StopReason::InsnLimit;
        clock_.charge(asked_limit_.value - clock_.now.value, Resource::Base);
      }
      return StopReason::DeadLoop;
    }
  }
}

/// Looks at everything that may have changed since the last block. Returns true when run() must stop.
bool Core::service_attention(StopReason& stop) {
  attention_ = false;
  if (state_.pmu.mode_sensitive) sysreg::pmu_refresh(*this);
  if (stop_requested_) {
    stop_requested_ = false;
    stop = StopReason::Semihosting;
    return true;
  }
  const auto decision = hyp::decide_async(lines_, state_.mask_a, state_.mask_i, state_.mask_f, situation());
  if (waiting_ && !end_wait(decision.taken)) {
    attention_ = true;
    stop = StopReason::Waiting;
    return true;
  }
  if (decision.taken && (retired_ >= insn_limit_ || clock_.now >= cycle_stop_)) {
    attention_ = true;
    stop = retired_ >= insn_limit_ ? StopReason::InsnLimit : StopReason::Limit;
    return true;
  }
  if (decision.taken) {
    ExceptionRequest request;
    if (decision.kind == Exception::DataAbort || decision.kind == Exception::VirtualAbort) {
      request = asynchronous_abort(state_, decision.kind == Exception::VirtualAbort, decision.target, state_.pc());
      if (decision.kind == Exception::DataAbort) lines_.async_abort = false;
    } else {
      request.kind = decision.kind;
      request.target = decision.target;
      request.pc = request.next_pc = state_.pc();
    }
    count_barren();
    enter(request);
    attention_ = true;  // a second, higher-priority input may be taken at once
  }
  return attention_ ? service_attention(stop) : false;
}

/// Leaves WFI or WFE if something has happened that ends it. WFI ends by what is pending, masked or not; WFE by an
/// event, or by what is taken. ARM DDI 0406C B1.8.13, B1.8.14
bool Core::end_wait(bool interrupt_taken) {
  const bool event = wait_for_event_ && state_.event_register;
  if (event) state_.event_register = false;
  waiting_ = wait_for_event_ ? !event && !interrupt_taken : !hyp::wfi_wakes(lines_, situation());
  return !waiting_;
}

u32 Core::results_due(bool trapped) const {
  if (block_ == nullptr) return timing_->due();
  const SchedulePrefix* const prefix = block_->timing->prefix;
  if (!trapped || settled_ == 0) return prefix[settled_].due;
  const SchedulePrefix &before = prefix[settled_ - 1], &behind = prefix[settled_];
  const u32 passed = behind.commit - before.commit - (behind.serial - before.serial);
  return before.due - std::min(before.due, passed);
}

void Core::find_schedule(Block& block) {
  if (timing_->schedules_full()) {
    blocks_.forget_schedules(timing_->no_schedule());
    block.timing = timing_->no_schedule();  // the block may have been dropped
    timing_->forget_schedules();
  }
  timing_->start(block, clock_);
}

namespace {
/// Of a block from its instruction `first` on.
class BlockCode final : public ExecutedCode {
 public:
  BlockCode(const Block& block, unsigned first) : block_(block), first_(first) {}
  Insn insn(u32 number) const override {
    const ir::InsnInfo& insn = block_.insns[first_ + number];
    return {block_.va.value + insn.offset, insn.raw, insn.length};
  }
  bool thumb() const override { return block_.context.thumb; }
  Mode mode() const override { return block_.context.mode; }
  Security security() const override { return block_.context.security; }

 private:
  const Block& block_;
  const unsigned first_;
};
}  // namespace

/// Tells the observer of instructions of the running block that have just been charged.
void Core::report_block(unsigned first, unsigned insns) {
  const BlockCode code(*block_, first);
  observer_->block(moment(), {code.insn(0).address, insns, state_.mode, state_.security(), &code});
}

void Core::advance_idle(Cycles to) {
  if (to > clock_.now) clock_.charge(to.value - clock_.now.value, Resource::Idle);
}

void Core::set_lines(bool irq, bool fiq, bool virq, bool vfiq) {
  lines_.irq = irq;
  lines_.fiq = fiq;
  lines_.virq = virq;
  lines_.vfiq = vfiq;
  attention_ = true;
}

bool Core::interruptible() const {
  hyp::InterruptLines all;
  all.irq = all.fiq = all.virq = all.vfiq = true;
  if (waiting_ && !wait_for_event_) return true;
  return hyp::decide_async(all, state_.mask_a, state_.mask_i, state_.mask_f, situation()).taken;
}

void Core::set_observer(Observer* observer) {
  observer_ = observer;
  observe_blocks_ = observer != nullptr && observer->wants_blocks();
  if (keep_tail_) {
    mmu_.forget_switch();
    timing_->forget_switch();
  }
  keep_tail_ = timing_ && observer != nullptr && observer->wants_refill_tail();
}

Moment Core::moment() const {
  return {config_.index, Vmid(static_cast<u8>(state_.sys.vttbr >> 48)), in_guest(), clock_.now, retired_, &clock_.stack,
          refill_tail()};
}

}  // namespace hypsim

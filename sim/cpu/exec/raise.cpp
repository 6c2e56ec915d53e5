// SPDX-License-Identifier: Apache-2.0
// Exceptions, returns and waiting: where instructions leave the ordinary flow.
#include <fmt/format.h>

#include <string_view>

#include "sim/cpu/core.h"

namespace hypsim {

namespace {

// What Core::entering_vector_ remembers until an instruction executes: that a vector is being entered, and to which
// vectors failed fetches have led.
constexpr u8 kEntering = 1;

u8 abort_vector_bit(Mode target, Security from) {
  switch (target) {
    case Mode::Hyp: return 2;
    case Mode::Monitor: return 4;
    default: return from == Security::Secure ? 8 : 16;
  }
}

bool is_switch_mode(Mode m) { return m == Mode::Hyp || m == Mode::Monitor; }

}  // namespace

u32 Core::insn_pc(const ir::MicroOp& op) const { return block_->va.value + block_->insns[op.insn].offset; }
u32 Core::insn_next_pc(const ir::MicroOp& op) const { return insn_pc(op) + block_->insns[op.insn].length; }
bool Core::insn_is_32bit(const ir::MicroOp& op) const { return block_->insns[op.insn].length == 4; }

void Core::synchronise_it_state(const ir::MicroOp& op) { state_.itstate = block_->insns[op.insn].itstate; }

void Core::enter_from(const ir::MicroOp& op, const ExceptionRequest& request, bool retires) {
  settle(op.insn + 1u, !retires);
  if (!retires) {
    --retired_;
    count_barren();
  }
  synchronise_it_state(op);
  if (retires && request.kind != Exception::HypTrap && state_.itstate != 0) {
    // SVC, HVC and SMC return behind themselves: ITSTATE is advanced before it is saved. ARM DDI 0406C A2.5.2
    state_.itstate = psr::it_advanced(state_.itstate);
  }
  enter(request, !retires);
}

/// A guest was left: what it had in the TLBs, caches and predictor is kept aside until the next switch.
void Core::begin_switch() {
  mmu_.begin_switch();
  timing_->begin_switch();
}

void Core::end_switch() {
  mmu_.end_switch();
  timing_->end_switch();
}

void Core::enter(const ExceptionRequest& request, bool trapped) {
  const bool from_guest = in_guest();
  ExceptionEvent event = take_exception(state_, request);
  event.from_guest = from_guest;
  contexts_stale_ = attention_ = true;
  entering_vector_ |= kEntering;
  synchronise_code();
  if (timing_) timing_->exception_entry(clock_, results_due(trapped));
  if (keep_tail_ && from_guest && is_switch_mode(event.to)) begin_switch();
  history_[history_count_++ % kHistory] = {event, clock_.now.value};
  if (observer_ != nullptr) {
    Moment m = moment();
    observer_->exception(m, event);
  }
}

void Core::raise_undefined(const ir::MicroOp& op, const hyp::Decision& why) {
  ExceptionRequest r;
  r.kind = Exception::Undefined;
  r.target = hyp::route_undefined(situation());
  r.pc = insn_pc(op);
  r.next_pc = insn_next_pc(op);
  if (r.target == Mode::Hyp) {
    r.hsr = hyp::make_hsr(why.ec, why.ec != HsrEc::Unknown && insn_is_32bit(op), why.iss);
    r.hsr_valid = true;
  }
  enter_from(op, r, false);
}

void Core::raise_hyp_trap(const hyp::Decision& decision, const ir::MicroOp& op) {
  ExceptionRequest r;
  r.kind = Exception::HypTrap;
  r.target = Mode::Hyp;
  r.pc = insn_pc(op);
  r.next_pc = insn_next_pc(op);
  r.hsr = hyp::make_hsr(decision.ec, decision.ec != HsrEc::Unknown && insn_is_32bit(op), decision.iss);
  r.hsr_valid = true;
  // An SVC that HCR.TGE routes to Hyp has executed: it returns behind itself.
  enter_from(op, r, decision.ec == HsrEc::Svc);
}

void Core::raise_call(Exception kind, u32 imm, const ir::MicroOp& op) {
  ExceptionRequest r;
  r.kind = kind;
  r.pc = insn_pc(op);
  r.next_pc = insn_next_pc(op);
  HsrEc ec = HsrEc::Unknown;
  switch (kind) {
    case Exception::SupervisorCall:
      r.target = state_.mode == Mode::Hyp ? Mode::Hyp : Mode::Supervisor;
      ec = HsrEc::Svc;
      break;
    case Exception::HypervisorCall:
      r.target = Mode::Hyp;
      ec = HsrEc::Hvc;
      break;
    default: r.target = Mode::Monitor; break;
  }
  if (r.target == Mode::Hyp) {
    r.hsr = hyp::make_hsr(ec, insn_is_32bit(op), imm & 0xFFFF);
    r.hsr_valid = true;
  }
  enter_from(op, r, true);
}

void Core::raise_prefetch_abort_debug(const ir::MicroOp& op) {
  Fault fault;
  fault.kind = FaultKind::Debug;
  fault.to_hyp = state_.mode == Mode::Hyp;
  AccessSyndrome access;
  access.va = insn_pc(op);
  access.fetch = true;
  synchronise_it_state(op);
  enter_from(op, synchronous_abort(state_, fault, access, insn_pc(op)), false);
}

void Core::prefetch_abort(const Fault& fault, u32 va, bool il) {
  AccessSyndrome access;
  access.va = va;
  access.fetch = true;
  access.il = il;
  const Mode from = state_.mode;
  const ExceptionRequest request = synchronous_abort(state_, fault, access, state_.pc());
  // A vector that cannot be fetched is fatal if the abort's own vector lies in the same table, or if that vector failed
  // already and nothing has executed since (Monitor and Abort mode can send each other round): it would abort for ever.
  const bool same_table =
      request.target == Mode::Abort ? from != Mode::Hyp && from != Mode::Monitor : request.target == from;
  const u8 vector = abort_vector_bit(request.target, state_.security());
  if ((entering_vector_ != 0 && same_table) || (entering_vector_ & vector) != 0) {
    vector_abort_ = true;
    return;
  }
  entering_vector_ |= vector;
  count_barren();
  enter(request);
}

void Core::return_from_exception(u32 target, u32 cpsr, const ir::MicroOp& op) {
  settle(op.insn + 1u);
  ReturnEvent event = exception_return(state_, target, cpsr);
  event.to_guest = in_guest();
  contexts_stale_ = attention_ = true;
  synchronise_code();
  if (timing_) timing_->exception_return(clock_, results_due());
  if (keep_tail_ && event.to_guest && is_switch_mode(event.from)) end_switch();
  if (observer_ != nullptr) observer_->exception_return(moment(), event);
}

void Core::enter_wfi(const ir::MicroOp&) {
  waiting_ = attention_ = true;
  wait_for_event_ = false;
}

void Core::enter_wfe(const ir::MicroOp&) {
  if (state_.event_register) {
    state_.event_register = false;
    return;
  }
  waiting_ = attention_ = wait_for_event_ = true;
}

bool Core::wfi_would_suspend() const { return !hyp::wfi_wakes(lines_, situation()); }

void Core::send_event() {
  state_.event_register = true;
  cluster_.send_event(config_.index);
}

void Core::marker(u32 option) {
  if (observer_ != nullptr) observer_->marker(moment(), option, state_.slot[12]);
}

void Core::observe_write(const char* name, u64 value) {
  const std::string_view written(name);
  if (written == "TTBR0" || written == "TTBR1") ++ttbr_writes_;
  if (written == "CONTEXTIDR") ++contextidr_writes_;
  if (observer_ != nullptr) observer_->sysreg_write(moment(), name, value);
}

bool Core::semihosting_call(const ir::MicroOp&) {
  u32 result = state_.slot[0];
  const bool go_on = semihosting_->call(*this, state_.slot[0], state_.slot[1], result);
  state_.slot[0] = result;
  if (!go_on) request_stop();
  return true;
}

std::vector<Core::Taken> Core::taken_exceptions() const {
  std::vector<Taken> taken;
  for (unsigned i = 0; i < kHistory && i < history_count_; ++i)
    taken.push_back(history_[(history_count_ - 1 - i) % kHistory]);
  return taken;
}

std::string Core::register_dump() const {
  std::string text;
  for (unsigned n = 0; n < 15; ++n)
    text += fmt::format("R{:<2} {:#010x}{}", n, state_.slot[n], n % 4 == 3 ? "\n" : "  ");
  text += fmt::format("PC  {:#010x}\nCPSR {:#010x}  SPSR {:#010x}  ELR_hyp {:#010x}\n", state_.pc(), state_.cpsr(),
                      state_.spsr[static_cast<unsigned>(bank_of(state_.mode))], state_.elr_hyp);
  text += fmt::format("HCR {:#010x}  HSR {:#010x}  VTTBR {:#018x}  SCR {:#x}\n", state_.sys.hcr, state_.sys.hsr,
                      state_.sys.vttbr, state_.sys.scr);
  return text;
}

}  // namespace hypsim

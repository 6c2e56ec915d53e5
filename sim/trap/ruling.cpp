// SPDX-License-Identifier: Apache-2.0
// The rules alone: the questions of an instruction and their answers, without execution.
#include "sim/cpu/ir/helper_operands.h"
#include "sim/cpu/isa/decode.h"
#include "sim/cpu/sysreg/table.h"
#include "sim/cpu/translate/translator.h"
#include "sim/trap/questions.h"

namespace hypsim::trap {
namespace {

bool asks(Helper helper) {
  switch (helper) {
    case Helper::undefined:
    case Helper::svc:
    case Helper::hvc:
    case Helper::smc:
    case Helper::bkpt:
    case Helper::wfi:
    case Helper::wfe:
    case Helper::bxj_check:
    case Helper::fp_check:
    case Helper::mrs_banked:
    case Helper::msr_banked:
    case Helper::coproc_read:
    case Helper::coproc_write:
    case Helper::coproc_read_two:
    case Helper::coproc_write_two:
    case Helper::coproc_load:
    case Helper::coproc_store:
    case Helper::coproc_absent: return true;
    default: return false;
  }
}

bool is_coproc(Helper helper) { return helper >= Helper::coproc_read && helper <= Helper::coproc_absent; }

constexpr u32 kFpscrVectors = 0x00370000;  // STRIDE and LEN

hyp::Decision undefined_because(const char* reason) { return {hyp::Action::Undefined, HsrEc::Unknown, 0, reason}; }

hyp::Decision decide_fp(const Core& core, u32 packed) {
  const ir::FpOperand operand = ir::FpOperand::unpack(packed);
  hyp::CoprocAccess access;
  access.cp = 10;
  access.read = operand.read;
  access.opc1 = 7;
  access.crn = operand.reg;
  access.rt = operand.rt;
  const hyp::Decision decision = hyp::decide_fp(operand.cls, access, core.situation());
  if (decision.action == hyp::Action::Execute && operand.scalars_only && (core.state().sys.fpscr & kFpscrVectors) != 0)
    return undefined_because("FPSCR.LEN");
  return decision;
}

hyp::Decision decide_coproc(Core& core, const Question& q) {
  if (q.access.cp == 14 || q.access.cp == 15) {
    if (q.helper == Helper::coproc_absent) {
      return hyp::decide_cp14_cp15(q.access, hyp::TrapGroup::None, hyp::Allowed::No, core.situation());
    }
    return sysreg::decide(core.services(), q.row, q.access);
  }
  return hyp::decide_other_coproc(q.access, core.situation());
}

hyp::Decision decide_one(Core& core, const Question& q) {
  const CpuState& state = core.state();
  const u16 imm = static_cast<u16>(q.operand);
  switch (q.helper) {
    case Helper::undefined:
      return undefined_because(q.operand == Translator::kUnpredictableEncoding
                                   ? "UNPREDICTABLE encoding or state, taken as UNDEFINED"
                                   : "UNDEFINED encoding");
    case Helper::svc: return hyp::decide_svc(imm, core.situation());
    case Helper::hvc: return hyp::decide_hvc(imm, core.situation());
    case Helper::smc: return hyp::decide_smc(core.situation());
    case Helper::wfi: return hyp::decide_wfi_wfe(false, core.wfi_would_suspend(), core.situation());
    case Helper::wfe: return hyp::decide_wfi_wfe(true, core.wfe_would_suspend(), core.situation());
    case Helper::bxj_check: return hyp::decide_bxj(static_cast<u8>(q.operand), core.situation());
    case Helper::fp_check: return decide_fp(core, q.operand);
    case Helper::mrs_banked:
    case Helper::msr_banked: {
      u32 value = 0;
      const bool there = read_banked(state, q.operand & 0x1F, bit(q.operand, 8), value);
      return there ? hyp::Decision{} : undefined_because("banked register out of reach of this mode");
    }
    case Helper::bkpt: return {};
    default: return decide_coproc(core, q);
  }
}

/// What follows when the instruction may do what it asked for: a call takes its exception, the rest executes.
Ruling permitted(Core& core, const Question& q, bool is_32bit, VirtAddr va) {
  Ruling ruling;
  HsrEc ec = HsrEc::Unknown;
  u32 iss = q.operand & 0xFFFF;
  switch (q.helper) {
    case Helper::svc:
      ruling.exception = Exception::SupervisorCall;
      ruling.target = core.state().is_hyp() ? Mode::Hyp : Mode::Supervisor;
      ec = HsrEc::Svc;
      break;
    case Helper::hvc:
      ruling.exception = Exception::HypervisorCall;
      ruling.target = Mode::Hyp;
      ec = HsrEc::Hvc;
      break;
    case Helper::smc:
      ruling.exception = Exception::SecureMonitorCall;
      ruling.target = Mode::Monitor;
      break;
    case Helper::bkpt: {
      CpuState copy = core.state();
      Fault fault;
      fault.kind = FaultKind::Debug;
      fault.to_hyp = copy.is_hyp();
      AccessSyndrome access;
      access.va = va.value;
      access.fetch = true;
      const ExceptionRequest request = synchronous_abort(copy, fault, access, va.value);
      ruling.exception = Exception::PrefetchAbort;
      ruling.target = request.target;
      ruling.result = Result::Exception;
      ruling.hsr_valid = request.hsr_valid;
      ruling.hsr = request.hsr;
      return ruling;
    }
    case Helper::wfi:
      if (core.wfi_would_suspend()) ruling.result = Result::Waits;
      return ruling;
    case Helper::wfe:
      if (core.wfe_would_suspend()) ruling.result = Result::Waits;
      return ruling;
    default: return ruling;
  }
  ruling.result = Result::Exception;
  if (ruling.target == Mode::Hyp) {
    ruling.hsr_valid = true;
    ruling.hsr = hyp::make_hsr(ec, is_32bit, iss);
  }
  return ruling;
}

Ruling refused(const Core& core, const hyp::Decision& decision, bool is_32bit) {
  Ruling ruling;
  ruling.reason = decision.reason;
  ruling.hsr = hyp::make_hsr(decision.ec, is_32bit, decision.iss);
  if (decision.action == hyp::Action::HypTrap) {
    ruling.target = Mode::Hyp;
    const bool call = decision.ec == HsrEc::Svc;  // HCR.TGE: a Supervisor Call, taken to Hyp mode
    ruling.result = call ? Result::Exception : Result::Trap;
    ruling.exception = call ? Exception::SupervisorCall : Exception::HypTrap;
  } else {
    ruling.result = Result::Undefined;
    ruling.exception = Exception::Undefined;
    ruling.target = hyp::route_undefined(core.situation());
  }
  ruling.hsr_valid = ruling.target == Mode::Hyp;
  if (!ruling.hsr_valid) ruling.hsr = 0;
  return ruling;
}

}  // namespace

bool condition_holds(Cond cond, u32 nzcv) {
  const bool n = (nzcv & psr::N) != 0, z = (nzcv & psr::Z) != 0, c = (nzcv & psr::C) != 0, v = (nzcv & psr::V) != 0;
  const unsigned number = static_cast<unsigned>(cond);
  bool holds = true;
  switch (number >> 1) {
    case 0: holds = z; break;
    case 1: holds = c; break;
    case 2: holds = n; break;
    case 3: holds = v; break;
    case 4: holds = c && !z; break;
    case 5: holds = n == v; break;
    case 6: holds = n == v && !z; break;
    default: return true;
  }
  return holds != ((number & 1) != 0);
}

Questions ask(const Instruction& instruction, VirtAddr va, const BlockContext& context) {
  Questions result;
  result.instruction = instruction;
  result.context = context.key();
  switch (instruction.isa) {
    case Isa::A32: result.decoded = isa::find_a32(instruction.word) != nullptr; break;
    case Isa::T16: result.decoded = isa::find_t16(instruction.word) != nullptr; break;
    case Isa::T32: result.decoded = isa::find_t32(instruction.word) != nullptr; break;
  }
  Block block;
  Translator translator(block, va, context);
  translator.translate_insn(instruction.word, instruction.length());
  for (const ir::MicroOp& op : block.ops) {
    if (&op == &block.ops.front() && op.op == ir::Op::SkipUnless) result.cond = static_cast<Cond>(op.c);
    if (op.op != ir::Op::CallExit || result.count == Questions::kMost) continue;
    const Helper helper = static_cast<Helper>(op.imm);
    if (!asks(helper)) continue;
    Question& q = result.list[result.count++];
    q.helper = helper;
    q.operand = op.imm2;
    if (is_coproc(helper)) {
      q.access = ir::unpack_coproc(op.imm2);
      if (helper != Helper::coproc_absent) q.row = sysreg::find(q.access);
    }
  }
  return result;
}

Ruling answer(Core& core, const Questions& questions, VirtAddr va) {
  Ruling ruling;
  ruling.target = core.state().mode;
  if (questions.cond != Cond::AL && !condition_holds(questions.cond, core.state().nzcv())) return ruling;
  const bool is_32bit = questions.instruction.length() == 4;
  for (const Question& q : questions.all()) {
    const hyp::Decision decision = decide_one(core, q);
    if (decision.action != hyp::Action::Execute) return refused(core, decision, is_32bit);
    const Ruling next = permitted(core, q, is_32bit, va);
    if (next.result != Result::Executes) return next;
  }
  return ruling;
}

}  // namespace hypsim::trap

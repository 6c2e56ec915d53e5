// SPDX-License-Identifier: Apache-2.0
// Where a block starts and ends: charging, limits, and the way to the next block.
#include <cstddef>

#include "sim/cpu/jit/emitter.h"

namespace hypsim::jit {

bool Emitter::emit_control(const MicroOp& op) {
  switch (op.op) {
    case Op::SkipUnless: jump_unless(static_cast<Cond>(op.c), at_ + 1 + op.imm); return true;
    case Op::SkipIfZero: {
      const Gp value = use(op.a, x86::eax);
      a.test(value, value);
      clobber();
      a.jz(target(at_ + 1 + op.imm));
      return true;
    }
    case Op::Goto: go(op); return true;
    case Op::GotoInd:
    case Op::GotoX: go_indirect(op); return true;
    default: return false;
  }
}

void Emitter::start_block() {
  top_ = a.newLabel();
  a.bind(top_);
  if (timed_) {
    fetch_timing();
    start_schedule();
  }
  if (block_.host.settles) a.mov(at(layout_.settled, 4), 0);
}

/// TimingModel::fetch, where every line is the most recent of its set.
void Emitter::fetch_timing() {
  const u64 first = block_.pa.value >> CacheTags::kLineBits;
  const u64 last = block_.last_byte().value >> CacheTags::kLineBits;
  const Label look_up = a.newLabel(), slow = a.newLabel(), done = a.newLabel();
  const auto emit_look_up = [=, this] {
    a.cmp(x86::qword_ptr(x86::rcx, layout_.shadow), 0);
    a.jne(slow);
    u32 lines = 1;
    for (u64 line = first;; line = block_.straddles ? last : line + 1, ++lines) {
      if (first != last) a.mov(x86::rdx, imm(line));
      a.mov(x86::rax,
            imm(reinterpret_cast<u64>(layout_.l1i_lines + (line & (layout_.l1i_sets - 1)) * layout_.l1i_ways)));
      a.cmp(x86::qword_ptr(x86::rax), x86::rdx);
      a.jne(slow);
      if (line == last) break;
    }
    a.add(x86::qword_ptr(x86::rcx, layout_.l1i_accesses), lines);
    a.mov(x86::qword_ptr(x86::rcx, layout_.last_fetch_line), x86::rdx);
  };
  a.mov(x86::rcx, imm(reinterpret_cast<u64>(layout_.timing)));
  if (first == last) {
    a.mov(x86::rdx, imm(last));
    a.cmp(x86::qword_ptr(x86::rcx, layout_.last_fetch_line), x86::rdx);
    a.jne(look_up);
    cold_.push_back([=, this] {
      a.bind(look_up);
      emit_look_up();
      a.jmp(done);
    });
  } else {
    emit_look_up();
  }
  a.bind(done);
  cold_.push_back([=, this] {
    a.bind(slow);
    a.mov(x86::rcx, imm(reinterpret_cast<u64>(&block_)));
    far_call(stubs_.fetch);
    a.jmp(done);
  });
}

void Emitter::call_settle(const MicroOp& op) {
  a.mov(x86::eax, op.insn + 1u);
  a.mov(x86::rcx, imm(reinterpret_cast<u64>(&block_)));
  far_call(stubs_.settle);
}

/// rdx = block.timing
void Emitter::bring_schedule() {
  a.mov(x86::rdx, imm(reinterpret_cast<u64>(&block_.timing)));
  a.mov(x86::rdx, x86::qword_ptr(x86::rdx));
}

/// Core::start_schedule. The schedule of the last visit holds, or the one that came after that the last time; else the
/// model finds it.
void Emitter::start_schedule() {
  const Label other = a.newLabel(), slow = a.newLabel(), done = a.newLabel();
  a.mov(x86::rcx, imm(reinterpret_cast<u64>(layout_.timing)));
  bring_schedule();
  a.cmp(at(layout_.beyond, 8), 0);
  a.jne(slow);
  a.cmp(x86::byte_ptr(x86::rcx, layout_.under_way), 0);
  a.jne(slow);
  a.mov(x86::rax, x86::qword_ptr(x86::rcx, layout_.state));
  a.cmp(x86::qword_ptr(x86::rdx, offsetof(BlockTiming, entry)), x86::rax);
  a.jne(other);
  a.bind(done);
  cold_.push_back([=, this] {
    a.bind(other);
    a.mov(x86::rdx, x86::qword_ptr(x86::rdx, offsetof(BlockTiming, then)));
    a.cmp(x86::qword_ptr(x86::rdx, offsetof(BlockTiming, entry)), x86::rax);
    a.jne(slow);
    a.mov(x86::rax, imm(reinterpret_cast<u64>(&block_.timing)));
    a.mov(x86::qword_ptr(x86::rax), x86::rdx);
    a.jmp(done);
    a.bind(slow);
    a.mov(x86::rcx, imm(reinterpret_cast<u64>(&block_)));
    far_call(stubs_.start);
    a.jmp(done);
  });
}

/// What Core::settle and TimingModel::finish do at the end of the block, and `bubble` cycles on top. rcx is the timing
/// model.
void Emitter::charge(const MicroOp& op, u32 bubble) {
  const auto bucket = [this](Resource resource) { return at(layout_.stack + 8 * static_cast<i32>(resource), 8); };
  const auto scheduled = [](std::size_t offset) {
    return x86::dword_ptr(x86::rdx, static_cast<i32>(offsetof(BlockTiming, whole) + offset));
  };
  bool serial = false;
  for (const auto& insn : block_.insns) serial |= layout_.serial_costs[static_cast<unsigned>(insn.timing)] != 0;
  bring_schedule();
  a.sub(kBudget, op.insn + 1u);
  a.mov(x86::eax, scheduled(offsetof(SchedulePrefix, commit)));
  a.add(at(layout_.now, 8), x86::rax);
  a.sub(x86::eax, scheduled(offsetof(SchedulePrefix, dependency)));
  if (serial) {
    a.sub(x86::eax, scheduled(offsetof(SchedulePrefix, serial)));
    a.sub(x86::eax, scheduled(offsetof(SchedulePrefix, barrier)));
  }
  a.add(bucket(Resource::Base), x86::rax);
  a.mov(x86::eax, scheduled(offsetof(SchedulePrefix, dependency)));
  a.add(bucket(Resource::Dependency), x86::rax);
  if (serial) {
    a.mov(x86::eax, scheduled(offsetof(SchedulePrefix, serial)));
    a.add(bucket(Resource::SysReg), x86::rax);
    a.mov(x86::eax, scheduled(offsetof(SchedulePrefix, barrier)));
    a.add(bucket(Resource::Barrier), x86::rax);
  }
  a.mov(x86::rax, x86::qword_ptr(x86::rdx, offsetof(BlockTiming, exit)));
  a.mov(x86::qword_ptr(x86::rcx, layout_.state), x86::rax);
  if (bubble == 0) return;
  a.add(at(layout_.now, 8), bubble);
  a.add(at(layout_.beyond, 8), bubble);
  a.add(bucket(Resource::Base), bubble);
}

void Emitter::end_functional(const MicroOp& op) {
  if (observed_) return call_settle(op);
  a.sub(kBudget, op.insn + 1u);
  if (block_.host.settles) {
    a.mov(x86::eax, at(layout_.settled, 4));
    a.add(kBudget, x86::rax);
  }
}

/// Charges the block and predicts its branch. Done here: a block of which nothing is charged or under way, whose branch
/// is predicted as it goes and teaches the predictor nothing but its history and counter. The rest is done by the
/// model. `target`: where a direct branch goes; an indirect one finds it in the PC slot.
void Emitter::end_timed(const MicroOp& op, const u32* target) {
  const auto kind = static_cast<ir::BranchKind>(op.aux);
  const bool predicted = kind != ir::BranchKind::Sequential || block_.conditional_end;
  const u32 branch_pc = block_.va.value + block_.insns[op.insn].offset;
  const u32 fall_through = block_.va.value + block_.byte_length;
  const Label done = a.newLabel(), slow = a.newLabel(), wrong = a.newLabel();
  const bool calls_settle = observed_ || block_.host.settles;
  const auto call_branch = [=, this, &op] {
    if (!predicted) return;
    if (target != nullptr) {
      a.mov(x86::eax, *target);
    } else {
      a.mov(x86::eax, at(layout_.pc, 4));
    }
    a.mov(x86::rcx, imm(reinterpret_cast<u64>(&op)));
    a.mov(x86::rdx, imm(reinterpret_cast<u64>(&block_)));
    far_call(stubs_.branch);
  };
  if (calls_settle) {
    call_settle(op);
    call_branch();
    return;
  }
  a.mov(x86::rcx, imm(reinterpret_cast<u64>(layout_.timing)));
  a.cmp(x86::byte_ptr(x86::rcx, layout_.under_way), 0);
  a.jne(slow);
  u32 bubble = 0;
  if (predicted) {
    const bool taken = target == nullptr || *target != fall_through;
    if (taken) bubble = layout_.taken_bubble;
    predict(kind, taken, branch_pc, fall_through, target, wrong);
  }
  charge(op, bubble);
  a.bind(done);
  cold_.push_back([=, this, &op] {
    if (predicted) {
      a.bind(wrong);
      charge(op, 0);
      call_branch();
      a.jmp(done);
    }
    a.bind(slow);
    call_settle(op);
    call_branch();
    a.jmp(done);
  });
}

/// BranchPredictor::mispredicts, for a branch that goes as predicted: else to `wrong` with nothing changed. rcx is the
/// timing model.
void Emitter::predict(ir::BranchKind kind, bool taken, u32 pc, u32 fall_through, const u32* target, Label wrong) {
  const bool returns = kind == ir::BranchKind::Return;
  const bool calls = kind == ir::BranchKind::Call;
  const bool conditional = block_.conditional_end;
  u64* const entry = layout_.btb + ((pc >> 1) & (layout_.btb_entries - 1));
  const auto model = [this](i32 displacement, u32 size) { return Mem(x86::rcx, displacement, size); };

  const bool by_path = kind == ir::BranchKind::Indirect || kind == ir::BranchKind::IndirectCall;
  if (by_path || (!taken && !conditional)) {  // the model's; or a branch to the next instruction
    a.jmp(wrong);
    return;
  }
  a.cmp(model(layout_.prediction, 1), 0);
  a.jne(wrong);
  if (taken) {
    a.mov(x86::rax, imm(reinterpret_cast<u64>(entry)));
    if (target != nullptr && !returns) {
      a.mov(x86::rdx, imm(u64{*target} << 32 | pc));
      a.cmp(x86::qword_ptr(x86::rax), x86::rdx);
      a.jne(wrong);
    } else {
      a.mov(x86::edx, at(layout_.pc, 4));
      a.cmp(x86::edx, fall_through);
      a.je(wrong);
      // The entry is to be what it will be after the branch, a return's too.
      a.cmp(x86::dword_ptr(x86::rax), pc);
      a.jne(wrong);
      if (returns) {
        a.mov(x86::dword_ptr(x86::rsp, -8), x86::edx);
        a.cmp(model(layout_.depth, 8), 0);
        a.je(wrong);
        a.mov(x86::rax, imm(reinterpret_cast<u64>(layout_.returns)));
        a.mov(x86::rdx, model(layout_.top, 8));
        a.mov(x86::eax, x86::dword_ptr(x86::rax, x86::rdx, 2));
        a.cmp(x86::eax, x86::dword_ptr(x86::rsp, -8));
      } else {
        a.cmp(x86::dword_ptr(x86::rax, 4), x86::edx);
      }
      a.jne(wrong);
    }
  }
  if (conditional) {
    a.mov(x86::eax, model(layout_.history, 4));
    a.xor_(x86::eax, pc >> 1);
    a.and_(x86::eax, layout_.history_mask);
    a.mov(x86::rdx, imm(reinterpret_cast<u64>(layout_.counters)));
    a.add(x86::rdx, x86::rax);
    a.movzx(x86::eax, x86::byte_ptr(x86::rdx));
    a.cmp(x86::eax, 2);
    if (taken) {
      a.jb(wrong);
      a.cmp(x86::eax, 3);
      a.adc(x86::byte_ptr(x86::rdx), 0);
    } else {
      a.jae(wrong);
      a.neg(x86::eax);
      a.sbb(x86::byte_ptr(x86::rdx), 0);
    }
    a.mov(x86::eax, model(layout_.history, 4));
    if (taken) {
      a.lea(x86::eax, x86::ptr(x86::rax, x86::rax, 0, 1));
    } else {
      a.add(x86::eax, x86::eax);
    }
    a.and_(x86::eax, layout_.history_mask);
    a.mov(model(layout_.history, 4), x86::eax);
  }
  a.inc(model(layout_.branches, 8));
  if (!taken) return;
  if (calls) {
    a.mov(x86::rax, model(layout_.top, 8));
    a.xor_(x86::edx, x86::edx);
    a.inc(x86::rax);
    a.cmp(x86::rax, layout_.return_entries);
    a.cmove(x86::rax, x86::rdx);
    a.mov(model(layout_.top, 8), x86::rax);
    a.mov(x86::rdx, imm(reinterpret_cast<u64>(layout_.returns)));
    a.mov(x86::dword_ptr(x86::rdx, x86::rax, 2), fall_through);
    a.cmp(model(layout_.depth, 8), layout_.return_entries);
    a.adc(model(layout_.depth, 8), 0);
  } else if (returns) {
    a.mov(x86::rax, model(layout_.top, 8));
    a.mov(x86::edx, layout_.return_entries);
    a.test(x86::rax, x86::rax);
    a.cmove(x86::rax, x86::rdx);
    a.dec(x86::rax);
    a.mov(model(layout_.top, 8), x86::rax);
    a.dec(model(layout_.depth, 8));
    a.mov(x86::edx, at(layout_.pc, 4));
    a.mov(x86::rax, imm(reinterpret_cast<u64>(entry)));
    a.mov(x86::dword_ptr(x86::rax, 4), x86::edx);
  }
}

void Emitter::leave_at_limits(Label exit) {
  if (timed_) {
    a.mov(x86::rax, at(layout_.now, 8));
    a.cmp(x86::rax, at(layout_.limit, 8));
    a.jae(exit);
    a.test(kBudget, kBudget);
  } else if (observed_ || block_.host.settles) {
    a.test(kBudget, kBudget);
  }
  a.jle(exit);
}

void Emitter::go(const MicroOp& op) {
  const u32 va = block_.va.value;
  const u8 itstate = static_cast<u8>(op.imm2);
  const bool same_page = ((op.imm ^ va) & ~kPageMask) == 0;
  const BlockContext& context = block_.context;
  const auto store_pc = [=, this] {
    a.mov(at(layout_.pc, 4), op.imm);
    a.mov(at(layout_.itstate, 1), itstate);
  };
  if (timed_) {
    end_timed(op, &op.imm);
  } else {
    end_functional(op);
  }
  const Label out = a.newLabel();
  leave_at_limits(out);
  BlockContext there = context;
  there.itstate = itstate;
  // Within the page the translation of this block is that of the next one, unless an instruction may have changed it.
  if (same_page && !block_.straddles && !block_.host.settles) {
    if (op.imm == va && itstate == context.itstate) {
      a.jmp(top_);
      cold_.push_back([=, this] {
        a.bind(out);
        store_pc();
        a.jmp(imm(stubs_.exit));
      });
      return;
    }
    site_store->push_back({{}, nullptr, block_.pa.value >> kPageBits, op.imm, there.key()});
    ExitSite* site = &site_store->back();
    const Label stub = a.newLabel(), end = a.newLabel();
    a.long_().jmp(stub);
    a.bind(end);
    pending_.push_back({end, stub, site});
    cold_.push_back([=, this] {
      a.bind(stub);
      a.mov(x86::rax, imm(reinterpret_cast<u64>(site)));
      a.mov(at(layout_.site, 8), x86::rax);
      a.bind(out);
      store_pc();
      a.jmp(imm(stubs_.exit));
    });
    return;
  }
  store_pc();
  a.mov(x86::eax, op.imm);
  a.mov(x86::ecx, there.key());
  a.jmp(imm(stubs_.lookup));
  cold_.push_back([=, this] {
    a.bind(out);
    store_pc();
    a.jmp(imm(stubs_.exit));
  });
}

void Emitter::go_indirect(const MicroOp& op) {
  BlockContext there = block_.context;
  there.itstate = 0;
  bring(x86::eax, op.a);
  if (op.op == Op::GotoX) {
    there.thumb = false;
    a.mov(x86::ecx, x86::eax);
    a.and_(x86::ecx, 1);
    a.mov(at(layout_.thumb, 1), x86::cl);
    a.lea(x86::edx, x86::ptr(x86::rcx, x86::rcx, 0, -4));  // T32: all but bit 0; A32: all but bits 1:0
    a.and_(x86::eax, x86::edx);
  } else {
    a.and_(x86::eax, block_.context.thumb ? ~1 : ~3);
  }
  a.mov(at(layout_.pc, 4), x86::eax);
  a.mov(at(layout_.itstate, 1), 0);
  clobber();
  if (timed_) {
    end_timed(op, nullptr);
  } else {
    end_functional(op);
  }
  const Label out = a.newLabel();
  leave_at_limits(out);
  a.mov(x86::eax, at(layout_.pc, 4));
  if (op.op == Op::GotoX) {
    a.movzx(x86::ecx, at(layout_.thumb, 1));
    if (there.key() != 0) a.or_(x86::ecx, there.key());
  } else {
    a.mov(x86::ecx, there.key());
  }
  a.jmp(imm(stubs_.lookup));
  cold_.push_back([=, this] {
    a.bind(out);
    a.jmp(imm(stubs_.exit));
  });
}

}  // namespace hypsim::jit

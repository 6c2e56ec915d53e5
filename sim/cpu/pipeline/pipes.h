// SPDX-License-Identifier: Apache-2.0
// The pipes that instructions are issued to, each behind a queue of its own.
#pragma once

#include "sim/cpu/ir/micro_op.h"
#include "sim/cpu/pipeline/timing_config.h"

namespace hypsim {

/// kNoPipe: what the front end does by itself, or what starts only when nothing else is under way.
enum Pipe : u8 { kAluPipe, kFpPipe, kLoadPipe, kStorePipe, kMultiplyPipe, kBranchPipe, kPipes, kNoPipe = kPipes };

constexpr Pipe pipe_of(ir::TimingClass c) {
  using ir::TimingClass;
  switch (c) {
    case TimingClass::Alu:
    case TimingClass::AluShift:
    case TimingClass::AluShiftReg:
    case TimingClass::Saturate:
    case TimingClass::Media:
    case TimingClass::StatusRead:
    case TimingClass::StatusWrite: return kAluPipe;
    case TimingClass::VfpMove:
    case TimingClass::VfpAlu:
    case TimingClass::VfpMul:
    case TimingClass::VfpMac:
    case TimingClass::VfpMacDouble:
    case TimingClass::VfpDiv:
    case TimingClass::VfpDivDouble:
    case TimingClass::NeonAlu:
    case TimingClass::NeonMul: return kFpPipe;
    case TimingClass::Load:
    case TimingClass::LoadMultiple:
    case TimingClass::Exclusive:
    case TimingClass::VfpLoad:
    case TimingClass::Preload: return kLoadPipe;
    case TimingClass::Store:
    case TimingClass::StoreMultiple:
    case TimingClass::VfpStore: return kStorePipe;
    case TimingClass::Multiply:
    case TimingClass::MultiplyLong:
    case TimingClass::Divide: return kMultiplyPipe;
    case TimingClass::Branch:
    case TimingClass::BranchIndirect: return kBranchPipe;
    default: return kNoPipe;
  }
}

/// Whether it stores: then a base that it writes back waits for the old base alone, not for the data.
constexpr bool is_store(const ir::InsnInfo& insn) { return pipe_of(insn.timing) == kStorePipe; }
constexpr bool is_load(const ir::InsnInfo& insn) { return pipe_of(insn.timing) == kLoadPipe; }

/// What an instruction waits for in its issue queue, bits as in InsnInfo::reads: a store waits for its address and its
/// condition, and its data follows.
constexpr u64 issue_reads(const ir::InsnInfo& insn) {
  constexpr u64 kFlags = u64{0xF} << ir::kN;
  return is_store(insn) ? insn.reads & (insn.memory.registers | kFlags) : insn.reads;
}

/// Instructions that the pipe starts in a cycle.
constexpr u32 width_of(const TimingConfig& config, unsigned pipe) {
  switch (pipe) {
    case kAluPipe: return config.alu_pipes;
    case kFpPipe: return config.fp_pipes;
    case kLoadPipe: return config.load_ports;
    case kStorePipe: return config.store_ports;
    default: return 1;
  }
}
/// Places of the queue before it.
constexpr u32 places_of(const TimingConfig& config, unsigned pipe) {
  return config.issue_queue * width_of(config, pipe);
}

}  // namespace hypsim

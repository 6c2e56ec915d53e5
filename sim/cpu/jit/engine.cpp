// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/engine.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "sim/cpu/core.h"
#include "sim/cpu/jit/code_buffer.h"
#include "sim/cpu/jit/generator.h"
#include "sim/cpu/jit/layout.h"

namespace hypsim::jit {

namespace {

constexpr u32 kHostV = 1u << 0, kHostBorrow = 1u << 8, kHostZ = 1u << 14, kHostN = 1u << 15;

u32 pack_flags(const u32* s) {
  return (bit(s[ir::kN], 31) ? kHostN : 0) | (s[ir::kZ] == 0 ? kHostZ : 0) | (s[ir::kC] ? 0 : kHostBorrow) |
         (s[ir::kV] >> 31);
}

void unpack_flags(u32 flags, u32* s) {
  s[ir::kN] = (flags & kHostN) ? 1u << 31 : 0;
  s[ir::kZ] = (flags & kHostZ) ? 0 : 1;
  s[ir::kC] = (flags & kHostBorrow) ? 0 : 1;
  s[ir::kV] = (flags & kHostV) ? 1u << 31 : 0;
}

}  // namespace

std::unique_ptr<Engine> Engine::create(Core& core, u64 bytes) {
  if (!Generator::supported()) return nullptr;
  // A link is a site and, once it has been made, an entry in a list that may be half empty.
  constexpr std::size_t kLink = sizeof(ExitSite) + 2 * sizeof(HostJump);
  auto buffer = CodeBuffer::create(bytes - bytes / 4);
  if (buffer == nullptr) return nullptr;
  return std::unique_ptr<Engine>(new Engine(core, std::move(buffer), bytes / 4 / kLink));
}

Engine::Engine(Core& core, std::unique_ptr<CodeBuffer> buffer, std::size_t most_links)
    : core_(core), buffer_(std::move(buffer)), generator_(std::make_unique<Generator>(core, *buffer_, most_links)) {}

Engine::~Engine() = default;

bool Engine::run(Block& block) {
  if (!allowed()) return false;
  if (core_.observe_blocks_ != observed_) {
    observed_ = core_.observe_blocks_;
    forget_code();
  }
  const bool compiled = block.host.entry != nullptr || compile(block);
  const ExitSite* const site = std::exchange(core_.generated_.site, nullptr);  // compile() may have forgotten it
  if (!compiled) return false;
  if (site != nullptr) link(*site, block);

  resume();
  left_ = false;
  after_ = nullptr;
  generator_->enter(block.host.entry);
  if (!left_) pause();
  if (generator_->error) std::rethrow_exception(std::exchange(generator_->error, nullptr));
  if (after_ != nullptr) {
    Block& rest = *core_.block_;
    if (core_.timing_) {
      core_.run_blocks<true>(rest, false, after_);
    } else {
      core_.run_blocks<false>(rest, false, after_);
    }
  }
  core_.block_ = nullptr;
  return true;
}

/// With the instruction cache off, find_block drops modified blocks whenever it is asked, and an ISB all that may be
/// stale: then only the interpreter's own path from block to block will do.
bool Engine::allowed() const {
  const bool icache = bit(core_.system_control(), sctlr::I);
  return icache || (core_.timing_ == nullptr && !core_.blocks_.any_doubtful());
}

bool Engine::compile(Block& block) {
  if (block.host.refused) return false;
  auto entry = generator_->compile(block, observed_);
  if (!entry) {
    forget_code();
    entry = generator_->compile(block, observed_);
  }
  block.host.entry = entry.value_or(nullptr);
  block.host.refused = block.host.entry == nullptr;
  return !block.host.refused;
}

/// A site belongs to a block of the same page and context. So whenever its block runs, known_block would find this one.
void Engine::link(const ExitSite& site, Block& block) {
  if (site.target != block.va.value || site.page != block.pa.value >> kPageBits ||
      site.context != block.context.key() || block.straddles)
    return;
  const i32 displacement = static_cast<i32>(static_cast<const u8*>(block.host.entry) - site.end);
  block.host.callers.push_back(site.jump);
  std::memcpy(site.jump.displacement, &displacement, sizeof(displacement));
}

void Engine::forget_code() {
  core_.blocks_.forget_host_code();
  core_.generated_.site = nullptr;
  generator_->clear();
  buffer_->clear();
}

void Engine::count() {
  const u64 done = static_cast<u64>(base_ - core_.generated_.budget);
  base_ = core_.generated_.budget;
  core_.retired_ += done;
  if (core_.timing_ == nullptr) core_.clock_.charge(done, Resource::Base);
}

void Engine::pause() {
  count();
  unpack_flags(core_.state_.slot[Layout::kFlags], core_.state_.slot);
}

void Engine::resume() {
  core_.state_.slot[Layout::kFlags] = pack_flags(core_.state_.slot);
  core_.generated_.data_key = u64{core_.data_generation_} << 32;
  // While there is any, a whole block fits under the limit.
  u64 budget = 0;
  if (core_.undisturbed() && allowed()) {
    budget = core_.insn_limit_ - core_.retired_ - (kMaxBlockInsns - 1);
    if (core_.timing_ == nullptr) budget = std::min(budget, core_.limit_.value - core_.clock_.now.value);
  }
  core_.generated_.budget = base_ = static_cast<i64>(std::min<u64>(budget, 1ull << 62));
}

bool Engine::execute(Core* core, const ir::MicroOp* op, Block* block) try {
  using ir::Op;
  Engine& engine = *core->jit_;
  engine.pause();
  core->block_ = block;
  if (!block->host.settles) core->settled_ = 0;
  core->state_.pc() = block->va.value;
  core->state_.itstate = block->context.itstate;
  u32* const s = core->state_.slot;

  Core::MemResult result = Core::MemResult::Ok;
  const auto load = [&](unsigned size, auto convert) {
    u32 value = 0;
    result = core->load_slow(s[op->a] + op->imm, size, op->aux, value, *op);
    if (result != Core::MemResult::Abort) s[op->d] = convert(value);
  };
  const auto store = [&](unsigned size) {
    result = core->store_slow(s[op->a] + op->imm, size, op->aux, s[op->b], *op);
  };
  const auto abort_unless = [&](bool done) {
    if (!done) result = Core::MemResult::Abort;
  };
  switch (op->op) {
    case Op::Ld8: load(1, [](u32 v) { return v & 0xFF; }); break;
    case Op::Ld8S: load(1, [](u32 v) { return static_cast<u32>(static_cast<i8>(v)); }); break;
    case Op::Ld16: load(2, [](u32 v) { return v & 0xFFFF; }); break;
    case Op::Ld16S: load(2, [](u32 v) { return static_cast<u32>(static_cast<i16>(v)); }); break;
    case Op::Ld32: load(4, [](u32 v) { return v; }); break;
    case Op::St8: store(1); break;
    case Op::St16: store(2); break;
    case Op::St32: store(4); break;
    case Op::LdM: abort_unless(core->load_multiple(*op)); break;
    case Op::StM: abort_unless(core->store_multiple(*op)); break;
    case Op::Call: kHelpers[op->imm](*core, *op); break;
    default:  // CallExit
      core->settle(op->insn);
      if (!kHelpers[op->imm](*core, *op)) {
        core->settle(op->insn + 1u);
        result = Core::MemResult::Abort;
      }
      break;
  }
  if (result != Core::MemResult::Abort && core->cut_ == Core::Cut::None) {
    engine.resume();
    return false;
  }
  engine.left_ = true;
  if (result != Core::MemResult::Abort) {
    engine.after_ = op;
  } else if (core->timing_) {
    core->timing_->leave(*block, core->clock_, core->settled_);
  }
  return true;
} catch (...) {
  core->jit_->generator_->error = std::current_exception();
  core->jit_->left_ = true;
  return true;
}

void Engine::settle(Core* core, Block* block, u32 upto) {
  Engine& engine = *core->jit_;
  engine.pause();
  core->block_ = block;
  if (!block->host.settles) core->settled_ = 0;
  try {
    core->settle(upto);
    if (core->timing_) core->timing_->finish(*block);
  } catch (...) {
    engine.generator_->error = std::current_exception();
    core->attention_ = true;  // the block's end leaves
  }
  engine.resume();
}

void Engine::branch(Core* core, const ir::MicroOp* op, Block* block, u32 taken_to) {
  const u32 branch_pc = block->va.value + block->insns[op->insn].offset;
  core->timing_->branch(core->clock_, branch_pc, block->va.value + block->byte_length, taken_to,
                        static_cast<ir::BranchKind>(op->aux), block->conditional_end, *block->timing);
}

void Engine::fetch(Core* core, Block* block) { core->timing_->fetch(core->clock_, *block, true); }

void Engine::start(Core* core, Block* block) { core->find_schedule(*block); }

void Engine::load_timing(Core* core, u64 pa, MemClass mem_class, const ir::MicroOp* op) {
  core->jit_->count();
  if (!core->block_->host.settles) core->settled_ = 0;
  core->timing_->load(core->clock_, PhysAddr(pa), mem_class, core->site(*op));
}

void Engine::store_timing(Core* core, u64 pa, MemClass mem_class) {
  core->timing_->store(core->clock_, PhysAddr(pa), mem_class);
}

}  // namespace hypsim::jit

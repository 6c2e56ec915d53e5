// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/generator.h"

#include "sim/cpu/jit/code_buffer.h"
#include "sim/cpu/jit/emitter.h"
#include "sim/cpu/jit/stubs.h"

namespace hypsim::jit {

namespace {

/// Puts the code at the cursor of `buffer`. False if it could not be made.
bool place(asmjit::CodeHolder& code, CodeBuffer& buffer) {
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk) return false;
  if (code.relocateToBase(reinterpret_cast<u64>(buffer.cursor())) != asmjit::kErrorOk) return false;
  const std::size_t bytes = code.codeSize();
  if (bytes > buffer.room() || code.copyFlattenedData(buffer.cursor(), buffer.room()) != asmjit::kErrorOk) return false;
  return true;
}

}  // namespace

bool Generator::supported() {
  const auto& features = asmjit::CpuInfo::host().features().x86();
  return features.hasLAHFSAHF() && features.hasCMOV();
}

struct Generator::Impl {
  Impl(Core& c, CodeBuffer& b) : core(c), layout(c), buffer(b) {}

  void start() {
    code.reset();
    code.init(asmjit::Environment::host(), reinterpret_cast<u64>(buffer.cursor()));
    code.attach(&assembler);
  }

  Core& core;
  Layout layout;
  CodeBuffer& buffer;
  asmjit::CodeHolder code;
  Asm assembler;
  Stubs stubs;
  std::deque<ExitSite> sites;
};

Generator::Generator(Core& core, CodeBuffer& buffer) : impl_(std::make_unique<Impl>(core, buffer)) {
  Impl& i = *impl_;
  i.start();
  const StubLabels labels = emit_stubs(i.assembler, i.layout);
  const u8* const base = buffer.cursor();
  if (!place(i.code, buffer)) return;
  i.stubs = stub_addresses(i.code, labels, base);
  buffer.take(i.code.codeSize());
  buffer.keep();
}

Generator::~Generator() = default;

const void* Generator::compile(Block& block, bool observed) {
  Impl& i = *impl_;
  // ThumbEE is left to the interpreter: nobody runs enough of it.
  if (block.self_loop || block.context.thumbee || i.stubs.enter == nullptr) return nullptr;
  i.start();
  Emitter emitter(i.assembler, i.layout, i.stubs, i.core, block, observed, i.layout.timing != nullptr,
                  i.layout.side(i.core));
  emitter.site_store = &i.sites;
  emitter.emit();
  u8* const base = i.buffer.cursor();
  if (!place(i.code, i.buffer)) return nullptr;
  for (const auto& pending : emitter.sites()) {
    pending.site->jump = {base + i.code.labelOffset(pending.end), base + i.code.labelOffset(pending.stub)};
  }
  i.buffer.take(i.code.codeSize());
  return base;
}

void Generator::enter(const void* entry) { impl_->stubs.enter(entry, impl_->layout.middle); }

void Generator::clear() { impl_->sites.clear(); }

}  // namespace hypsim::jit

// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/generator.h"

#include "sim/cpu/jit/code_buffer.h"
#include "sim/cpu/jit/emitter.h"
#include "sim/cpu/jit/stubs.h"

namespace hypsim::jit {

namespace {

enum class Placed : u8 { Yes, NoRoom, Failed };

/// Puts the code at the cursor of `buffer`.
Placed place(asmjit::CodeHolder& code, CodeBuffer& buffer) {
  if (code.flatten() != asmjit::kErrorOk || code.resolveUnresolvedLinks() != asmjit::kErrorOk) return Placed::Failed;
  if (code.codeSize() > buffer.room()) return Placed::NoRoom;
  if (code.relocateToBase(reinterpret_cast<u64>(buffer.cursor())) != asmjit::kErrorOk) return Placed::Failed;
  const auto copied = code.copyFlattenedData(buffer.writable(buffer.cursor()), buffer.room());
  return copied == asmjit::kErrorOk ? Placed::Yes : Placed::Failed;
}

/// Remembers that something could not be emitted, for want of memory: the assembler goes on behind it.
struct Errors final : asmjit::ErrorHandler {
  void handleError(asmjit::Error, const char*, asmjit::BaseEmitter*) override { any = true; }
  bool any = false;
};

}  // namespace

bool Generator::supported() {
  const auto& features = asmjit::CpuInfo::host().features().x86();
  return features.hasLAHFSAHF() && features.hasCMOV();
}

struct Generator::Impl {
  Impl(Core& c, CodeBuffer& b, std::size_t links) : core(c), layout(c), buffer(b), most_links(links) {}

  /// False if the assembler has no memory.
  bool start() {
    code.reset();
    errors.any = false;
    if (code.init(asmjit::Environment::host(), reinterpret_cast<u64>(buffer.cursor())) != asmjit::kErrorOk)
      return false;
    code.setErrorHandler(&errors);
    return code.attach(&assembler) == asmjit::kErrorOk;
  }
  void forget_sites_from(std::size_t first) {
    while (sites.size() > first) sites.pop_back();
  }

  Core& core;
  Layout layout;
  CodeBuffer& buffer;
  const std::size_t most_links;
  Errors errors;
  asmjit::CodeHolder code;
  Asm assembler;
  Stubs stubs;
  std::deque<ExitSite> sites;
};

Generator::Generator(Core& core, CodeBuffer& buffer, std::size_t most_links)
    : impl_(std::make_unique<Impl>(core, buffer, most_links)) {
  Impl& i = *impl_;
  if (!i.start()) return;
  const StubLabels labels = emit_stubs(i.assembler, i.layout);
  const u8* const base = buffer.cursor();
  if (i.errors.any || place(i.code, buffer) != Placed::Yes) return;
  i.stubs = stub_addresses(i.code, labels, base);
  buffer.take(i.code.codeSize());
  buffer.keep();
}

Generator::~Generator() = default;

std::optional<const void*> Generator::compile(Block& block, bool observed) {
  Impl& i = *impl_;
  // ThumbEE is left to the interpreter: nobody runs enough of it.
  if (block.self_loop || block.context.thumbee || i.stubs.enter == nullptr) return nullptr;
  if (!i.start()) return nullptr;
  const std::size_t sites = i.sites.size();
  Emitter emitter(i.assembler, i.layout, i.stubs, i.core, block, observed, i.layout.timing != nullptr,
                  i.layout.side(i.core));
  emitter.site_store = &i.sites;
  emitter.emit();
  const u8* const base = i.buffer.cursor();
  const Placed placed = i.errors.any                    ? Placed::Failed
                        : i.sites.size() > i.most_links ? Placed::NoRoom
                                                        : place(i.code, i.buffer);
  if (placed != Placed::Yes) {
    i.forget_sites_from(sites);
    if (placed == Placed::NoRoom) return std::nullopt;
    return nullptr;
  }
  for (const auto& pending : emitter.sites()) {
    const u8* const end = base + i.code.labelOffset(pending.end);
    const u8* const stub = base + i.code.labelOffset(pending.stub);
    pending.site->jump = {i.buffer.writable(end) - sizeof(i32), static_cast<i32>(stub - end)};
    pending.site->end = end;
  }
  i.buffer.take(i.code.codeSize());
  return base;
}

void Generator::enter(const void* entry) { impl_->stubs.enter(entry, impl_->layout.middle); }

void Generator::clear() { impl_->sites.clear(); }

}  // namespace hypsim::jit

// SPDX-License-Identifier: Apache-2.0
#include "sim/trace/instruction_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sim/disasm/disassembler.h"

namespace hypsim::trace {

namespace {

constexpr std::size_t kPiece = 1 << 16;   // text is handed on in pieces of about this size
constexpr unsigned kRememberedBits = 14;  // log2 of the disassembled instructions that are kept

const char* short_name(Mode mode) {
  switch (mode) {
    case Mode::User: return "usr";
    case Mode::Fiq: return "fiq";
    case Mode::Irq: return "irq";
    case Mode::Supervisor: return "svc";
    case Mode::Monitor: return "mon";
    case Mode::Abort: return "abt";
    case Mode::Hyp: return "hyp";
    case Mode::Undefined: return "und";
    case Mode::System: return "sys";
  }
  return "?";
}

}  // namespace

struct InstructionTrace::Impl {
  TraceOptions options;
  Sink sink;
  Describe describe;
  disasm::Disassembler disassembler;
  /// By address, instruction set and encoding; a slot has one, whichever came last.
  struct Remembered {
    u64 key = 0;
    disasm::Line line;
  };
  std::vector<Remembered> known = std::vector<Remembered>(std::size_t{1} << kRememberedBits);
  std::string text;
  u64 lines = 0;
  bool open = true;

  bool wants(const Moment& m) const { return open && m.insns > options.from; }

  void hand_on() {
    if (!text.empty() && !sink(text)) open = false;
    text.clear();
  }
  void event(const Moment& m, const std::string& what) {
    text += fmt::format("{:>12} {} -- {}\n", m.now.value, m.core, what);
    if (text.size() >= kPiece) hand_on();
  }
  /// Where a core is: "secure", "host" (PL1 and PL0 without stage 2), "vm N", or nothing in Hyp mode.
  static std::string world(const Moment& m, const ExecutedCode& code) {
    if (code.security() == Security::Secure) return "secure";
    if (code.mode() == Mode::Hyp) return "";
    return m.guest ? fmt::format("vm {}", m.vmid.value) : "host";
  }
  const disasm::Line& line_of(const ExecutedCode::Insn& insn, bool thumb) {
    const u64 key = u64{insn.address | u32{thumb}} << 32 | insn.raw;
    Remembered& slot = known[key * 0x9E3779B97F4A7C15u >> (64 - kRememberedBits)];
    disasm::Line& line = slot.line;
    if (line.length == 0 || slot.key != key) {
      slot.key = key;
      // In memory order: a T32 instruction of four bytes has its first halfword first.
      const u32 bytes = thumb && insn.length == 4 ? insn.raw >> 16 | insn.raw << 16 : insn.raw;
      const std::array<u8, 4> code = {static_cast<u8>(bytes), static_cast<u8>(bytes >> 8), static_cast<u8>(bytes >> 16),
                                      static_cast<u8>(bytes >> 24)};
      line = disassembler.at(insn.address, code.data(), insn.length, thumb);
    }
    return line;
  }
};

InstructionTrace::InstructionTrace(const TraceOptions& options, Sink sink, Describe describe)
    : impl_(new Impl{options, std::move(sink), std::move(describe)}) {
  impl_->text = "#      cycle core world    mode  address code       instruction\n";
}

InstructionTrace::~InstructionTrace() = default;

void InstructionTrace::block(const Moment& m, const BlockEvent& e) {
  Impl& i = *impl_;
  const u64 before = m.insns - e.insns;
  const std::string world = Impl::world(m, *e.code);
  for (u32 n = i.options.from > before ? static_cast<u32>(std::min<u64>(i.options.from - before, e.insns)) : 0;
       n < e.insns && i.open; ++n) {
    const ExecutedCode::Insn insn = e.code->insn(n);
    const disasm::Line& line = i.line_of(insn, e.code->thumb());
    // The names are those of the image, which a guest of its hypervisor does not share.
    const std::string name = world.starts_with("vm") ? std::string() : i.describe(insn.address);
    i.text +=
        fmt::format("{:>12} {} {:<8} {}   {:08x} {:<10} {}{}{}\n", m.now.value, m.core, world,
                    short_name(e.code->mode()), insn.address, line.bytes, line.text, name.empty() ? "" : "  ; ", name);
    if (i.options.count != 0 && ++i.lines >= i.options.count) i.open = false;
  }
  if (i.text.size() >= kPiece) i.hand_on();
}

void InstructionTrace::exception(const Moment& m, const ExceptionEvent& e) {
  if (!impl_->wants(m)) return;
  std::string what = fmt::format("{} taken from {} to {} at {:#010x}, return address {:#010x}", exception_name(e.kind),
                                 short_name(e.from), short_name(e.to), e.vector, e.return_address);
  if (e.to == Mode::Hyp) what += fmt::format(", HSR {:#010x}", e.hsr);
  impl_->event(m, what);
}

void InstructionTrace::exception_return(const Moment& m, const ReturnEvent& e) {
  if (!impl_->wants(m)) return;
  impl_->event(m, fmt::format("return from {} to {}{} at {:#010x}", short_name(e.from), short_name(e.to),
                              e.to_guest ? fmt::format(" of vm {}", m.vmid.value) : "", e.target));
}

void InstructionTrace::marker(const Moment& m, u32 option, u32 r12) {
  if (impl_->wants(m)) impl_->event(m, fmt::format("marker {}, R12 = {:#x}", option, r12));
}

void InstructionTrace::sysreg_write(const Moment& m, const char* name, u64 value) {
  if (impl_->wants(m)) impl_->event(m, fmt::format("{} = {:#x}", name, value));
}

void InstructionTrace::finish() { impl_->hand_on(); }

}  // namespace hypsim::trace

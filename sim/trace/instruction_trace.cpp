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
  /// What becomes a line: an instruction, or with `length` 0 the text of an event.
  struct Record {
    u64 cycle = 0;
    u8 core = 0, vmid = 0, length = 0;
    bool secure = false, guest = false, thumb = false;
    Mode mode = Mode::Supervisor;
    u32 address = 0, raw = 0;
    std::string event;
  };
  std::vector<Record> last;  ///< a ring, where only the last ones are wanted
  u64 recorded = 0;
  Record current;  ///< otherwise
  std::string text;
  u64 lines = 0;
  bool open = true;

  bool wants(const Moment& m) const { return open && m.insns > options.from; }

  void hand_on() {
    if (!text.empty() && !sink(text)) open = false;
    text.clear();
  }
  /// Where the next line is put down.
  Record& next() { return options.last == 0 ? current : last[recorded++ % options.last]; }
  /// It is.
  void put_down(const Record& record) {
    if (options.last != 0) return;
    append(record);
    if (text.size() >= kPiece) hand_on();
  }
  void event(const Moment& m, std::string what) {
    Record& record = next();
    record.cycle = m.now.value;
    record.core = m.core;
    record.length = 0;
    record.event = std::move(what);
    put_down(record);
  }
  void insn(const Moment& m, const ExecutedCode& code, u32 number) {
    const ExecutedCode::Insn insn = code.insn(number);
    Record& record = next();
    record.cycle = m.now.value;
    record.core = m.core;
    record.vmid = m.vmid.value;
    record.length = insn.length;
    record.secure = code.security() == Security::Secure;
    record.guest = m.guest;
    record.thumb = code.thumb();
    record.mode = code.mode();
    record.address = insn.address;
    record.raw = insn.raw;
    put_down(record);
  }
  /// Where a core is: "secure", "host" (PL1 and PL0 without stage 2), "vm N", or nothing in Hyp mode.
  static std::string world(const Record& r) {
    if (r.secure) return "secure";
    if (r.mode == Mode::Hyp) return "";
    return r.guest ? fmt::format("vm {}", r.vmid) : "host";
  }
  void append(const Record& r) {
    if (r.length == 0) {
      text += fmt::format("{:>12} {} -- {}\n", r.cycle, r.core, r.event);
      return;
    }
    const std::string where = world(r);
    const disasm::Line& line = line_of({r.address, r.raw, r.length}, r.thumb);
    // The names are those of the image, which a guest of its hypervisor does not share.
    const std::string name = where.starts_with("vm") ? std::string() : describe(r.address);
    text += fmt::format("{:>12} {} {:<8} {}   {:08x} {:<10} {}{}{}\n", r.cycle, r.core, where, short_name(r.mode),
                        r.address, line.bytes, line.text, name.empty() ? "" : "  ; ", name);
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
  impl_->last.resize(impl_->options.last);
  impl_->text = "#      cycle core world    mode  address code       instruction\n";
}

InstructionTrace::~InstructionTrace() = default;

void InstructionTrace::block(const Moment& m, const BlockEvent& e) {
  Impl& i = *impl_;
  const u64 before = m.insns - e.insns;
  for (u32 n = i.options.from > before ? static_cast<u32>(std::min<u64>(i.options.from - before, e.insns)) : 0;
       n < e.insns && i.open; ++n) {
    i.insn(m, *e.code, n);
    if (i.options.count != 0 && ++i.lines >= i.options.count) i.open = false;
  }
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

void InstructionTrace::finish() {
  Impl& i = *impl_;
  const u64 kept = std::min(i.recorded, i.options.last);
  for (u64 n = i.recorded - kept; n < i.recorded && i.open; ++n) {
    i.append(i.last[n % i.options.last]);
    if (i.text.size() >= kPiece) i.hand_on();
  }
  i.hand_on();
}

}  // namespace hypsim::trace

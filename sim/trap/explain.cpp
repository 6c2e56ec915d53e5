// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/explain.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/cpu/isa/decode.h"
#include "sim/cpu/sysreg/table.h"
#include "sim/trap/layout.h"
#include "sim/trap/syndrome_text.h"

namespace hypsim::trap {
namespace {

using nlohmann::ordered_json;

std::string hex(u32 value) { return fmt::format("{:#010x}", value); }

const char* security_name(Security security) { return security == Security::Secure ? "secure" : "non-secure"; }

std::string word_text(const Instruction& i) {
  if (i.isa == Isa::T16) return fmt::format("{:04x}", i.word);
  if (i.isa == Isa::T32) return fmt::format("{:04x} {:04x}", i.word >> 16, i.word & 0xFFFF);
  return fmt::format("{:08x}", i.word);
}

std::string mnemonic_of(const Instruction& i) {
  const isa::Line* line = i.isa == Isa::A32   ? isa::find_a32(i.word)
                          : i.isa == Isa::T16 ? isa::find_t16(i.word)
                                              : isa::find_t32(i.word);
  return line == nullptr ? "unallocated encoding" : line->name;
}

bool differs(const Ruling& a, const Ruling& b) {
  return a.result != b.result || (a.result != Result::Executes && a.result != Result::Waits &&
                                  (a.exception != b.exception || a.target != b.target || a.hsr != b.hsr));
}

const char* mode_text(Mode mode) {
  switch (mode) {
    case Mode::User: return "User mode";
    case Mode::Fiq: return "FIQ mode";
    case Mode::Irq: return "IRQ mode";
    case Mode::Supervisor: return "Supervisor mode";
    case Mode::Monitor: return "Monitor mode";
    case Mode::Abort: return "Abort mode";
    case Mode::Hyp: return "Hyp mode";
    case Mode::Undefined: return "Undefined mode";
    case Mode::System: return "System mode";
  }
  return "?";
}

std::string taken_text(Result result, Exception exception, Mode target, bool hsr_valid, u32 hsr) {
  switch (result) {
    case Result::Executes: return "executes";
    case Result::Waits: return "waits";
    case Result::Undefined:
      return fmt::format("UNDEFINED, taken to {}{}", mode_text(target),
                         hsr_valid ? fmt::format(", EC {:#04x}", hsr >> 26) : "");
    case Result::Trap: return fmt::format("trap to {}, EC {:#04x}", mode_text(target), hsr >> 26);
    case Result::Exception:
      return fmt::format("{} taken to {}{}", exception_name(exception), mode_text(target),
                         hsr_valid ? fmt::format(", EC {:#04x}", hsr >> 26) : "");
  }
  return "?";
}

}  // namespace

const char* exception_key(Exception exception) {
  constexpr const char* names[] = {"reset",         "undefined",      "svc",        "smc", "hvc",
                                   "hyp-trap",      "prefetch-abort", "data-abort", "irq", "fiq",
                                   "virtual-abort", "virtual-irq",    "virtual-fiq"};
  return names[static_cast<unsigned>(exception)];
}

std::string summary(const Outcome& o) { return taken_text(o.result, o.exception, o.mode_after, o.hsr_valid, o.hsr); }

std::string summary(const Ruling& r) { return taken_text(r.result, r.exception, r.target, r.hsr_valid, r.hsr); }

std::string decided_by(Runner& runner, const Situation& situation, const Instruction& instruction) {
  const std::vector<Check> checks = runner.checks(situation, instruction);
  return !checks.empty() && checks.back().decides ? checks.back().name : "";
}

Explanation explain(Runner& runner, const Situation& situation, const Instruction& instruction,
                    const std::string& text) {
  Explanation e;
  e.situation = situation;
  e.instruction = instruction;
  e.text = text;
  e.mnemonic = mnemonic_of(instruction);
  e.outcome = runner.run(situation, instruction);
  e.ruling = runner.decide(situation, instruction);
  e.reg = runner.register_name(instruction);
  e.checks = runner.checks(situation, instruction);
  for (const ControlBit& b : control_bits()) {
    const u32 before = control_value(situation, b);
    const u32 value = b.width == 1 ? before ^ 1 : before != 0 ? 0 : (1u << b.width) - 1;
    Situation other = situation;
    set_control_value(other, b, value);
    const Ruling ruling = runner.decide(other, instruction);
    if (differs(ruling, e.ruling)) e.alternatives.push_back({&b, value, ruling});
  }
  return e;
}

std::string to_text(const Explanation& e) {
  std::string t;
  const auto line = [&t](std::string_view key, std::string_view value) { t += fmt::format("{:<13} {}\n", key, value); };
  line("instruction", e.text.empty() ? e.mnemonic : e.text);
  line("encoding", fmt::format("{} {}, {}", isa_name(e.instruction.isa), word_text(e.instruction), e.mnemonic));
  if (!e.reg.empty()) line("register", e.reg);
  line("executed in", fmt::format("{}, {}, at {}", mode_text(e.situation.mode), security_name(e.situation.security),
                                  hex(layout::instruction_address(e.instruction.length()))));
  std::string registers;
  for (const char* name : {"HCR", "HSTR", "HCPTR", "HDCR", "CNTHCTL"}) {
    const u64 value = find_register(name)->get(e.situation);
    const std::string set = set_bits_text(name, value);
    line(registers.empty() ? "with" : "",
         fmt::format("{:<7} {}{}", name, hex(static_cast<u32>(value)), set.empty() ? "" : "  " + set));
    registers = name;
  }
  t += "\n";
  line("result", summary(e.outcome));
  if (const Check* decider = e.decider()) {
    line("decided by", fmt::format("{} {}{}", decider->name, decider->detail,
                                   decider->section.empty() ? "" : "  [ARM DDI 0406C " + decider->section + "]"));
  }
  if (e.outcome.taken()) {
    const Outcome& o = e.outcome;
    line("vector", fmt::format("{:#04x}, at {}", o.vector, hex(o.pc)));
    line(o.mode_after == Mode::Hyp ? "ELR_hyp" : "LR", hex(o.link));
    line("SPSR", hex(o.spsr));
    if (o.far_valid) line("fault address", hex(o.far));
    if (o.fsr_valid) line("fault status", hex(o.fsr));
    if (o.hpfar_valid) line("HPFAR", hex(o.hpfar));
    if (o.hsr_valid) {
      line("HSR", hex(o.hsr));
      for (const SyndromeField& f : syndrome_fields(o.hsr)) {
        const std::string at = f.msb == f.lsb ? fmt::format("{}", f.msb) : fmt::format("{}:{}", f.msb, f.lsb);
        line("", fmt::format("{:<10}{:<7}{:<6}{}", f.name, at,
                             f.value > 9 ? fmt::format("{:#x}", f.value) : fmt::format("{}", f.value), f.meaning));
        while (t.size() > 1 && t[t.size() - 2] == ' ') t.erase(t.size() - 2, 1);
      }
    }
  }
  t += "\nchecks, in order\n";
  unsigned number = 0;
  for (const Check& c : e.checks)
    t += fmt::format("  {:>2}. {:<18} {}{}\n", ++number, c.name, c.detail,
                     c.section.empty() ? "" : "  [" + c.section + "]");
  if (e.checks.empty()) t += "  none: nothing can refuse this instruction\n";
  if (!e.decider() && !e.checks.empty()) t += "  passed all\n";
  if (!e.alternatives.empty()) {
    t += "\nwhat would change the answer\n";
    for (const Alternative& a : e.alternatives)
      t += fmt::format("  {:<18} {}  {}\n", fmt::format("{}.{}={}", a.bit->reg, a.bit->name, a.value), "->",
                       summary(a.ruling));
  }
  return t;
}

ordered_json to_json(const Outcome& o) {
  ordered_json j;
  j["result"] = result_name(o.result);
  j["mode"] = mode_name(o.mode_after);
  j["security"] = security_name(o.security_after);
  j["pc"] = hex(o.pc);
  j["cpsr"] = hex(o.cpsr_after);
  if (!o.taken()) return j;
  j["exception"] = exception_key(o.exception);
  j["target"] = mode_name(o.mode_after);
  j["vector"] = fmt::format("{:#04x}", o.vector);
  j[o.mode_after == Mode::Hyp ? "elr_hyp" : "lr"] = hex(o.link);
  j["spsr"] = hex(o.spsr);
  if (o.hsr_valid) {
    j["hsr"] = hex(o.hsr);
    j["ec"] = fmt::format("{:#04x}", o.ec());
    j["il"] = o.il() ? 1 : 0;
    j["iss"] = fmt::format("{:#09x}", o.iss());
    for (const SyndromeField& f : syndrome_fields(o.hsr)) {
      ordered_json field = {{"name", f.name}, {"msb", f.msb}, {"lsb", f.lsb}, {"value", f.value}};
      if (!f.meaning.empty()) field["meaning"] = f.meaning;
      j["syndrome"].push_back(std::move(field));
    }
  }
  if (o.far_valid) j["far"] = hex(o.far);
  if (o.fsr_valid) j["fsr"] = hex(o.fsr);
  if (o.hpfar_valid) j["hpfar"] = hex(o.hpfar);
  return j;
}

ordered_json to_json(const Explanation& e) {
  ordered_json j;
  j["instruction"] = e.text;
  j["encoding"] = {{"isa", isa_name(e.instruction.isa)}, {"word", word_text(e.instruction)}, {"name", e.mnemonic}};
  if (!e.reg.empty()) j["register"] = e.reg;
  j["mode"] = mode_name(e.situation.mode);
  j["security"] = security_name(e.situation.security);
  for (const char* name :
       {"SCR", "NSACR", "CPACR", "HCR", "HSTR", "HCPTR", "HDCR", "CNTHCTL", "CNTKCTL", "PMUSERENR", "FPEXC"})
    j["registers"][name] = hex(static_cast<u32>(find_register(name)->get(e.situation)));
  j["outcome"] = to_json(e.outcome);
  const Check* decider = e.decider();
  if (decider != nullptr)
    j["decided-by"] = {{"name", decider->name}, {"section", decider->section}, {"detail", decider->detail}};
  j["checks"] = ordered_json::array();
  for (const Check& c : e.checks)
    j["checks"].push_back({{"name", c.name}, {"section", c.section}, {"detail", c.detail}, {"decides", c.decides}});
  j["alternatives"] = ordered_json::array();
  for (const Alternative& a : e.alternatives)
    j["alternatives"].push_back(
        {{"bit", fmt::format("{}.{}", a.bit->reg, a.bit->name)}, {"value", a.value}, {"result", summary(a.ruling)}});
  return j;
}

}  // namespace hypsim::trap

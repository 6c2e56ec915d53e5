// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/vectors.h"

#include <fmt/format.h>

#include "sim/base/error.h"
#include "sim/cpu/core.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"
#include "sim/trap/assembler.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/explain.h"
#include "sim/trap/json_input.h"
#include "sim/trap/layout.h"
#include "sim/trap/setting.h"
#include "sim/trap/syndrome_text.h"

namespace hypsim::trap {
namespace {

using nlohmann::json;

Cond condition_by_name(const std::string& name) {
  constexpr const char* names[] = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                   "hi", "ls", "ge", "lt", "gt", "le", "al"};
  unsigned n = 0;
  while (name != names[n]) ++n;  // the schema knows no other
  return static_cast<Cond>(n);
}

void apply_core(Situation& s, const json& core, const std::string& where) {
  for (const auto& [name, value] : core.items()) {
    const u32 v = static_cast<u32>(json_number(value, 32, where + "/core/" + name));
    if (name == "sp")
      s.sp = v;
    else if (name == "lr")
      s.lr = v;
    else if (name == "spsr")
      s.spsr = v;
    else if (name == "elr_hyp")
      s.elr_hyp = v;
    else
      s.r[std::stoul(name.substr(1))] = v;
  }
}

/// The keys that defaults and vectors share. Registers come last, since a bare banked name means the state's bank.
void apply_common(Situation& s, const json& part, const std::string& where) {
  if (part.contains("preset")) {
    try {
      load_setting(part.at("preset").get<std::string>()).apply(s);
    } catch (const InputError& error) {
      throw InputError(fmt::format("{}/preset: {}", where, error.what()));
    }
  }
  if (part.contains("security")) s.security = part.at("security") == "secure" ? Security::Secure : Security::NonSecure;
  if (part.contains("mode")) s.mode = *mode_by_name(part.at("mode").get<std::string>());
  if (s.mode == Mode::Hyp && s.security == Security::Secure)
    throw InputError(fmt::format("{}: Hyp mode is Non-secure; set \"security\" to non-secure", where));
  if (part.contains("masks")) {
    const std::string masks = part.at("masks");
    s.mask_a = masks.find('A') != std::string::npos;
    s.mask_i = masks.find('I') != std::string::npos;
    s.mask_f = masks.find('F') != std::string::npos;
  }
  if (part.contains("registers")) apply_registers(s, part.at("registers"), where + "/registers");
}

void check_names(const json& expect, const std::string& where) {
  constexpr u32 kClasses[] = {0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0A,
                              0x0C, 0x11, 0x12, 0x13, 0x20, 0x21, 0x24, 0x25};
  if (!expect.contains("iss") || !expect.at("iss").is_object()) return;
  for (const auto& [name, value] : expect.at("iss").items()) {
    bool known = false;
    std::string all;
    for (const u32 ec : kClasses) {
      if (expect.contains("ec") && json_number(expect.at("ec"), 6, where + "/ec") != ec) continue;
      for (const SyndromeField& f : syndrome_fields(ec << 26 | 1u << 24)) {
        if (f.lsb > 24) continue;
        known = known || name == f.name;
        if (all.find(std::string(f.name)) == std::string::npos) all += (all.empty() ? "" : ", ") + std::string(f.name);
      }
    }
    if (!known) throw InputError(fmt::format("{}/iss: unknown field \"{}\"; use one of {}", where, name, all));
  }
}

u32 address(const json& value, u32 insn, const std::string& where) {
  if (!value.is_string() || !value.get<std::string>().starts_with("insn"))
    return static_cast<u32>(json_number(value, 32, where));
  const std::string text = value;
  const std::size_t plus = text.find('+');
  return insn +
         (plus == std::string::npos ? 0 : static_cast<u32>(text::number(text.substr(plus + 1), where, text::bits(32))));
}

/// Compares what a vector expects with what came, and notes the differences.
class Comparison {
 public:
  Comparison(const Vector& vector, VectorResult& result) : v_(vector), r_(result), o_(result.outcome) {}

  void run(Runner& runner) {
    text("result", result_name(o_.result));
    const bool taken = o_.taken(), hsr = o_.hsr_valid;
    text("exception", taken ? exception_key(o_.exception) : "none");
    text("target", taken ? mode_name(o_.mode_after) : "none");
    number("vector", taken, o_.vector, "{:#04x}");
    number("ec", hsr, o_.ec(), "{:#04x}");
    number("il", hsr, o_.il() ? 1 : 0, "{}");
    iss();
    number("hsr", hsr, o_.hsr, "{:#010x}");
    place("lr", taken && o_.mode_after != Mode::Hyp, o_.link);
    place("elr_hyp", taken && o_.mode_after == Mode::Hyp, o_.link);
    number("spsr", taken, o_.spsr, "{:#010x}");
    place("far", o_.far_valid, o_.far);
    number("hpfar", o_.hpfar_valid, o_.hpfar, "{:#010x}");
    number("fsr", o_.fsr_valid, o_.fsr, "{:#010x}");
    place("pc", true, o_.pc);
    number("cpsr", true, o_.cpsr_after, "{:#010x}");
    core(runner.core().state());
    if (v_.expect.contains("decided-by")) {
      r_.decided_by = decided_by(runner, v_.situation, v_.instruction);
      text("decided-by", r_.decided_by.empty() ? "nothing" : r_.decided_by);
    }
  }

 private:
  const Vector& v_;
  VectorResult& r_;
  const Outcome& o_;

  std::string where(const char* key) const { return fmt::format("{}: {}/expect/{}", v_.file, v_.pointer, key); }
  void text(const char* key, const std::string& got) {
    if (v_.expect.contains(key) && v_.expect.at(key) != got) r_.mismatches.push_back({key, v_.expect.at(key), got});
  }
  void compare(const std::string& key, bool there, u32 expected, u32 got, const char* format) {
    if (!there)
      r_.mismatches.push_back({key, fmt::format(fmt::runtime(format), expected), "none"});
    else if (expected != got)
      r_.mismatches.push_back(
          {key, fmt::format(fmt::runtime(format), expected), fmt::format(fmt::runtime(format), got)});
  }
  void number(const char* key, bool there, u32 got, const char* format) {
    if (v_.expect.contains(key))
      compare(key, there, static_cast<u32>(json_number(v_.expect.at(key), 32, where(key))), got, format);
  }
  void place(const char* key, bool there, u32 got) {
    const u32 insn = layout::instruction_address(v_.instruction.length());
    if (v_.expect.contains(key)) compare(key, there, address(v_.expect.at(key), insn, where(key)), got, "{:#010x}");
  }
  void iss() {
    if (!v_.expect.contains("iss")) return;
    const json& wanted = v_.expect.at("iss");
    if (!wanted.is_object()) return number("iss", o_.hsr_valid, o_.iss(), "{:#09x}");
    for (const auto& [name, value] : wanted.items()) {
      const u32 expected = static_cast<u32>(json_number(value, 32, where("iss") + "/" + name));
      bool there = false;
      u32 got = 0;
      if (o_.hsr_valid) {
        for (const SyndromeField& f : syndrome_fields(o_.hsr)) {
          if (name != f.name) continue;
          there = true;
          got = f.value;
        }
      }
      compare("iss." + name, there, expected, got, "{}");
    }
  }
  void core(const CpuState& state) {
    if (!v_.expect.contains("core")) return;
    for (const auto& [name, value] : v_.expect.at("core").items()) {
      const u32 expected = static_cast<u32>(json_number(value, 32, where("core") + "/" + name));
      const u32 got = name == "sp"        ? state.slot[ir::kSp]
                      : name == "lr"      ? state.slot[ir::kLr]
                      : name == "spsr"    ? state.spsr[static_cast<unsigned>(bank_of(state.mode))]
                      : name == "elr_hyp" ? state.elr_hyp
                                          : state.slot[std::stoul(name.substr(1))];
      compare("core." + name, true, expected, got, "{:#010x}");
    }
  }
};

/// Numbers that do not fit are the file's fault: found before anything runs.
void check_numbers(const json& expect, const std::string& where) {
  constexpr std::pair<const char*, unsigned> kWidths[] = {{"vector", 5}, {"ec", 6},     {"il", 1},   {"hsr", 32},
                                                          {"spsr", 32},  {"hpfar", 32}, {"fsr", 32}, {"cpsr", 32}};
  for (const auto& [key, width] : kWidths)
    if (expect.contains(key)) json_number(expect.at(key), width, where + "/" + key);
  for (const char* key : {"lr", "elr_hyp", "far", "pc"})
    if (expect.contains(key)) address(expect.at(key), 0, where + "/" + key);
  for (const char* key : {"iss", "core"}) {
    if (!expect.contains(key)) continue;
    if (!expect.at(key).is_object()) {
      json_number(expect.at(key), 25, where + "/" + key);
      continue;
    }
    for (const auto& [name, value] : expect.at(key).items()) json_number(value, 32, where + "/" + key + "/" + name);
  }
}

Vector make_vector(const std::string& file, const std::string& pointer, const json& defaults, const json& entry) {
  const std::string where = file + ": " + pointer;
  Vector v;
  v.file = file;
  v.pointer = pointer;
  v.name = entry.at("name");
  v.skip = entry.value("skip", "");
  v.text = entry.at("instruction");
  apply_common(v.situation, defaults, file + ": /defaults");
  apply_common(v.situation, entry, where);
  Situation& s = v.situation;
  if (entry.contains("core")) apply_core(s, entry.at("core"), where);
  s.big_endian = entry.value("big-endian", false);
  if (entry.contains("pending")) {
    for (const std::string input : entry.at("pending")) {
      s.irq = s.irq || input == "irq";
      s.fiq = s.fiq || input == "fiq";
      s.async_abort = s.async_abort || input == "abort";
      s.event = s.event || input == "event";
    }
  }
  const std::string isa = entry.value("isa", defaults.value("isa", "a32"));
  v.instruction.isa = isa == "t16" ? Isa::T16 : isa == "t32" ? Isa::T32 : Isa::A32;
  v.expect = entry.at("expect");
  check_names(v.expect, where + "/expect");
  check_numbers(v.expect, where + "/expect");
  return v;
}

void apply_condition(Vector& v, const json& entry) {
  if (!entry.contains("condition")) {
    if (entry.contains("condition-passes"))
      throw InputError(
          fmt::format("{}: {}: \"condition-passes\" without \"condition\"; add the condition", v.file, v.pointer));
    return;
  }
  const std::string name = entry.at("condition");
  const bool passes = entry.value("condition-passes", true);
  if (!set_condition(v.situation, v.instruction, condition_by_name(name), passes))
    throw InputError(
        fmt::format("{}: {}: {}; {}", v.file, v.pointer,
                    name == "al" ? "the condition al cannot fail" : fmt::format("\"{}\" cannot be conditional", v.text),
                    name == "al" ? "use another condition" : "remove \"condition\""));
}

}  // namespace

std::vector<Vector> load_vectors(const std::vector<std::string>& files) {
  std::vector<Vector> vectors;
  std::vector<json> entries;
  for (const std::string& file : files) {
    const json content = read_json_file(file, "vectors");
    const json defaults = content.value("defaults", json::object());
    const json& list = content.at("vectors");
    for (std::size_t i = 0; i < list.size(); ++i) {
      vectors.push_back(make_vector(file, fmt::format("/vectors/{}", i), defaults, list[i]));
      entries.push_back(list[i]);
    }
  }
  std::vector<Source> sources;
  for (const Vector& v : vectors)
    sources.push_back({v.text, v.instruction.isa, v.file + ": " + v.pointer + "/instruction"});
  const std::vector<Instruction> instructions = assemble(sources);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    vectors[i].instruction = instructions[i];
    apply_condition(vectors[i], entries[i]);
  }
  return vectors;
}

VectorResult run_vector(Runner& runner, const Vector& vector) {
  VectorResult result{&vector, {}, {}, {}};
  if (!vector.skip.empty()) return result;
  result.outcome = runner.run(vector.situation, vector.instruction);
  Comparison(vector, result).run(runner);
  if (!result.passed() && result.decided_by.empty())
    result.decided_by = decided_by(runner, vector.situation, vector.instruction);
  return result;
}

}  // namespace hypsim::trap

// SPDX-License-Identifier: Apache-2.0
// Puts a setting of the rules into the registers of a core, or of a runner's situation.
#pragma once

#include <stdexcept>

#include "sim/cpu/state/cpu_state.h"
#include "sim/trap/situation.h"
#include "tests/traps/rulebook.h"

namespace hypsim::traps {

/// The registers behind the names that a rules file declares. Throws std::runtime_error for a name it does not know.
class ControlWords {
 public:
  explicit ControlWords(const ControlBits& controls) {
    for (const std::string& name : controls.words()) set_.push_back(setter(name));
  }

  void apply(const Setting& setting, CpuState& state) const {
    for (std::size_t i = 0; i < set_.size(); ++i) set_[i](state, setting[i]);
  }

 private:
  using Setter = void (*)(CpuState&, u32);

  static Setter setter(const std::string& name) {
    struct Entry {
      const char* name;
      Setter set;
    };
    static constexpr Entry kEntries[] = {
        {"HCR", [](CpuState& s, u32 v) { s.sys.hcr = v; }},
        {"HSTR", [](CpuState& s, u32 v) { s.sys.hstr = v; }},
        {"HCPTR", [](CpuState& s, u32 v) { s.sys.hcptr = v; }},
        {"HDCR", [](CpuState& s, u32 v) { s.sys.hdcr = v; }},
        {"CNTHCTL", [](CpuState& s, u32 v) { s.sys.cnthctl = v; }},
        {"CNTKCTL", [](CpuState& s, u32 v) { s.sys.cntkctl = v; }},
        {"PMUSERENR", [](CpuState& s, u32 v) { s.pmu.user_enable = v; }},
        {"TEECR", [](CpuState& s, u32 v) { s.sys.teecr = v; }},
        {"DBGDSCR", [](CpuState& s, u32 v) { s.debug.dscr = v; }},
        {"SCTLR", [](CpuState& s, u32 v) { s.sys.sctlr.bank[0] = s.sys.sctlr.bank[1] = v; }},
        {"HSCTLR", [](CpuState& s, u32 v) { s.sys.hsctlr = v; }},
        {"CPACR", [](CpuState& s, u32 v) { s.sys.cpacr = v; }},
        {"NSACR", [](CpuState& s, u32 v) { s.sys.nsacr = v; }},
        {"FPEXC", [](CpuState& s, u32 v) { s.sys.fpexc = v; }},
        {"SCR", [](CpuState& s, u32 v) { s.sys.scr = (s.sys.scr & 1u) | v; }},
    };
    for (const Entry& e : kEntries)
      if (name == e.name) return e.set;
    throw std::runtime_error("rules name a control register that the tests do not know: " + name);
  }

  std::vector<Setter> set_;
};

/// The same for a runner's situation; bits that the rules do not name keep their value. SCTLR is set in both banks.
class SituationWords {
 public:
  explicit SituationWords(const ControlBits& controls) {
    for (u8 word = 0; word < controls.words().size(); ++word) {
      u32 mask = 0;
      for (const ControlTest& test : controls.all()) mask |= test.word == word ? 1u << test.bit : 0;
      const std::string& name = controls.words()[word];
      if (name == "SCTLR") {
        add("SCTLR_NS", word, mask);
        add("SCTLR_S", word, mask);
      } else {
        add(name, word, mask);
      }
    }
  }

  void apply(const Setting& setting, trap::Situation& situation) const {
    for (const auto& [field, word, mask] : fields_)
      field->set(situation, (field->get(situation) & ~u64{mask}) | setting[word]);
  }

 private:
  struct Field {
    const trap::RegisterField* field;
    u8 word;
    u32 mask;
  };
  void add(const std::string& name, u8 word, u32 mask) {
    const trap::RegisterField* field = trap::find_register(name);
    if (field == nullptr) throw std::runtime_error("no register " + name + " in a situation");
    fields_.push_back({field, word, mask});
  }
  std::vector<Field> fields_;
};

}  // namespace hypsim::traps

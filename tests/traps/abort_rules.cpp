// SPDX-License-Identifier: Apache-2.0
#include "tests/traps/abort_rules.h"

#include <bit>

namespace hypsim::traps {
namespace {

int code(const std::string& word) { return word == "-" ? -1 : std::stoi(word, nullptr, 16); }
constexpr bool is_pl0(Place place) { return place == Place::NsPl0 || place == Place::SPl0; }

}  // namespace

AbortRules::AbortRules(const std::string& path) {
  for (const Line& line : read_lines(path)) {
    const auto& w = line.words;
    if (w[0] == "status") {
      Status s{};
      for (unsigned i = 0; i < 3; ++i) {
        s.short_code[i] = code(w.at(3 + i));
        s.long_code[i] = code(w.at(7 + i));
      }
      status_[w.at(1)] = s;
    } else if (w[0] == "rights") {
      rights_[w.at(1) + " " + w.at(2) + " pl1"] = w.at(3);
      rights_[w.at(1) + " " + w.at(2) + " pl0"] = w.at(4);
    } else if (w[0] == "take") {
      std::string text;
      for (std::size_t i = 1; i < w.size(); ++i) text += (i > 1 ? " " : "") + w[i];
      takers_.push_back(text);
    } else if (w[0] == "access") {
      Access a;
      a.word.isa = w.at(1) == "a32" ? trap::Isa::A32 : w[1] == "t16" ? trap::Isa::T16 : trap::Isa::T32;
      a.word.word = static_cast<u32>(std::stoul(w.at(2), nullptr, 16));
      a.kind = w.at(3)[0];
      a.bytes = static_cast<u32>(std::stoul(w.at(4)));
      for (std::size_t i = 5; i < w.size(); ++i) {
        if (w[i] == "isv") {
          a.isv = true;
        } else if (w[i] == "sse") {
          a.sse = true;
        } else if (w[i] == "unprivileged") {
          a.unprivileged = true;
        } else if (w[i] == "pl1") {
          a.pl1_only = true;
        } else if (w[i] == "privileged") {
          a.privileged_only = true;
        } else if (w[i].starts_with("rt=")) {
          a.rt = static_cast<u32>(std::stoul(w[i].substr(3)));
        } else if (w[i].starts_with("align=")) {
          a.align = static_cast<u32>(std::stoul(w[i].substr(6)));
        } else {
          reject(line, "unknown word " + w[i]);
        }
      }
      accesses_.push_back(a);
    } else if (w[0] == "translate") {
      translations_.push_back(
          {w.at(1), static_cast<u32>(std::stoul(w.at(2), nullptr, 16)), w.at(3), w.at(4) == "w", w.at(5) == "pl0"});
    } else {
      reject(line, "unknown rule " + w[0]);
    }
  }
}

bool AbortRules::may(Format format, bool stage2, u32 ap, bool pl0, char what) const {
  const std::string table = stage2 ? "stage2" : format == Format::Short ? "short" : "long";
  const std::string& rights = rights_.at(table + " " + std::to_string(ap) + (pl0 ? " pl0" : " pl1"));
  return rights.find(what) != std::string::npos;
}

std::optional<Fault> AbortRules::fault(const Access& access, Place place, const Stage1& s1, const Stage2& s2, u32 va,
                                       u64 ipa, u64 table_ipa, bool check_alignment, bool stage1_only) const {
  const bool fetch = access.kind == 'f', maintenance = access.kind == 'c';
  const bool pl0 = is_pl0(place) || access.unprivileged;
  // What the instruction demands comes before any translation. B3.12.4
  if (!fetch && !maintenance) {
    const u32 to = access.align != 0 ? access.align : check_alignment ? access.bytes : 1;
    if ((va & (to - 1)) != 0) return Fault{"alignment"};
  }
  const bool unaligned = !fetch && !maintenance && (va & (access.bytes - 1)) != 0;
  const char* const plants[] = {"", "translation", "access_flag", "domain", "walk_external", "external"};
  const bool second = s2.on && (place == Place::NsPl0 || place == Place::NsPl1);

  // A stage-2 look-up of `address`: for a descriptor, or for the access itself.
  const auto stage2_fault = [&](u64 address, bool for_walk) -> std::optional<Fault> {
    if (s2.plant != Plant::None && s2.plant != Plant::External)
      return Fault{plants[static_cast<unsigned>(s2.plant)], s2.level, true, for_walk, address};
    if (for_walk && s2.device && s2.ptw) return Fault{"permission", s2.level, true, true, address};
    // By the type of memory before permissions, which maintenance by address does not need. B3.12.3
    if (!for_walk && s2.device && unaligned) return Fault{"alignment", 0, true, false, address};
    if (!for_walk && maintenance) return std::nullopt;
    const char what = !for_walk && access.kind == 'w' ? 'w' : 'r';
    if (!may(Format::Long, true, s2.hap, false, what) || (fetch && !for_walk && s2.xn))
      return Fault{"permission", s2.level, true, for_walk, address};
    return std::nullopt;
  };

  if (s1.format != Format::Off) {
    const bool in_walk = s1.plant == Plant::Translation || s1.plant == Plant::WalkExternal;
    for (unsigned level = 1; level <= s1.level; ++level) {
      if (second && s2.walk_level == level)
        if (const auto f = stage2_fault(table_ipa, true)) return f;
      if (in_walk && level == s1.level) return Fault{plants[static_cast<unsigned>(s1.plant)], level};
    }
    if (s1.plant == Plant::AccessFlag) return Fault{"access_flag", s1.level};
    if (s1.device && unaligned) return Fault{"alignment"};
    if (s1.plant == Plant::Domain && !maintenance) return Fault{"domain", s1.level};
    if (!s1.manager && !maintenance) {
      const bool hyp = place == Place::Hyp;
      const char what = access.kind == 'w' ? 'w' : 'r';
      const u32 ap = hyp ? s1.ap | 1 : s1.ap;
      const bool never = fetch && (s1.xn || (s1.pxn && !pl0 && !hyp));
      if (!may(s1.format, false, ap, pl0, what) || never) return Fault{"permission", s1.level};
    }
  }
  if (second && !stage1_only && s1.plant != Plant::External)  // what is nowhere is not under test in stage 2
    if (const auto f = stage2_fault(ipa, false)) return f;
  if (maintenance) return std::nullopt;  // nothing is read from memory
  if (s1.plant == Plant::External || (second && s2.plant == Plant::External)) return Fault{"external", 0};
  return std::nullopt;
}

u32 AbortRules::short_code(const Fault& f) const {
  const unsigned i = f.level == 0 ? 0 : f.level - 1;
  return static_cast<u32>(status_.at(f.kind).short_code[i]);
}
u32 AbortRules::long_code(const Fault& f) const {
  const unsigned i = f.level == 0 ? 0 : f.level - 1;
  return static_cast<u32>(status_.at(f.kind).long_code[i]);
}

// F, then FS or STATUS in 6:1; in the long format S2WLK in 8, FSTAGE in 9, LPAE in 11. B4.1.112
u64 AbortRules::par(const Fault& f, bool is_long) const {
  if (!is_long) return 1 | short_code(f) << 1;
  return 1 | long_code(f) << 1 | (f.s1ptw ? 1u << 8 : 0) | (f.stage2 ? 1u << 9 : 0) | 1u << 11;
}

AbortReport AbortRules::report(const Fault& f, const Access& a, Place place, u32 va, bool scr_ea, bool tge,
                               bool eae) const {
  AbortReport r;
  const bool hyp = place == Place::Hyp;
  const bool external = f.kind == "external" || f.kind == "walk_external";
  for (const std::string& taker : takers_) {
    const bool applies = (taker == "monitor external SCR.EA=1" && external && scr_ea) ||
                         (taker == "hyp from HYP" && hyp) || (taker == "hyp stage2" && f.stage2) ||
                         (taker == "hyp NS_PL0 HCR.TGE=1" && place == Place::NsPl0 && tge) || taker == "pl1 otherwise";
    if (!applies) continue;
    r.target = taker[0] == 'm' ? Mode::Monitor : taker[0] == 'h' ? Mode::Hyp : Mode::Abort;
    break;
  }
  const bool fetch = a.kind == 'f', maintenance = a.kind == 'c';
  const bool writes = a.kind == 'w' || maintenance;  // CM=1 comes with WnR=1. B3.13.6
  if (r.target == Mode::Hyp) {
    u32 hsr = long_code(f) | (f.s1ptw ? 1u << 7 : 0);
    if (fetch) {
      hsr |= (hyp ? 0x21u : 0x20u) << 26;
      r.hifar = va;
    } else {
      hsr |= (hyp ? 0x25u : 0x24u) << 26 | (writes ? 1u << 6 : 0) | (maintenance ? 1u << 8 : 0);
      if (f.stage2 && !f.s1ptw && a.isv) {
        hsr |= 1u << 24 | static_cast<u32>(std::countr_zero(a.bytes)) << 22 | (a.sse ? 1u << 21 : 0) | a.rt << 16;
        if (a.word.isa != trap::Isa::T16) hsr |= 1u << 25;
      }
      r.hdfar = va;
    }
    r.hsr = hsr;
    // Valid for translation and access flag faults, and whatever stage 2 has against a stage-1 descriptor. Else
    // UNKNOWN; choice: unchanged. B4.1.75
    if (f.stage2 && (f.s1ptw || f.kind == "translation" || f.kind == "access_flag"))
      r.hpfar = static_cast<u32>(f.ipa >> 12 << 4);
    return r;
  }
  // WnR in bit 11, CM in 13, LPAE in 9, the domain in 7:4 of the short format: UNKNOWN but for Domain faults.
  u32 fsr = eae ? 1u << 9 | long_code(f) : (short_code(f) & 15) | (short_code(f) >> 4) << 10;
  r.fsr_mask = eae ? 0x3E3F : 0x3E0F;
  if (!eae && f.kind == "domain" && !fetch) {
    fsr |= 5u << 4;
    r.fsr_mask |= 0xF0;
  }
  if (fetch) {
    r.ifsr = fsr;
    r.ifar = va;
  } else {
    r.dfsr = fsr | (writes ? 1u << 11 : 0) | (maintenance ? 1u << 13 : 0);
    r.dfar = va;
  }
  return r;
}

}  // namespace hypsim::traps

// SPDX-License-Identifier: Apache-2.0
// The faults that the abort tests plant in translation tables, one after the other.
#pragma once

#include <cstdio>
#include <vector>

#include "tests/traps/abort_machine.h"

namespace hypsim::traps {

using Planted = AbortMachine::Planted;

inline std::string describe(const Planted& s) {
  constexpr const char* formats[] = {"off", "short", "long"};
  constexpr const char* plants[] = {"no fault", "translation", "access flag", "domain", "external on walk", "external"};
  char text[300];
  std::snprintf(text, sizeof text,
                "%s, stage 1 %s level %u %s AP %u%s%s%s%s, stage 2 %s level %u %s HAP %u%s walk level %u%s%s%s%s",
                place_name(s.place), formats[static_cast<unsigned>(s.s1.format)], s.s1.level,
                plants[static_cast<unsigned>(s.s1.plant)], s.s1.ap, s.s1.xn ? " XN" : "", s.s1.pxn ? " PXN" : "",
                s.s1.manager ? " manager" : "", s.s1.device ? " Device" : "", s.s2.on ? "on" : "off", s.s2.level,
                plants[static_cast<unsigned>(s.s2.plant)], s.s2.hap, s.s2.xn ? " XN" : "", s.s2.walk_level,
                s.s2.device ? " Device" : "", s.s2.ptw ? " PTW" : "", s.scr_ea ? " SCR.EA" : "", s.tge ? " TGE" : "");
  return text;
}

/// The IPA of the stage-1 descriptor that is looked up at `level`. Tables stand where AbortMachine puts them.
inline u64 table_ipa(const Planted& s) {
  if (s.s1.format == Format::Short) return s.s2.walk_level == 1 ? 0xC0046000 : 0xC0020000;
  return 0xC0020000 + s.s2.walk_level * 0x1000;
}

/// Stage 1 with each fault and each combination of rights.
template <class F>
void for_each_stage1(Place place, F f) {
  const bool hyp = place == Place::Hyp;
  for (const Format format : {Format::Short, Format::Long}) {
    if (hyp && format == Format::Short) continue;
    const unsigned levels = format == Format::Short ? 2 : 3;
    const u32 full = format == Format::Short ? 3 : 1;
    for (unsigned level = 1; level <= levels; ++level) {
      for (const Plant plant :
           {Plant::None, Plant::Translation, Plant::AccessFlag, Plant::Domain, Plant::WalkExternal, Plant::External}) {
        if (plant == Plant::Domain && format == Format::Long) continue;
        if (plant == Plant::WalkExternal && hyp && level == 1) continue;  // HTTBR holds the code as well
        f(Stage1{format, level, plant, full, false, false, false});
      }
      for (u32 ap = 0; ap < (format == Format::Short ? 8u : 4u); ++ap) {
        if (format == Format::Short && ap == 4) continue;  // reserved
        if (hyp && (ap & 1) == 0) continue;
        for (u32 no = 0; no < 4; ++no) f(Stage1{format, level, Plant::None, ap, bit(no, 0), bit(no, 1) && !hyp, false});
      }
      if (format == Format::Short) f(Stage1{format, level, Plant::None, 0, false, false, true});
    }
  }
}

/// Stage 2 with each fault and right at each level, for the access itself and for each descriptor of stage 1, under
/// each leaf of stage 1.
template <class F>
void for_each_stage2(Place place, F f) {
  std::vector<Stage1> stage1{{Format::Off, 1, Plant::None, 3, false, false, false}};
  for (unsigned level = 1; level <= 2; ++level)
    stage1.push_back({Format::Short, level, Plant::None, 3, false, false, false});
  for (unsigned level = 1; level <= 3; ++level)
    stage1.push_back({Format::Long, level, Plant::None, 1, false, false, false});
  for (const Stage1& s1 : stage1) {
    for (const bool ea : {false, true}) {
      Planted setup;
      setup.place = place;
      setup.s1 = s1;
      setup.scr_ea = ea;
      setup.s2.on = true;
      // walk_level 0: the access itself; else the look-up of that stage-1 descriptor
      const unsigned walks = s1.format == Format::Off ? 0 : s1.level;
      for (setup.s2.walk_level = 0; setup.s2.walk_level <= walks; ++setup.s2.walk_level) {
        for (setup.s2.level = 1; setup.s2.level <= 3; ++setup.s2.level) {
          for (const Plant plant : {Plant::Translation, Plant::AccessFlag, Plant::WalkExternal}) {
            if (plant == Plant::WalkExternal && setup.s2.level == 1) continue;  // VTTBR holds the code as well
            setup.s2.plant = plant;
            f(setup);
          }
          setup.s2.plant = Plant::None;
          for (setup.s2.hap = 0; setup.s2.hap < 4; ++setup.s2.hap) {
            for (const bool xn : {false, true}) {
              setup.s2.xn = xn && setup.s2.walk_level == 0;
              f(setup);
            }
          }
          setup.s2.hap = 3;
          setup.s2.xn = false;
          if (setup.s2.walk_level == 0) continue;
          setup.s2.device = true;
          for (const bool ptw : {false, true}) {
            setup.s2.ptw = ptw;
            f(setup);
          }
          setup.s2.device = setup.s2.ptw = false;
        }
      }
    }
  }
}

}  // namespace hypsim::traps

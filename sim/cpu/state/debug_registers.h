// SPDX-License-Identifier: Apache-2.0
// The debug registers that CP14 reaches. The external debugger of hypsim works beside the architecture, so invasive
// debug reads as disabled and the break- and watchpoint registers hold values without effect. ARM DDI 0406C C11
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

struct DebugRegisters {
  static constexpr unsigned kBreakpoints = 6;        ///< DBGDIDR.BRPs + 1
  static constexpr unsigned kFirstContextAware = 4;  ///< the last two compare contexts and VMIDs
  static constexpr unsigned kWatchpoints = 4;        ///< DBGDIDR.WRPs + 1

  u32 dscr = 0, wfar = 0, vcr = 0;
  u32 dtrtx = 0, dtrrx = 0;
  u32 bvr[kBreakpoints]{}, bcr[kBreakpoints]{}, bxvr[kBreakpoints]{};
  u32 wvr[kWatchpoints]{}, wcr[kWatchpoints]{};
  u32 claim = 0;
  u32 osdlr = 0, prcr = 0;
  bool os_lock = true;
};

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// Barriers. ARM DDI 0406C A3.8.3
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

// Memory takes effect in program order here, so that the option (domain and direction) matters to timing alone.
void any_DSB(Translator& t, u32 option);
void any_DMB(Translator& t, u32 option);
void any_ISB(Translator& t, u32 option);

}  // namespace hypsim

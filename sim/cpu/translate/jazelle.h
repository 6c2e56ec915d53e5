// SPDX-License-Identifier: Apache-2.0
// The entry to Jazelle: the A15's is the trivial one. ARM DDI 0406C A2.10
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

void any_BXJ(Translator& t, u32 m);

}  // namespace hypsim

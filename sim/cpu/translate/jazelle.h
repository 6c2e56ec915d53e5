// SPDX-License-Identifier: Apache-2.0
// The entries to Jazelle and ThumbEE. The A15's Jazelle is the trivial one; its ThumbEE state is not modelled.
// ARM DDI 0406C A2.9, A2.10
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

void any_BXJ(Translator& t, u32 m);
void thumb32_ENTERX(Translator& t);
void thumb32_LEAVEX(Translator& t);

}  // namespace hypsim

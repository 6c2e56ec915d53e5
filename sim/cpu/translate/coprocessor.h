// SPDX-License-Identifier: Apache-2.0
// Coprocessor instructions but those of CP10 and CP11. The encodings of A32 and T32 differ in their top nibble alone.
// ARM DDI 0406C A5.6, A6.3.18, B1.11
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

using CoprocMove = void(Translator&, u32 opc1, u32 crn, u32 rt, u32 cp, u32 opc2, u32 crm);
CoprocMove any_MCR, any_MRC, any_MCR2, any_MRC2;
using CoprocMoveTwo = void(Translator&, u32 rt2, u32 rt, u32 cp, u32 opc1, u32 crm);
CoprocMoveTwo any_MCRR, any_MRRC, any_MCRR2, any_MRRC2;
using CoprocOperation = void(Translator&, u32 opc1, u32 crn, u32 crd, u32 cp, u32 opc2, u32 crm);
CoprocOperation any_CDP, any_CDP2;
using CoprocTransfer = void(Translator&, u32 p, u32 u, u32 d, u32 w, u32 n, u32 crd, u32 cp, u32 imm8);
CoprocTransfer any_LDC, any_STC, any_LDC2, any_STC2;

}  // namespace hypsim

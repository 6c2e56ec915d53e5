// SPDX-License-Identifier: Apache-2.0
#include "guest.h"

uint32_t stage1_kind(void) {
    return 0;
}

void stage1_enable(void) {}

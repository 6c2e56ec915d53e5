// SPDX-License-Identifier: Apache-2.0
// All translate functions: what the instruction tables name.
#pragma once

#include "sim/cpu/translate/branch.h"

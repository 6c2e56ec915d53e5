// SPDX-License-Identifier: Apache-2.0
// All translate functions: what the instruction tables name.
#pragma once

#include "sim/cpu/translate/bit_field.h"
#include "sim/cpu/translate/branch.h"
#include "sim/cpu/translate/data_processing.h"
#include "sim/cpu/translate/media.h"
#include "sim/cpu/translate/multiply.h"

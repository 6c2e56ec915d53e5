// SPDX-License-Identifier: Apache-2.0
// All translate functions: what the instruction tables name.
#pragma once

#include "sim/cpu/translate/barrier.h"
#include "sim/cpu/translate/bit_field.h"
#include "sim/cpu/translate/branch.h"
#include "sim/cpu/translate/coprocessor.h"
#include "sim/cpu/translate/data_processing.h"
#include "sim/cpu/translate/exception.h"
#include "sim/cpu/translate/exclusive.h"
#include "sim/cpu/translate/hint.h"
#include "sim/cpu/translate/jazelle.h"
#include "sim/cpu/translate/load_store.h"
#include "sim/cpu/translate/load_store_multiple.h"
#include "sim/cpu/translate/media.h"
#include "sim/cpu/translate/multiply.h"
#include "sim/cpu/translate/neon.h"
#include "sim/cpu/translate/status.h"
#include "sim/cpu/translate/thumbee.h"
#include "sim/cpu/translate/vfp_arithmetic.h"
#include "sim/cpu/translate/vfp_move.h"

// SPDX-License-Identifier: Apache-2.0
// Memory attributes: from descriptor fields and remap registers, combined over two stages, and back into the PAR.
#pragma once

#include "sim/base/arch.h"

namespace hypsim {

/// Normal memory of the given cacheabilities; what no level caches is outer shareable. ARM DDI 0406C A3.5.7
MemAttr normal_attr(Cacheability inner, Cacheability outer, bool shareable, bool outer_shareable);
MemAttr strongly_ordered_attr();
MemAttr device_attr();

/// SH[1:0] of a long descriptor or control register applied to Normal memory.
MemAttr normal_attr_sh(Cacheability inner, Cacheability outer, u32 sh);

/// Short descriptors with SCTLR.TRE=0. `tex_c_b` is TEX[2:0]:C:B. ARM DDI 0406C B3.8.2
MemAttr decode_tex(u32 tex_c_b, bool s);

/// Short descriptors with SCTLR.TRE=1. `n` is TEX[0]:C:B. ARM DDI 0406C B3.8.3
MemAttr decode_tex_remapped(u32 n, bool s, u32 prrr, u32 nmrr);

/// Long descriptors, stage 1: `attr_index` selects a byte of MAIR1:MAIR0. ARM DDI 0406C B3.8.4
MemAttr decode_mair(u32 mair0, u32 mair1, u32 attr_index, u32 sh);

/// Stage 2: MemAttr[3:0] and SH[1:0] of the descriptor. ARM DDI 0406C B3.8.5
MemAttr decode_stage2(u32 mem_attr, u32 sh);

/// Both stages: the stronger type, the less cacheable and the more shareable win. ARM DDI 0406C B3.8.5
MemAttr combine_stages(const MemAttr& s1, const MemAttr& s2);

/// Attributes of an access whose stage 1 is off. ARM DDI 0406C B3.2.1
MemAttr stage1_off_attr(bool fetch, bool instruction_cache_on, bool default_cacheable);

/// The MAIR byte that describes `attr` (PAR[63:56] of the long format).
u32 encode_mair(const MemAttr& attr);
/// SH[1:0] that describes `attr`.
u32 encode_sh(const MemAttr& attr);

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
// The code that all blocks share: the way in and out, the jump table, calls of C++.
#pragma once

#include "sim/cpu/jit/emitter.h"

namespace hypsim::jit {

struct StubLabels {
  Label enter, exit, lookup, execute, settle, branch, fetch, start, load_timing, store_timing;
};

StubLabels emit_stubs(Asm& a, const Layout& layout);
Stubs stub_addresses(const asmjit::CodeHolder& code, const StubLabels& labels, const u8* base);

}  // namespace hypsim::jit

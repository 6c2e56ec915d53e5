// SPDX-License-Identifier: Apache-2.0
// Homes of guest values in host registers.
//
// rbp points at the middle of the slot file (Layout), r15 counts instructions down, rax, rcx and rdx are free within a
// micro-op. R0-R7, R12 and the first temporary live in the others throughout generated code, across blocks too; all
// other slots live in memory. What is most used stands where a call of C++ keeps it.
#pragma once

#include <asmjit/x86.h>

#include "sim/cpu/ir/micro_op.h"

namespace hypsim::jit {

inline constexpr asmjit::x86::Gp kState = asmjit::x86::rbp;
inline constexpr asmjit::x86::Gp kBudget = asmjit::x86::r15;

struct Home {
  ir::Slot slot;
  asmjit::x86::Gp reg;  ///< 32 bits
};
inline constexpr Home kHomes[] = {
    {0, asmjit::x86::ebx},   {1, asmjit::x86::r12d},       {2, asmjit::x86::r13d}, {3, asmjit::x86::r14d},
    {4, asmjit::x86::esi},   {5, asmjit::x86::edi},        {6, asmjit::x86::r8d},  {7, asmjit::x86::r9d},
    {12, asmjit::x86::r10d}, {ir::kT0, asmjit::x86::r11d},
};

/// Those that a call of C++ may change.
inline constexpr asmjit::x86::Gp kVolatile[] = {asmjit::x86::rsi, asmjit::x86::rdi, asmjit::x86::r8,
                                                asmjit::x86::r9,  asmjit::x86::r10, asmjit::x86::r11};

}  // namespace hypsim::jit

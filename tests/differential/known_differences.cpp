// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/known_differences.h"

#include <algorithm>
#include <bit>
#include <string_view>

namespace hypsim::fuzz {

namespace {

constexpr bool bad_reg(u32 n) { return n == 13 || n == 15; }

template <class... Names>
bool any_of(const Candidate& c, Names... names) {
  return (c.is(names) || ...);
}

bool any_register_is(const Candidate& c, std::string_view letters, bool (*test)(u32)) {
  return std::ranges::any_of(letters, [&](char letter) { return c.has(letter) && test(c[letter]); });
}

bool vfp(const Candidate& c) {
  const std::string_view f = c.line.function;
  return f.starts_with("vfp_") || f.starts_with("neon_") || f.starts_with("simd_");
}
bool neon(const Candidate& c) { return std::string_view(c.line.function).starts_with("neon_"); }
/// Whether the last register of an element or structure transfer would come after D31. ARM DDI 0406C A7.7
bool passes_d31(const Candidate& c) {
  const u32 first = c['D'] << 4 | c['d'];
  u32 step = 1, count = 1;
  if (c.is("VLD_multiple") || c.is("VST_multiple")) {
    static constexpr u8 kCounts[] = {4, 4, 4, 4, 3, 3, 3, 1, 2, 2, 2};
    const u32 type = bits(c.word, 11, 8);
    if (type > 10) return false;
    count = kCounts[type];
    if (type == 1 || type == 5 || type == 9) step = 2;
  } else {
    count = bits(c.word, 9, 8) + 1;
    const u32 size = bits(c.word, 11, 10);
    if (size == 3) {
      step = bit(c.word, 5) + 1;
      if (count == 1) count = step, step = 1;
    } else if (size != 0) {
      step = bit(c.word, 4 + size) + 1;
    }
    if (size == 1) step = bit(c.word, 5) + 1;
  }
  return first + step * (count - 1) > 31;
}
bool single_load(const Candidate& c) { return c.starts("LDR") && !c.starts("LDREX") && !c.starts("LDRD"); }
bool single_store(const Candidate& c) { return c.starts("STR") && !c.starts("STREX") && !c.starts("STRD"); }
bool word_sized(const Candidate& c) {
  return c.starts("LDR_") || c.starts("STR_") ||
         any_of(c, "LDRT", "LDRT_imm", "LDRT_reg", "STRT", "STRT_imm", "STRT_reg");
}
bool unprivileged(const Candidate& c) {
  for (const std::string_view name : {"LDR", "LDRB", "LDRH", "LDRSB", "LDRSH", "STR", "STRB", "STRH"}) {
    const std::string_view op = c.operation();
    if (op.starts_with(name) && op.substr(name.size()).starts_with("T") && !op.starts_with("STREX")) return true;
  }
  return false;
}
bool writes_back(const Candidate& c) {
  if (c.a32() && unprivileged(c)) return true;
  return c.has('p') && c.has('w') && (c['p'] == 0 || c['w'] == 1);
}
bool load_or_store(const Candidate& c) { return single_load(c) || single_store(c); }
bool dual(const Candidate& c) { return c.starts("LDRD") || c.starts("STRD"); }
bool exclusive(const Candidate& c) { return c.starts("LDREX") || c.starts("STREX"); }
bool multiple(const Candidate& c) {
  return any_of(c, "LDM", "STM", "LDMDB", "STMDB", "PUSH", "POP", "LDM_user", "STM_user", "LDM_exception_return");
}
u32 register_list(const Candidate& c) {
  if (c.is("PUSH")) return c['l'] | c['M'] << 14;
  if (c.is("POP")) return c['l'] | c['P'] << 15;
  if (c.is("LDM_exception_return")) return c['l'] | 0x8000;
  return c.t32() ? c['l'] | (c.has('m') ? c['m'] << 14 : 0) | (c.has('p') ? c['p'] << 15 : 0) : c['l'];
}
bool coprocessor(const Candidate& c) { return c.has('k'); }
bool long_multiply(const Candidate& c) { return c.has('h') && c.has('l') && field_width(c.line, 'h') == 4; }
bool status_access(const Candidate& c) { return c.starts("MRS") || c.starts("MSR"); }
/// Instructions that never take R15, and in T32 never R13: the multiplies, media, saturation, bit fields, shifts by
/// register.
bool plain_register_operation(const Candidate& c) {
  if (std::string_view(c.line.function).starts_with("any_") || c.t16() || vfp(c) || load_or_store(c) || dual(c) ||
      exclusive(c) || multiple(c) || status_access(c))
    return false;
  const std::string_view op = c.operation();
  if (c.a32()) {
    if (op.ends_with("_rsr") || any_of(c, "LSL_reg", "LSR_reg", "ASR_reg", "ROR_reg")) return true;
    if (op.ends_with("_reg") || op.ends_with("_imm") || c.starts("ADR") || any_of(c, "RRX", "B", "BX")) return false;
    return !c.starts("PL") && !c.starts("SWP") && !c.is("RFE") && !c.is("SRS");
  }
  if (op.ends_with("_imm") || c.starts("ADR") || c.starts("B") || c.starts("TB") || c.starts("PL") ||
      c.starts("preload") || c.starts("RFE") || c.starts("SRS") || any_of(c, "ADDW", "SUBW"))
    return any_of(c, "BFC", "BFI");
  if (op.ends_with("_reg")) return any_of(c, "LSL_reg", "LSR_reg", "ASR_reg", "ROR_reg");
  return true;
}
/// Instructions that may branch, by writing the PC or otherwise.
bool branches(const Candidate& c) {
  if (any_of(c, "B", "BL_imm", "BLX_imm", "BX", "BLX_reg", "BXJ", "TBB", "TBH", "SUBS_PC_LR", "ERET") ||
      c.starts("RFE"))
    return true;
  if (any_of(c, "LDM", "LDMDB", "POP")) return bit(register_list(c), 15);
  if (single_load(c) && word_sized(c)) return c['t'] == 15;
  return any_of(c, "ADD_high", "MOV_high") && c['d'] == 15;
}
bool user_or_system(Mode m) { return m == Mode::User || m == Mode::System; }

constexpr InstructionRule kInstructionRules[] = {
    // --- left to other tests -----------------------------------------------------------------------------------------
    {[](const Candidate& c) { return any_of(c, "HVC", "SMC"); },
     "QEMU's virt machine answers HVC as a firmware call, and has no Monitor mode here", "B8.3"},
    {[](const Candidate& c) { return any_of(c, "WFI", "WFE"); }, "waits for events that the machines do not have",
     "B1.8.13"},
    {[](const Candidate& c) { return coprocessor(c) && c['k'] >= 14; },
     "system registers have their own tests: values differ by configuration", "B3.17"},
    {[](const Candidate& c) { return std::string_view(c.line.function) == "vfp_unallocated"; },
     "QEMU has ARMv8 instructions in the unallocated VFP space", "A7.4"},
    {[](const Candidate& c) { return coprocessor(c) && (c['k'] == 8 || c['k'] == 9); },
     "QEMU has half-precision transfers (ARMv8.2) where ARMv7 has UNDEFINED", "A7.5"},
    {[](const Candidate& c) { return coprocessor(c) && (c['k'] == 10 || c['k'] == 11); },
     "spaces of coprocessors 10 and 11 that the VFP lines leave", "A7.5"},
    {[](const Candidate& c) { return any_of(c, "VMSR", "VMRS") && c['r'] != 1; },
     "VFP identification and FPEXC are system registers; FPSCR is compared", "B6.1"},
    {[](const Candidate& c) { return any_of(c, "ENTERX", "LEAVEX"); }, "QEMU has no ThumbEE", "A9.3.1"},
    {[](const Candidate& c) { return c.is("SVC") && c['i'] == (c.a32() ? 0x123456u : 0xABu); }, "semihosting",
     "A8.8.228"},
    {[](const Candidate& c) { return c.is("BKPT") && c.t16() && c['i'] == 0xAB; }, "semihosting", "A8.8.24"},

    // --- UNPREDICTABLE: conditions and IT blocks -------------------------------------------------------------------
    {[](const Candidate& c) { return c.a32() && c.is("BKPT") && c.word >> 28 != 14; }, "conditional BKPT", "A8.8.24"},
    {[](const Candidate& c) { return c.in_it && !c.last_in_it && branches(c); },
     "a branch that is not the last of its IT block", "A8.8.54"},
    {[](const Candidate& c) { return c.in_it && (any_of(c, "CBZ", "CBNZ", "IT", "B_cond", "SETEND", "CPS", "HVC")); },
     "not allowed in an IT block", "A8.8.54"},
    {[](const Candidate& c) { return c.is("IT") && (c['f'] == 15 || (c['f'] == 14 && std::popcount(c['m']) != 1)); },
     "IT with condition NV, or AL with an else", "A8.8.54"},

    {[](const Candidate& c) { return c.in_it && c.starts("SRS"); }, "QEMU does not advance ITSTATE over SRS",
     "B9.3.16"},

    // --- UNPREDICTABLE: registers ----------------------------------------------------------------------------------
    {[](const Candidate& c) {
       return plain_register_operation(c) && any_register_is(c, "ndmathlu", [](u32 r) { return r == 15; });
     },
     "R15 where no program counter may stand", "A2.3.2"},
    {[](const Candidate& c) {
       return c.t32() && plain_register_operation(c) && any_register_is(c, "ndmathlu", [](u32 r) { return r == 13; });
     },
     "R13 where no stack pointer may stand", "A6.1.2"},
    {[](const Candidate& c) { return long_multiply(c) && c['h'] == c['l']; }, "both halves to one register",
     "A8.8.189"},
    {[](const Candidate& c) {
       return c.t32() && any_of(c, "CLZ", "REV", "REV16", "REVSH", "RBIT") && c['n'] != c['m'];
     },
     "the two copies of Rm differ", "A8.8.33"},
    {[](const Candidate& c) { return c.is("BFI") && c['m'] < c['l']; }, "field ends below its start", "A8.8.20"},
    {[](const Candidate& c) { return c.is("BFC") && c['m'] < c['l']; }, "field ends below its start", "A8.8.19"},
    {[](const Candidate& c) { return any_of(c, "SBFX", "UBFX") && c['l'] + c['w'] > 31; }, "field passes bit 31",
     "A8.8.164"},
    {[](const Candidate& c) {
       // Data processing in T32: R13 only in ADD and SUB of SP, MOV, CMP and CMN as first operand.
       if (!c.t32() || plain_register_operation(c) || vfp(c)) return false;
       const std::string_view op = c.operation();
       const bool data =
           op.ends_with("_imm") || op.ends_with("_reg") || any_of(c, "ADDW", "SUBW", "ADR_add", "ADR_sub");
       if (!data || load_or_store(c) || dual(c) || status_access(c) || c.starts("PL") || c.starts("BL")) return false;
       const bool add_sub = any_of(c, "ADD_imm", "SUB_imm", "ADD_reg", "SUB_reg", "ADDW", "SUBW");
       if (c.has('m') && c['m'] == 15) return true;
       if (c.has('d') && c['d'] == 15) return true;
       if (c.has('n') && c['n'] == 15 && !any_of(c, "ADDW", "SUBW")) return true;
       if (c.is("MOV_reg")) return c['S'] != 0 ? bad_reg(c['d']) || bad_reg(c['m']) : c['d'] == 13 && c['m'] == 13;
       if (c.has('m') && c['m'] == 13) return true;
       if (c.has('n') && c['n'] == 13) {
         if (any_of(c, "CMP_imm", "CMN_imm", "CMP_reg", "CMN_reg")) return false;
         if (!add_sub) return true;
         // With SP as destination only LSL #0 to #3.
         return c.has('d') && c['d'] == 13 && c.has('t') && (c['t'] != 0 || c['v'] > 3);
       }
       return c.has('d') && c['d'] == 13;
     },
     "R13 or R15 in T32 data processing", "A6.3.11"},
    {[](const Candidate& c) {
       return c.is("CMP_high") && (c['m'] == 15 || c['n'] == 15 || (c['n'] < 8 && c['m'] < 8));
     },
     "CMP T2 with low registers or R15", "A8.8.38"},
    {[](const Candidate& c) { return c.is("ADD_high") && c['d'] == 15 && c['m'] == 15; }, "ADD PC, PC", "A8.8.6"},
    {[](const Candidate& c) { return c.is("BLX_reg") && c['m'] == 15; }, "BLX PC", "A8.8.26"},
    {[](const Candidate& c) { return c.is("BXJ") && (c['m'] == 15 || (c.t32() && c['m'] == 13)); }, "BXJ PC",
     "A8.8.28"},
    {[](const Candidate& c) { return c.is("BX") && c.t16() && c['m'] == 15; },
     "BX PC at an address that is no multiple of four", "A8.8.27"},
    {[](const Candidate& c) {
       return c.a32() && c.has('S') && c['S'] != 0 && c.has('d') && c['d'] == 15 && user_or_system(c.mode);
     },
     "exception return in a mode without SPSR", "B9.3.20"},
    {[](const Candidate& c) {
       return c.a32() && c.has('S') && c['S'] != 0 && c.has('d') && c['d'] == 15 && !c.starts("SUB_") &&
              !c.starts("MOV_") && !any_of(c, "LSL_imm", "LSR_imm", "ASR_imm", "ROR_imm", "RRX");
     },
     "QEMU makes an exception return of MOVS PC and SUBS PC alone, not of the others", "B9.3.20"},
    {[](const Candidate& c) { return c.t32() && c.is("B_cond") && c['f'] >= 14; },
     "no condition: the space of other instructions, which a resolved offset could name", "A6.3.4"},
    {[](const Candidate& c) { return any_of(c, "ERET", "SUBS_PC_LR") && user_or_system(c.mode); },
     "exception return in a mode without SPSR", "B9.3.2"},

    // --- UNPREDICTABLE: loads and stores ---------------------------------------------------------------------------
    {[](const Candidate& c) { return load_or_store(c) && c['t'] == 15 && !word_sized(c); }, "R15 as a byte or halfword",
     "A8.8.68"},
    {[](const Candidate& c) { return load_or_store(c) && c.t32() && c['t'] == 13 && !word_sized(c); },
     "R13 as a byte or halfword", "A8.8.67"},
    {[](const Candidate& c) { return load_or_store(c) && c.t32() && unprivileged(c) && bad_reg(c['t']); },
     "R13 or R15 transferred unprivileged", "A8.8.92"},
    {[](const Candidate& c) { return single_store(c) && c.t32() && c['t'] == 15; }, "T32 store of R15", "A8.8.203"},
    {[](const Candidate& c) { return single_load(c) && unprivileged(c) && c['t'] == 15; }, "LDRT to R15", "A8.8.92"},
    {[](const Candidate& c) { return unprivileged(c) && c['n'] == 15; }, "unprivileged access relative to R15",
     "A8.8.92"},
    {[](const Candidate& c) { return single_store(c) && c.t32() && c.has('n') && c['n'] == 15; }, "T32 store to R15",
     "A8.8.203"},
    {[](const Candidate& c) {
       return load_or_store(c) && writes_back(c) && c.has('n') && (c['n'] == 15 || c['n'] == c['t']);
     },
     "writeback to R15 or to the register transferred", "A8.8.63"},
    {[](const Candidate& c) {
       return (load_or_store(c) || dual(c) || c.starts("PL")) && c.has('m') && field_width(c.line, 'm') == 4 &&
              (c['m'] == 15 || (c.t32() && c['m'] == 13));
     },
     "R15 as an offset", "A8.8.66"},
    {[](const Candidate& c) {
       if (!dual(c)) return false;
       const u32 t = c['t'], t2 = c.a32() ? t + 1 : c['d'], n = c['n'];
       if (c.a32() && ((t & 1) != 0 || t == 14 || (c['p'] == 0 && c['w'] == 1))) return true;
       if (c.t32() && (bad_reg(t) || bad_reg(t2))) return true;
       if (c.starts("LDRD") && (t == t2 || (c.has('m') && (c['m'] == t || c['m'] == t2)))) return true;
       if (c.t32() && c.starts("STRD") && n == 15) return true;
       return writes_back(c) && (n == 15 || n == t || n == t2);
     },
     "LDRD, STRD with such registers", "A8.8.72"},
    {[](const Candidate& c) { return multiple(c) && register_list(c) == 0; }, "empty register list", "A8.8.57"},
    {[](const Candidate& c) { return multiple(c) && c.has('n') && c['n'] == 15; }, "LDM, STM relative to R15",
     "A8.8.57"},
    {[](const Candidate& c) {
       if (!multiple(c) || c.t16() || !c.has('w') || c['w'] == 0) return false;
       const u32 list = register_list(c);
       if (!bit(list, c['n'])) return false;
       if (c.is("STM") && c.a32()) return (list & ((1u << c['n']) - 1)) != 0;  // UNKNOWN unless it is the lowest
       return true;
     },
     "base register in the list, with writeback", "A8.8.57"},
    {[](const Candidate& c) {
       return c.t16() && c.is("STM") && bit(c['l'], c['n']) && (c['l'] & ((1u << c['n']) - 1)) != 0;
     },
     "base register in the list stores an UNKNOWN value", "A8.8.199"},
    {[](const Candidate& c) {
       if (!c.t32() || !multiple(c)) return false;
       const u32 list = register_list(c);
       return std::popcount(list) < 2 || (list & 0xC000) == 0xC000 || bit(list, 13);
     },
     "T32 LDM, STM of one register, or of LR and PC", "A8.8.57"},
    {[](const Candidate& c) { return any_of(c, "LDM_user", "STM_user") && user_or_system(c.mode); },
     "user bank forms in User or System mode", "B9.3.6"},
    {[](const Candidate& c) { return c.is("LDM_exception_return") && user_or_system(c.mode); },
     "exception return in a mode without SPSR", "B9.3.5"},
    {[](const Candidate& c) {
       return (exclusive(c) || c.starts("SWP")) && any_register_is(c, "ndtu", [](u32 r) { return r == 15; });
     },
     "R15 in an exclusive access", "A8.8.75"},
    {[](const Candidate& c) {
       return c.t32() && exclusive(c) && any_register_is(c, "dtu", [](u32 r) { return r == 13; });
     },
     "R13 in an exclusive access", "A8.8.75"},
    {[](const Candidate& c) {
       if (!exclusive(c) || !c.operation().substr(5).starts_with("D")) return false;
       if (c.a32()) return (c['t'] & 1) != 0 || c['t'] == 14;
       return c.starts("LDREX") && c['t'] == c['u'];
     },
     "LDREXD, STREXD with such registers", "A8.8.77"},
    {[](const Candidate& c) {
       if (!c.starts("STREX")) return false;
       const u32 d = c['d'];
       return d == c['n'] || d == c['t'] || (c.has('u') && d == c['u']) ||
              (c.a32() && c.is("STREXD") && d == c['t'] + 1);
     },
     "status register is an operand", "A8.8.212"},
    {[](const Candidate& c) { return c.starts("SWP") && (c['n'] == c['t'] || c['n'] == c['u']); }, "SWP of its base",
     "A8.8.229"},
    {[](const Candidate& c) { return c.starts("TB") && (c['n'] == 13 || bad_reg(c['m'])); },
     "TBB, TBH with such registers", "A8.8.237"},
    {[](const Candidate& c) { return c.starts("RFE") && (c['n'] == 15 || c.mode == Mode::User); },
     "RFE from R15 or in User mode", "B9.3.13"},
    {[](const Candidate& c) { return c.starts("SRS") && user_or_system(c.mode); }, "SRS in a mode without SPSR",
     "B9.3.16"},

    // --- UNPREDICTABLE: status registers, coprocessors, VFP --------------------------------------------------------
    {[](const Candidate& c) {
       if (!status_access(c) || c.is("MSR_imm")) return false;
       const u32 r = c.has('d') ? c['d'] : c['n'];
       return r == 15 || (c.t32() && r == 13);
     },
     "R13 or R15 in a status register access", "A8.8.109"},
    {[](const Candidate& c) { return any_of(c, "MRS", "MSR_reg", "MSR_imm") && c['R'] != 0 && user_or_system(c.mode); },
     "SPSR in a mode without one", "B9.3.8"},
    {[](const Candidate& c) { return any_of(c, "MSR_reg", "MSR_imm") && c['m'] == 0; }, "MSR of no field", "A8.8.111"},
    {[](const Candidate& c) { return any_of(c, "MSR_reg", "MSR_imm") && c['R'] != 0 && (c['m'] & 6) != 0; },
     "QEMU keeps reserved bits of an SPSR, and reserved values of ITSTATE, where MRS and returns see them", "B1.3.3"},
    {[](const Candidate& c) { return c.starts("MRS_banked") || c.starts("MSR_banked"); },
     "banked registers of the current mode are UNPREDICTABLE, and the mode may change: tested apart", "B9.2.3"},
    {[](const Candidate& c) {
       if (!c.is("CPS")) return false;
       if (c.t16()) return (c['A'] | c['I'] | c['F']) == 0;
       const u32 imod = c['i'], aif = c['A'] | c['I'] | c['F'];
       if (imod == 1 || (imod == 0 && c['M'] == 0)) return true;
       return (imod > 1) != (aif != 0) || (c['M'] == 0 && c['m'] != 0);
     },
     "CPS fields that contradict each other", "B9.3.1"},
    {[](const Candidate& c) {
       if (!vfp(c) || !c.has('t')) return false;
       if (c.is("VMRS")) return c.t32() && c['t'] == 13;
       return c['t'] == 15 || (c.t32() && c['t'] == 13);
     },
     "R13 or R15 in a VFP transfer", "A8.8.341"},
    {[](const Candidate& c) {
       if (!vfp(c) || !c.has('u') || field_width(c.line, 'u') != 4) return false;
       if (c['u'] == 15 || (c.t32() && c['u'] == 13)) return true;
       if (c.starts("VMOV_from_two") || c.is("VMOV_from_double"))
         if (c['u'] == c['t']) return true;
       return c.operation().ends_with("two_singles") && (c['m'] << 1 | c['M']) == 31;
     },
     "two-register VFP transfers with such registers", "A8.8.344"},
    {[](const Candidate& c) {
       if (!any_of(c, "VLDM", "VSTM", "VPUSH", "VPOP")) return false;
       const bool doubles = c['s'] != 0;
       const u32 imm8 = c['i'];
       const u32 count = doubles ? imm8 / 2 : imm8;
       const u32 first = doubles ? c['D'] << 4 | c['d'] : c['d'] << 1 | c['D'];
       if (doubles && (imm8 & 1) != 0) return true;  // FLDMX, FSTMX: deprecated
       if (count == 0 || count > 16 || first + count > 32) return true;
       return c.has('n') && c['n'] == 15;
     },
     "VLDM, VSTM of no register, of too many, or relative to R15", "A8.8.332"},
    {[](const Candidate& c) { return c.is("VCVT_fixed") && c['x'] == 0 && (c['j'] << 1 | c['i']) > 16; },
     "negative number of fraction bits", "A8.8.309"},
    {[](const Candidate& c) {
       return neon(c) && (c.starts("VLD_") || c.starts("VST_")) && (c['n'] == 15 || passes_d31(c));
     },
     "element loads and stores relative to R15, or past D31", "A8.8.320"},
    {[](const Candidate& c) { return c.is("VTBL") && (c['N'] << 4 | c['n']) + c['l'] + 1 > 32; }, "table past D31",
     "A8.8.419"},
    {[](const Candidate& c) { return any_of(c, "VTRN", "VUZP", "VZIP") && c['D'] == c['M'] && c['d'] == c['m']; },
     "a permutation of a register with itself is UNKNOWN", "A8.8.420"},
    {[](const Candidate& c) { return c.is("VSTR") && c.t32() && c['n'] == 15; }, "T32 VSTR relative to R15",
     "A8.8.413"},
};

/// The saved program status registers in a record.
constexpr u32 kSpsrOffsets[] = {REC_SPSR,           REC_BANKS + 4 * 14, REC_BANKS + 4 * 17,
                                REC_BANKS + 4 * 20, REC_BANKS + 4 * 23, REC_BANKS + 4 * 26};
constexpr u32 kUserBank = REC_BANKS, kFiqBank = REC_BANKS + 4 * 7, kLrAbort = REC_BANKS + 4 * 19;
constexpr u32 kReservedPsrBits = 0x01F00000, kItBits = 0x0600FC00;

Record without_reserved_psr_bits(Record r) {
  for (const u32 offset : kSpsrOffsets) {
    u32& psr = r.words[offset / 4];
    psr &= ~kReservedPsrBits;
    if (!bit(psr, 5)) psr &= ~kItBits;
  }
  return r;
}

/// Without the domain that QEMU puts into an IFSR.
Record without_ifsr_domain(Record r) {
  r.words[REC_IFSR / 4] &= ~0xF0u;
  return r;
}

Record without_reserved_bits(const Record& r) { return without_ifsr_domain(without_reserved_psr_bits(r)); }

/// The instruction at `address`, if it is one of the sequence.
const Insn* insn_at(const Sequence& s, u32 address) {
  const auto at = s.offsets();
  for (std::size_t i = 0; i < s.insns.size(); ++i)
    if (s.address() + at[i] == address) return &s.insns[i];
  return nullptr;
}

/// Registers that an aborted instruction may or may not have loaded; bit 16 stands for VFP registers.
u32 loaded_by(const Sequence& s, const Insn& insn) {
  const isa::Line* line = find_line(s.isa, insn.word, insn.length);
  if (line == nullptr) return 0;
  const Candidate c{s.isa, *line, insn.word, insn.length};
  if (c.starts("LDRD")) return 1u << c['t'] | 1u << (c.a32() ? c['t'] + 1 : c['d']);
  if (c.starts("LDM") || c.is("POP")) return register_list(c);
  return any_of(c, "VLDM", "VLDR", "VPOP") || c.starts("VLD_") ? 1u << 16 : 0;
}

Record without_registers(Record r, u32 mask) {
  for (u32 n = 0; n < 15; ++n) {
    if (!bit(mask, n)) continue;
    r.words[REC_R0 / 4 + n] = 0;
    if (n < 8) continue;
    r.words[kUserBank / 4 + n - 8] = r.words[kFiqBank / 4 + n - 8] = 0;
    if (n >= 13)
      for (u32 bank = 0; bank < 4; ++bank) r.words[REC_BANKS / 4 + 15 + 3 * bank + n - 13] = 0;
  }
  if (bit(mask, 16)) r.words[REC_VFP / 4] = 0;
  return r;
}

constexpr u32 kStatus = 0x40F;  // FS in DFSR and IFSR
constexpr u32 kAlignment = 1, kAccessFlagSection = 3, kAccessFlagPage = 6, kTranslationPage = 7, kDomainPage = 11;

/// A permission fault of stage 2. ARM DDI 0406C B3.13.3
bool stage2_permission(const Record& r) {
  return r.kind() == kHypTrap && r.at(REC_HSR) >> 29 == 4 && (r.at(REC_HSR) & 0xBC) == 0x0C;
}

bool in_scratch(const Record& r) { return r.return_address() - FUZZ_SCRATCH_VA < 0x6000; }

constexpr OutcomeRule kOutcomeRules[] = {
    {[](const Sequence& s, const Record& ours, const Record& theirs) {
       return s.resume != 0 && (in_scratch(ours) || in_scratch(theirs));
     },
     "a branch into the scratch page, once its domain is a manager: any data, UNPREDICTABLE instructions too",
     "B3.7.3"},
    {[](const Sequence&, const Record& ours, const Record& theirs) {
       Record expected = theirs;
       expected.words[REC_HPFAR / 4] = ours.at(REC_HPFAR);
       return stage2_permission(ours) && without_reserved_bits(ours) == without_reserved_bits(expected);
     },
     "HPFAR of a permission fault is UNKNOWN: hypsim leaves it", "B3.13.2"},
    {[](const Sequence& s, const Record& ours, const Record& theirs) {
       return bit(s.hcr, 27) && ours.kind() == theirs.kind() && ours.return_address() == theirs.return_address() &&
              bits(theirs.at(REC_HSR), 5, 0) == 0x3F;
     },
     "QEMU has no fault status for aborts that HCR.TGE routes to Hyp mode", "B3.13.6"},
    {[](const Sequence& s, const Record& ours, const Record&) {
       const Insn* insn = insn_at(s, ours.return_address());
       const isa::Line* line = insn != nullptr ? find_line(s.isa, insn->word, insn->length) : nullptr;
       return bit(s.hcr, 27) && bit(s.hcr, 13) && ours.kind() == kHypTrap && ours.at(REC_HSR) >> 26 == 1 &&
              line != nullptr && std::string_view(line->name) == "WFI";
     },
     "QEMU counts HCR.VI as a wake-up event under HCR.TGE, where no virtual interrupt is taken: its WFI does not trap",
     "B1.8.11, B1.8.14"},
    {[](const Sequence& s, const Record& ours, const Record&) {
       if (ours.kind() != kDataAbort || (ours.at(REC_DFSR) & kStatus) != kAlignment || ours.at(REC_DFAR) % 32 != 16)
         return false;
       const Insn* insn = insn_at(s, ours.return_address() - 8);
       const isa::Line* line = insn != nullptr ? find_line(s.isa, insn->word, insn->length) : nullptr;
       if (line == nullptr) return false;
       const std::string_view f = line->function;
       return (f == "neon_VLD_multiple" || f == "neon_VST_multiple") && field_of(*line, insn->word, 'a') == 3;
     },
     "QEMU checks the 256-bit alignment of an element or structure access as one of 128 bits", "A3.2.1"},
    {[](const Sequence&, const Record& ours, const Record& theirs) {
       return without_reserved_bits(ours) == without_reserved_bits(theirs);
     },
     "reserved bits that hypsim keeps zero: IFSR 7:4 (QEMU: domain), SPSR 23:20 and J, ITSTATE of A32 state",
     "B1.3.3, B4.1.96"},
    {[](const Sequence&, const Record& ours, const Record& theirs) {
       Record expected = theirs;
       for (const u32 offset : {REC_DFSR, REC_IFSR}) {
         const u32 a = ours.at(offset) & kStatus, b = theirs.at(offset) & kStatus;
         if (b == kDomainPage && a == kTranslationPage) expected.words[offset / 4] ^= a ^ b;
       }
       return without_reserved_bits(ours) == without_reserved_bits(expected);
     },
     "QEMU looks at the domain before the second-level descriptor", "B3.12.3"},
    {[](const Sequence&, const Record& ours, const Record&) {
       const u32 status = ours.at(ours.kind() == kDataAbort ? REC_DFSR : REC_IFSR) & kStatus;
       return (ours.kind() == kDataAbort || ours.kind() == kPrefetchAbort) &&
              (status == kAccessFlagSection || status == kAccessFlagPage);
     },
     "QEMU looks at the access flag after domain and XN, and not at all in manager domains", "B3.19.6"},
    {[](const Sequence& s, const Record& ours, const Record& theirs) {
       if (ours.kind() != kDataAbort || theirs.kind() != kDataAbort || ours.return_address() != theirs.return_address())
         return false;
       const Insn* insn = insn_at(s, ours.return_address() - 8);
       const u32 mask = insn != nullptr ? loaded_by(s, *insn) : 0;
       return mask != 0 && without_registers(without_reserved_bits(ours), mask) ==
                               without_registers(without_reserved_bits(theirs), mask);
     },
     "registers of an aborted LDM, LDRD or VLDM are UNKNOWN: hypsim leaves them, QEMU loads some", "B1.9.8"},
    {[](const Sequence&, const Record& ours, const Record& theirs) {
       if (ours.kind() != kDataAbort || !bit(ours.at(REC_DFSR), 11)) return false;
       Record expected = theirs;
       expected.words[REC_MEMORY / 4] = ours.at(REC_MEMORY);
       return without_reserved_bits(ours) == without_reserved_bits(expected);
     },
     "what an aborted store of several words or pages has stored is UNKNOWN", "B1.9.8"},
    {[](const Sequence& s, const Record& ours, const Record& theirs) {
       if (ours.kind() != kDataAbort || theirs.return_address() == ours.return_address()) return false;
       const Insn* insn = insn_at(s, ours.return_address() - 8);
       const isa::Line* line = insn != nullptr ? find_line(s.isa, insn->word, insn->length) : nullptr;
       return line != nullptr && std::string_view(line->function).find("STREX") != std::string_view::npos;
     },
     "a store exclusive that the local monitor fails may abort (hypsim) or not (QEMU)", "A3.4.5"},
    {[](const Sequence& s, const Record& ours, const Record& theirs) {
       const bool breakpoint = std::ranges::any_of(s.insns, [&](const Insn& insn) {
         const isa::Line* line = find_line(s.isa, insn.word, insn.length);
         return line != nullptr && std::string_view(line->name) == "BKPT";
       });
       Record expected = theirs;
       expected.words[REC_IFAR / 4] = ours.at(REC_IFAR);
       return breakpoint && s.resume != 0 && without_reserved_bits(ours) == without_reserved_bits(expected);
     },
     "BKPT leaves IFAR UNKNOWN: hypsim keeps it, QEMU writes zero", "B3.13.2"},
    {[](const Sequence&, const Record& ours, const Record& theirs) {
       if (theirs.at(REC_ODD_TARGET) != 0) return true;
       if (theirs.kind() == kHypTrap && !bit(theirs.at(REC_SPSR), 5) && bit(theirs.return_address(), 1)) return true;
       if (theirs.at(REC_HSR) >> 26 == 0x22) return true;  // in Hyp mode, under the name of ARMv8
       if (theirs.kind() != kPrefetchAbort || bit(theirs.at(REC_SPSR), 5) || !bit(theirs.return_address(), 1))
         return false;
       if ((theirs.at(REC_IFSR) & kStatus) == kAlignment)
         return true;  // the aligned address is mapped: no telling what ours ran into
       Record aligned = theirs;
       aligned.words[REC_TRACE / 4] = ours.at(REC_TRACE);  // the abort may have been one that returned
       for (const u32 offset : {u32{REC_LR}, u32{REC_IFAR}, kLrAbort}) aligned.words[offset / 4] &= ~2u;
       if (bits(theirs.at(REC_SPSR), 4, 0) == static_cast<u32>(Mode::Abort)) aligned.words[REC_R0 / 4 + 14] &= ~2u;
       return without_reserved_bits(ours) == without_reserved_bits(aligned);
     },
     "branch to A32 code with address bits 1:0 = 0b10: hypsim aligns the address, QEMU does not", "A2.3.2"},
};

}  // namespace

std::string_view Candidate::operation() const {
  const std::string_view f = line.function;
  return f.substr(f.find('_') + 1);
}

std::span<const InstructionRule> instruction_rules() { return kInstructionRules; }
std::span<const OutcomeRule> outcome_rules() { return kOutcomeRules; }

const InstructionRule* excluded(const Candidate& candidate) {
  for (const auto& rule : kInstructionRules)
    if (rule.applies(candidate)) return &rule;
  return nullptr;
}

const OutcomeRule* explained(const Sequence& sequence, const Record& ours, const Record& theirs) {
  for (const auto& rule : kOutcomeRules)
    if (rule.applies(sequence, ours, theirs)) return &rule;
  return nullptr;
}

}  // namespace hypsim::fuzz

# SPDX-License-Identifier: Apache-2.0
"""What Arm's specification and hypsim are both asked."""
import itertools

from a15 import Question

KINDS = ["access", "traps", "interrupt", "wait", "call", "fp"]
WORLDS = [("usr", False), ("svc", False), ("hyp", False), ("usr", True), ("svc", True), ("mon", True)]
NON_SECURE = WORLDS[:3]
GUEST = WORLDS[:2]
NOP, WFI, WFE = 0xE320F000, 0xE320F003, 0xE320F002
VADD_F32, VADD_I32, VMRS_FPSCR = 0xEE300A00, 0xF2200800, 0xEEF10A10


def move(cp, opc1, crn, crm, opc2, read):
    return 0xEE000010 | opc1 << 21 | read << 20 | crn << 16 | cp << 8 | opc2 << 5 | crm


def move_two(cp, opc1, crm, read):
    return 0xEC400000 | read << 20 | 1 << 16 | cp << 8 | opc1 << 4 | crm


def moves(word):
    """MCR, MRC, MCRR or MRRC, not LDC or STC."""
    return word >> 24 & 0xF == 0xE or word >> 21 & 0x7F == 0b1100010


def encodings(step):
    """Every `step`-th of MCR, MRC, MCRR and MRRC of CP14 and CP15, and LDC and STC of CP14."""
    words = [move(cp, *fields) for cp in (15, 14) for fields in
             itertools.product(range(8), range(16), range(16), range(8), (1, 0))]
    words += [move_two(cp, *fields) for cp in (15, 14) for fields in itertools.product(range(16), range(16), (1, 0))]
    words += [0xED810000 | crd << 12 | 14 << 8 | read << 20 for crd in range(16) for read in (1, 0)]
    return words[::step]


def register_settings():
    """Each control bit alone, none, and all: (registers)."""
    yield {}
    for bit in range(13, 28):
        yield {"HCR": 1 << bit}
    for bit in [*range(4), *range(5, 14), 15, 16, 17]:
        yield {"HSTR": 1 << bit}
    for bit in (20, 31):
        yield {"HCPTR": 0x33FF | 1 << bit}
    for bit in (5, 6, 9, 10, 11):
        yield {"HDCR": 6 | 1 << bit}
    yield {"HDCR": 0xF06}
    for value in range(3):
        yield {"CNTHCTL": value}
    for bit in (0, 1, 8, 9):
        yield {"CNTKCTL": 1 << bit}
    for value in (1, 2, 4, 8, 15):
        yield {"PMUSERENR": value}
    yield {"HCR": 0x07FF8000, "HSTR": 0x2BDEF, "HCPTR": 0x801033FF, "HDCR": 0xE66, "CNTHCTL": 0}
    yield {"HCR": 0x07FF8000}


def register_questions(words, step):
    for word in encodings(step):
        for mode, secure in GUEST:
            yield word, mode, secure, {}
    for word in words:
        for registers in register_settings():
            for mode, secure in WORLDS if len(registers) != 1 else NON_SECURE:
                if registers.get("HCR", 0) >> 27 == 0 or (mode, secure) != ("svc", False):  # UNPREDICTABLE
                    yield word, mode, secure, registers


def interrupt_questions():
    """SCR.{IRQ,FIQ,EA,FW,AW} x HCR.{FMO,IMO,AMO,TGE} x mode x mask x what is pending, the virtual ones too."""
    modes = [("usr", False), ("svc", False), ("irq", False), ("hyp", False), ("usr", True), ("svc", True), ("mon", True)]
    for scr, hcr, tge, (mode, secure) in itertools.product(range(32), range(8), (0, 1), modes):
        if tge and (mode, secure) in (("svc", False), ("irq", False)):
            continue  # UNPREDICTABLE
        registers = {"SCR": 0x100 | scr << 1, "HCR": hcr << 3 | tge << 27}
        for masks in ("AIF", ""):
            for what in ("fiq", "irq", "abort"):
                yield "interrupt", NOP, mode, secure, registers, (what,), masks
            for bit in (6, 7, 8):
                yield "interrupt", NOP, mode, secure, {**registers, "HCR": registers["HCR"] | 1 << bit}, (), masks


def wait_questions():
    """WFI and WFE under TWI and TWE, with everything that may wake them, masked and not."""
    for word, traps, hcr, (mode, secure) in itertools.product((WFI, WFE), range(4), range(64), WORLDS):
        for tge in (0, 1) if mode == "usr" else (0,):
            registers = {"HCR": traps << 13 | (hcr & 7) << 3 | (hcr >> 3) << 6 | tge << 27}
            for pending in ((), ("irq",), ("fiq",), ("abort",), ("event",)):
                yield "wait", word, mode, secure, registers, pending, "AIF"


def call_questions():
    for word in (0xE1600070, 0xE1412374, 0xEF000056):
        for hcr, scr, (mode, secure) in itertools.product(range(4), range(4), WORLDS):
            if hcr & 1 and (mode, secure) == ("svc", False) or word == 0xE1412374 and mode == "hyp" and not scr & 1:
                continue  # UNPREDICTABLE
            registers = {"HCR": (hcr & 1) << 27 | (hcr >> 1) << 19, "SCR": (scr & 1) << 8 | (scr >> 1) << 7}
            yield "call", word, mode, secure, registers, (), "AIF"


def fp_questions():
    for word, (mode, secure) in itertools.product((VADD_F32, VADD_I32, VMRS_FPSCR), WORLDS):
        for cp, asedis, nsacr, fpexc, hcptr, tge in itertools.product((0, 1, 3), (0, 1), range(4), (0, 1), range(4), (0, 1)):
            if tge and (mode, secure) == ("svc", False):
                continue
            registers = {"CPACR": cp * 5 << 20 | asedis << 31, "NSACR": (0 if nsacr & 1 else 0xC00) | (nsacr >> 1) << 15,
                         "FPEXC": fpexc << 30, "HCPTR": 0x33FF | (0xC00 if hcptr & 1 else 0) | (hcptr >> 1) << 15, "HCR": tge << 27}
            yield "fp", word, mode, secure, registers, (), "AIF"


def all_questions(words, step):
    """Every question; `words` are the registers that hypsim knows."""
    for word, mode, secure, registers in register_questions(words, step):
        yield Question("access", word, mode, secure, registers, (), "AIF")
        if moves(word):
            yield Question("traps", word, mode, secure, registers, (), "AIF")
    for source in (interrupt_questions, wait_questions, call_questions, fp_questions):
        for fields in source():
            yield Question(*fields)

# SPDX-License-Identifier: Apache-2.0
"""A Cortex-A15 for Arm's specification: what the Sail functions see of a machine, and what they decide for a question.

An answer is a line of text, the same for the specification and for hypsim: what is taken where, and the syndrome.
"""
import collections

from sail import Bits, Fields, Model, SailError, Struct, Thrown, Unknown, negate, replaced

# The open machine, as `hypsim trap` has it: nothing trapped, nothing denied.
OPEN = {"HCR": 0, "HSTR": 0, "HCPTR": 0x33FF, "HDCR": 6, "CNTHCTL": 3, "SCR": 0x101, "NSACR": 0xC00, "CPACR": 0xF00000,
        "CNTKCTL": 0, "PMUSERENR": 0, "FPEXC": 1 << 30}
MODES = {"usr": 0x10, "fiq": 0x11, "irq": 0x12, "svc": 0x13, "mon": 0x16, "abt": 0x17, "hyp": 0x1A, "und": 0x1B, "sys": 0x1F}
NAMES = {number: name for name, number in MODES.items()}
# AArch64 names of the registers that the functions ask, and what they are mapped to.
MAPPED = {"HCR_EL2": "HCR", "HSTR_EL2": "HSTR", "CPTR_EL2": "HCPTR", "MDCR_EL2": "HDCR", "CNTHCTL_EL2": "CNTHCTL", "SCR_EL3": "SCR",
          "CPACR_EL1": "CPACR", "CNTKCTL_EL1": "CNTKCTL", "PMUSERENR_EL0": "PMUSERENR"}
# CP15BEN is set after reset.
FIXED = {"SCTLR": 0x00C50078, "HSCTLR": 0x30C50878}
# What no Cortex-A15 has, or what stays as it is after reset.
ZERO = ["DBGDSCRext", "DBGOSLSR", "ICC_HSRE", "ICC_MSRE", "ICC_SRE", "ICC_SRE_EL1", "ICH_HCR", "CPTR_EL3", "EDSCR", "ICC_SRE_EL1_NS",
        "ICC_SRE_EL1_S", "ICC_SRE_EL2", "ICC_SRE_EL3", "ICH_HCR_EL2", "MDCR_EL3", "MDSCR_EL1", "OSLSR_EL1", "SCTLR_EL1",
        "SCTLR_EL2", "SCTLR_EL3"]
ALWAYS = ["ELUsingAArch32", "HaveEL", "HaveAArch32EL", "HighestELUsingAArch32", "HaveAnyAArch32", "UsingAArch32", "ConditionPassed",
          "IsSErrorEdgeTriggered"]
NEVER = ["HaveVirtHostExt", "HaveSecureEL2Ext", "HasArchVersion", "Halted", "IsInHost", "ELIsInHost", "IsSecureEL2Enabled",
         "AArch32_GeneralExceptionsToAArch64", "HaveRASExt"]
NOTHING = ["AArch32_ITAdvance", "SSAdvance", "AArch32_ReportDataAbort", "ClearPendingPhysicalSError", "ClearEventRegister"]

Question = collections.namedtuple("Question", "kind word mode secure registers pending masks")


class Taken(Exception):
    """An exception entry ends the question: the mode, and the record for Hyp mode."""


class Waits(Exception):
    """WFI or WFE would suspend."""


def taken(mode):
    """A builtin that ends in `mode`."""
    def enter(*_):
        raise Taken(mode, None)
    return enter


def enter_hyp(record, *_):
    raise Taken("hyp", record)


def enter_mode(mode, *_):
    raise Taken(NAMES[mode.n], None)


def waits(*_):
    raise Waits


def checked(condition):
    if not condition:
        raise SailError("an assertion of the model")


class Registers:
    """S of the translated functions."""


class Specification:
    """Arm's specification over a fetched tree of rems-project/sail-arm."""

    def __init__(self, tree):
        old, new = tree / "arm-v8.5-a/model", tree / "arm-v9.4-a/src"
        self.old, self.new = Registers(), Registers()
        self.access = Model([old / f for f in ("aarch32.sail", "aarch_mem.sail", "aarch64.sail", "aarch_types.sail")], self.old,
                            self.builtins(self.old))
        self.interrupts = Model([new / f for f in ("v8_base.sail", "interrupts.sail", "instrs32.sail")], self.new,
                                self.builtins(self.new))
        self.layouts = {name: self.interrupts.layout(kind) for name, kind in
                        (("SCR", "SCR_Type"), ("HCR", "HCR_Type"), ("HCR_EL2", "HCR_EL2_Type"), ("SCTLR", "SCTLR_Type"))}
        for registers, model in ((self.old, self.access), (self.new, self.interrupts)):
            registers.__dict__.update(model.constants)
            registers.PSTATE = Struct()
            for name in ZERO:
                setattr(registers, name, Bits(64, 0))
        self.pending, self.secure = (), False
        # The fields that an encoding does not have are left undefined, and asked for: zero.
        decode = self.access.translated("AArch32_DecodeSysRegAccess")
        self.access.AArch32_DecodeSysRegAccess = lambda word: [0 if isinstance(x, Unknown) else x for x in decode(word)]

    def builtins(self, s):
        """What stands for the machine, and the few functions of the language's own library."""
        table = {name: lambda *_: True for name in ALWAYS}
        table.update({name: lambda *_: False for name in NEVER})
        table.update({name: lambda *_: None for name in NOTHING})
        for name in [*OPEN, *FIXED, *ZERO]:
            table[f"get_{name}"] = table[f"{name}_read"] = lambda name=name: getattr(s, name)
        pending = {"IRQPending": "irq", "FIQPending": "fiq"}
        table.update({name: lambda which=which: (which in self.pending, False) for name, which in pending.items()})
        table.update({
            "slice": lambda x, low, count: Bits(count, x.n >> low), "UInt": int, "Zeros": lambda w=25: Bits(int(w), 0), "Bit": lambda x: x,
            "not_bool": lambda x: not x, "not_vec": negate, "check": checked, "return": lambda x=None: x,
            "__SetSlice_bits": lambda w, n, x, low, v: replaced(x if isinstance(x, Bits) else Bits(w, 0), low + n - 1, low, v),
            "SCR_GEN": lambda: s.SCR, "SCR_GEN_read": lambda: s.SCR, "SCTLR": lambda *_: s.SCTLR, "SCTLR_read__2": lambda: s.SCTLR,
            "ConditionSyndrome": lambda: Bits(5, 0x1E), "AArch32_CurrentCond": lambda: Bits(4, 14), "ThisInstrLength": lambda: 32,
            "ThisInstrAddr": lambda *_: Bits(32, 0), "NextInstrAddr": lambda *_: Bits(32, 0), "CurrentInstrSet": lambda: "InstrSet_A32",
            "__IMPDEF_boolean": lambda text: True, "CurrentSecurityState": lambda: "SS_Secure" if self.secure else "SS_NonSecure",
            "EffectiveEA": lambda: Bits(1, s.SCR.n >> 3), "IsPhysicalSErrorPending": lambda: "abort" in self.pending,
            "IsEventRegisterSet": lambda: "event" in self.pending, "VirtualIRQPending": lambda: False, "VirtualFIQPending": lambda: False,
            "GetPendingPhysicalSError": Struct, "AArch32_AbortSyndrome": lambda *_: None, "WaitForInterrupt": waits, "WaitForEvent": waits,
            "AArch32_EnterHypMode": enter_hyp, "AArch32_EnterMode": enter_mode, "AArch32_EnterMonitorMode": taken("mon"),
            "__UNKNOWN_bits": lambda w: Bits(int(w), 0), "ConstrainUnpredictable": lambda what: "Constraint_NOP", "EndOfInstruction": taken("next"),
            "AArch32_TakeVirtualSErrorException": taken("abt"),  # fills DFSR first
        })
        return table

    def load(self, q):
        """The machine of a question."""
        values = {**OPEN, **FIXED, **q.registers}
        values["SCR"] = values["SCR"] & ~1 | (not q.secure)
        values["HCPTR"] |= OPEN["HCPTR"]
        self.pending, self.secure = q.pending, q.secure
        level = 0 if q.mode == "usr" else 2 if q.mode == "hyp" else 3 if q.secure else 1
        for s in (self.old, self.new):
            for name, value in values.items():
                setattr(s, name, Bits(32, value))
            for name, of in MAPPED.items():
                setattr(s, name, Bits(64, values[of]))
            p = s.PSTATE
            p.EL, p.M = Bits(2, level), Bits(5, MODES[q.mode])
            p.A, p.I, p.F = (Bits(1, letter in q.masks) for letter in "AIF")
        for name, layout in self.layouts.items():
            setattr(self.new, name, Fields(64, getattr(self.new, name).n, layout))

    def answer(self, q):
        self.load(q)
        try:
            return getattr(self, f"ask_{q.kind}")(q) or "executes"
        except Waits:
            return "waits"
        except Thrown as e:
            if e.args[0] != "Error_Undefined":
                return f"({e.args[0]})"
        except Taken as e:
            return self.entry(*e.args)
        try:
            self.access.AArch32_TakeUndefInstrException()
        except Taken as e:
            return self.entry(*e.args)
        raise SailError("TakeUndefInstrException() came back")

    def entry(self, mode, record):
        if record is None:
            return "executes" if mode == "next" else mode
        old = "typ" in vars(record)
        kind = record.typ if old else record.exceptype
        if kind in ("Exception_IRQ", "Exception_FIQ"):
            return mode
        ec, il = (self.access if old else self.interrupts).AArch32_ExceptionClass(kind)
        return f"hyp {syndrome(ec, int(il), record.syndrome.n if ec else 0)}"

    # --- the kinds of questions; each returns None or text, or ends in an exception

    def ask_access(self, q):
        """AArch32_CheckSystemAccess(): what MCR, MRC, MCRR, MRRC, LDC and STC of CP14 and CP15 call."""
        self.access.AArch32_CheckSystemAccess(q.word >> 8 & 15, Bits(32, q.word))

    def ask_traps(self, q):
        """The same access by the generated tables: coarse traps, then allocation, then SysRegTrap32 and 64."""
        m, el, word = self.access, self.old.PSTATE.EL, q.word
        cp, read, wide = Bits(4, word >> 8), Bits(1, word >> 20), word >> 21 & 0x7F == 0b1100010
        crn, crm = Bits(4, word >> 16), Bits(4, word)
        if cp == 15 and m.AArch32_CheckCP15InstrCoarseTraps(crn.n, 2 if wide else 1, crm.n):
            if el == 0 and not m.CP15InstrDecode(Bits(32, word)):
                raise Thrown("Error_Undefined")
            m.AArch32_AArch32SystemAccessTrap(Bits(2, 2), Bits(32, word))
        if not m.CP15InstrDecode(Bits(32, word)):
            raise Thrown("Error_Undefined")
        if wide:
            trap, target = m.AArch32_AutoGen_SysRegTrap64(el, cp, Bits(4, word >> 4), crm, read)
        else:
            trap, target = m.AArch32_AutoGen_SysRegTrap32(el, cp, Bits(3, word >> 21), crn, Bits(3, word >> 5), crm, read)
        if trap:
            m.AArch32_AArch32SystemAccessTrap(target, Bits(32, word))

    def ask_interrupt(self, q):
        """Which pending exception is taken, and where to."""
        m = self.interrupts
        for virtual in (False, True):
            pending = getattr(m, f"AArch32_PendingUnmasked{'Virtual' if virtual else 'Physical'}Interrupts")()
            for (which, yes) in zip(("SError", "IRQ", "FIQ"), pending):
                if yes and virtual:
                    getattr(m, f"AArch32_TakeVirtual{which}Exception")()
                elif yes:
                    getattr(m, f"AArch32_TakePhysical{which}Exception")(*([False] if which == "SError" else []))

    def ask_wait(self, q):
        """WFI and WFE; what is pending and not masked is taken first."""
        self.ask_interrupt(q)
        getattr(self.interrupts, f"execute_aarch32_instrs_{'WFE' if q.word & 1 == 0 else 'WFI'}_Op_A_txt")()

    def ask_call(self, q):
        m, kind = self.access, q.word >> 20
        if kind == 0xE16:
            m.AArch32_CheckForSMCUndefOrTrap()
            if not self.secure and self.old.SCR.n >> 7 & 1:
                raise Thrown("Error_Undefined")
            raise Taken("mon", None)
        if kind == 0xE14:
            m.HVC_Op_AS(Bits(16, q.word >> 4 & 0xFFF0 | q.word & 15))
        m.AArch32_CallSupervisor(Bits(16, q.word))

    def ask_fp(self, q):
        simd = q.word >> 24 == 0xF2
        fpexc = q.word >> 16 & 0xFFF not in (0xEF8, 0xEE8) or q.word >> 24 != 0xEE
        self.access.AArch32_CheckAdvSIMDOrFPEnabled(fpexc and q.word != 0xEEF80A10, simd)


def syndrome(ec, il, iss):
    """IL of an unknown reason is UNK."""
    return f"EC {ec:#04x} IL {il} ISS {iss:#09x}" if ec else "EC 0x00"


def hypsims(outcome):
    """The answer in an `outcome` of `hypsim trap test --json`."""
    if outcome["result"] in ("executes", "waits"):
        return outcome["result"]
    if outcome["target"] != "hyp" or "hsr" not in outcome or outcome["exception"] in ("data-abort", "irq", "fiq"):
        return outcome["target"]
    hsr = int(outcome["hsr"], 16)
    return f"hyp {syndrome(hsr >> 26, hsr >> 25 & 1, hsr & 0x1FFFFFF if hsr >> 26 else 0)}"

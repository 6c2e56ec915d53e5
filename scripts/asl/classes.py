# SPDX-License-Identifier: Apache-2.0
"""Known differences between Arm's specification, which is ARMv8's, and hypsim, which is an ARMv7 core.

A class has a name, its section of ARM DDI 0406C, whose answer is right for a Cortex-A15, and the differences that it explains.
"""
import collections

Class = collections.namedtuple("Class", "name section right holds")


class Difference:
    """A question with two answers. `other` is what Arm's other function says of the same access, or None; `known` is whether hypsim
    has the register."""

    def __init__(self, q, theirs, ours, other, known):
        self.q, self.theirs, self.ours, self.other, self.known = q, theirs, ours, other, known
        word = q.word
        self.access = q.kind in ("access", "traps")
        self.cp, self.opc1, self.opc2, self.crn, self.crm = word >> 8 & 15, word >> 21 & 7, word >> 5 & 7, word >> 16 & 15, word & 15
        self.tge = bool(q.registers.get("HCR", 0) >> 27 & 1) and q.mode == "usr" and not q.secure

    def at(self, cp, opc1=None, crn=None, crm=None, opc2=None):
        """Whether it is an MCR or MRC to this coprocessor with these fields."""
        wanted = ((self.opc1, opc1), (self.crn, crn), (self.crm, crm), (self.opc2, opc2))
        return self.access and self.q.word >> 24 == 0xEE and self.cp == cp and all(b is None or a == b for a, b in wanted)


def undefined(answer):
    return answer in ("und", "hyp EC 0x00")


def nobody_has(d):
    return d.access and not d.known and d.theirs == "executes" and undefined(d.ours)


CLASSES = [
    Class("HCR.TGE routes interrupts and aborts, and overrides their masks, as in ARMv8", "B1.8.4", "hypsim",
          lambda d: d.q.kind in ("interrupt", "wait") and d.tge and bool(d.q.pending)),
    Class("HCR.TGE traps debug registers of PL0, as if HDCR.TDE and TDA were set", "B4.1", "open",
          lambda d: d.tge and d.access and d.cp == 14 and d.theirs[:11] in ("hyp EC 0x05", "hyp EC 0x06", "hyp EC 0x0c")),
    Class("IMPLEMENTATION DEFINED registers of the Cortex-A15 in c9 and c15", "B3.17.1; TRM 4.2", "hypsim",
          lambda d: (d.at(15, 1, 9) or d.at(15, crn=15)) and undefined(d.theirs) or
          d.access and d.cp == 15 and d.q.word >> 24 == 0xEC and d.crm == 15 and undefined(d.theirs)),
    Class("c7 operations that have become no-operations: WFI, prefetch by MVA", "B4.2.5", "hypsim",
          lambda d: (d.at(15, 0, 7, 0, 4) or d.at(15, 0, 7, 13, 1)) and undefined(d.theirs)),
    Class("ThumbEE and Jazelle registers and their traps, which ARMv8 has no more", "A2.10, B1.14", "hypsim",
          lambda d: d.at(14, 6) or d.at(14, 7)),
    Class("c0 with CRm 8 to 15 reads as zero", "B3.17.1", "open",
          lambda d: d.at(15, 0, 0) and d.crm >= 8 and d.theirs == "executes"),
    Class("registers of ARMv8, and more breakpoints and watchpoints than a Cortex-A15 has", "B3.17.1, C11.11", "hypsim", nobody_has),
    Class("PMUSERENR.SW, CR and ER, which ARMv7 has not", "B4.1.124", "hypsim",
          lambda d: d.at(15, 0, 9) and d.q.mode == "usr" and d.q.registers.get("PMUSERENR", 0) & 0xF in (2, 4, 8) and undefined(d.ours)),
    Class("Hyp mode's operations are open to Secure PL1 and to Monitor mode with SCR.NS clear", "B3.15", "hypsim",
          lambda d: d.at(15, 4) and d.q.secure and d.theirs == "executes" and undefined(d.ours)),
    Class("HCR.TID3 traps a part of the reserved identification registers alone", "B1.14.2", "open",
          lambda d: d.at(15, 0, 0) and 3 <= d.crm <= 7 and d.ours.startswith("hyp EC 0x03")),
    Class("HSR's direction of LDC and STC is that of memory, not of the coprocessor", "B3.13.6", "hypsim",
          lambda d: d.theirs[:11] == d.ours[:11] == "hyp EC 0x06" and int(d.theirs[-9:], 16) ^ int(d.ours[-9:], 16) == 1),
    Class("HCPTR.TTA does not trap the trace registers' space where there are none", "B1.14.16", "open",
          lambda d: d.at(14, 1) and undefined(d.theirs) and d.ours.startswith("hyp EC 0x05")),
    Class("AArch32_CheckSystemAccess() leaves out registers that SysRegTrap32 and 64 have: of the timers", "B8.1", "hypsim",
          lambda d: d.q.kind == "access" and d.other == d.ours),
    Class("SysRegTrap32 leaves out registers that AArch32_CheckSystemAccess() has: DBGWVRn, reserved ones of c0", "B1.14", "hypsim",
          lambda d: d.q.kind == "traps" and d.other == d.ours),
]

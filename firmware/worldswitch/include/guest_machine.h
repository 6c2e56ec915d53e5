// SPDX-License-Identifier: Apache-2.0
// What host and guests agree on: the guest's memory map (intermediate physical addresses, the same on every board), the
// hypercall numbers (the immediate of HVC) and what a guest must find in emulated registers.
#ifndef WS_GUEST_MACHINE_H
#define WS_GUEST_MACHINE_H

#define GUEST_GICD_IPA 0x08000000  // emulated in the host kernel
#define GUEST_GICC_IPA 0x08010000  // vgic: the GICV frame; v9: emulated in the host kernel
#define GUEST_USER_IPA 0x0a000000  // a device that the PL0 process emulates
#define GUEST_HOLE_IPA 0x1f000000  // nobody answers: external abort
#define GUEST_RAM_IPA 0x80000000
#define GUEST_RAM_SIZE 0x00200000
#define GUEST_FAULT_IPA 0x80100000  // page for stage2_fault and stage2_permission
#define GUEST_FLIP_IPA 0x80101000   // page that tlb_flush_vmid moves to and fro

#define GUEST_IRQ 40
#define GUEST_IPI 1
#define GUEST_VTIMER_IRQ 27
#define GUEST_SPURIOUS 1023

#define GUEST_GICD_TYPER 0x004
#define GUEST_GICD_TYPER_VALUE 0x00000001
#define GUEST_GICD_SGIR 0xf00
#define GUEST_GICC_CTLR 0x000
#define GUEST_GICC_PMR 0x004
#define GUEST_GICC_IAR 0x00c
#define GUEST_GICC_EOIR 0x010

#define GUEST_ACTLR 0x00000000
#define GUEST_L2CTLR 0x00800000  // one core, interrupt controller present
#define GUEST_USER_VALUE(offset) (0x5a000000u | (offset))
#define GUEST_FLIP_A 0xaaaa0001u
#define GUEST_FLIP_B 0xbbbb0002u

#define HC_HELLO 1       // r0: 0 A32 or 1 T32; r1: 0 no stage 1, 1 short, 2 long descriptors. Returns the VM's number
#define HC_NEXT 2        // returns r0 = row (0: nothing), r1 = iterations
#define HC_DONE 3        // r0 = 0 or the line of the check that failed; r1 = what was seen, r2 = what was expected
#define HC_PING 4        // returns r0 + 1
#define HC_NOOP 5        // leaves the run loop
#define HC_YIELD 6       // lets the other VMs run
#define HC_INJECT 7      // makes GUEST_IRQ pending
#define HC_WAKE 8        // the next WFI returns at once
#define HC_UNMAP 9       // takes the page at GUEST_FAULT_IPA away
#define HC_PROTECT 10    // makes it read-only
#define HC_FLIP 11       // r0 = what was read from GUEST_FLIP_IPA; moves the page
#define HC_ARM_TICK 12   // a physical timer interrupt soon; its IRQ exit sets r0 to 1
#define HC_RAISE_FIQ 14  // raises the virtual FIQ line
#define HC_LOWER_FIQ 15
#define HC_SECOND_READY 16  // the second VCPU waits for interrupts
#define HC_WARN 13          // r0 = vector that was taken unexpectedly

#endif

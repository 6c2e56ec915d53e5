// SPDX-License-Identifier: Apache-2.0
// A virtual machine of one virtual CPU, as the host kernel and the switch see it. The second VCPU of a VM is a struct
// vm of its own with the same VMID and stage-2 tables.
#ifndef WS_VM_H
#define WS_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hyp_bits.h"
#include "layout.h"

struct vm;

struct cp15_group_a {
  uint32_t sctlr, cpacr, ttbcr, dacr, ttbr0[2], ttbr1[2], prrr, nmrr;
};

struct cp15_group_b {
  uint32_t contextidr, tpidrurw, tpidruro, tpidrprw, dfsr, ifsr, adfsr, aifsr, dfar, ifar, vbar;
};

struct cp15_group_c {
  uint32_t cntkctl, par[2], amair0, amair1;
};

struct bank {
  uint32_t sp, lr, spsr;
};

struct fiq_bank {
  uint32_t r8_r12[5], sp, lr, spsr;
};

struct vgic_cpu {
  uint32_t hcr, vmcr, misr, eisr[2], elrsr[2], apr, lr[4];
};

struct vfp_state {
  uint64_t d[32];
  uint32_t fpexc, fpscr;
};

struct vcpu {
  uint32_t midr, mpidr;
  uint32_t hsr, hdfar, hifar, hpfar, pc_ipa, pc_ipa2;
  uint32_t irq_lines;  // HCR.VI and HCR.VF
  uint32_t hcr;        // the guest's HCR without irq_lines
  struct cp15_group_a cp15_a;
  uint32_t csselr;
  struct cp15_group_b cp15_b;
  struct cp15_group_c cp15_c;
  uint32_t r[13];
  uint32_t sp_usr, lr_usr, pc, cpsr;
  struct bank svc, abt, und, irq;
  struct fiq_bank fiq;
  struct vm* vm;
  struct vgic_cpu vgic;
  uint32_t cntv_ctl;
  uint64_t cntv_cval;
  uint32_t timer_enabled;
  struct vfp_state* host_vfp;
  struct vfp_state vfp;
};

struct irq_state {
  volatile bool pending;  // `number`, waiting for a list register or for HCR.VI; another core may set it
  uint32_t number;        // GUEST_IRQ, of a second VCPU GUEST_IPI
  bool fiq_line;          // HCR.VF
  bool active;            // v9: acknowledged, not yet ended
  uint32_t ctlr;          // v9: the emulated CPU interface
  uint32_t pmr;
};

struct vm {
  uint64_t vttbr;
  uint64_t cntvoff;
  uint64_t vmid_generation;
  uint32_t vmid;
  uint32_t number;
  uint64_t* pgd;
  const uint8_t* image;
  uint32_t image_size;
  struct irq_state irq;
  uint32_t fault_page;  // page behind GUEST_FAULT_IPA, 0 when none
  bool fault_page_read_only;
  uint32_t flip_page[2];
  uint32_t flip_index;
  bool wake;            // the next WFI does not wait
  bool tick_wait;       // the guest waits for an IRQ exit
  uint32_t tick_delay;  // counter ticks of the interrupt it waits for
  uint32_t row, iterations;
  bool row_sent, row_done;
  uint32_t fail_line, fail_seen, fail_expected;
  uint32_t exits_by_ec[HSR_EC_COUNT];
  uint32_t irq_exits;
  uint32_t cpu;         // the core that runs it
  struct vm* second;    // its second VCPU
  volatile bool ready;  // of a second VCPU: it takes interrupts
  struct vcpu vcpu;
};

#define LAYOUT(field, offset) _Static_assert(offsetof(struct vcpu, field) == (offset), #field)
LAYOUT(midr, VCPU_MIDR);
LAYOUT(mpidr, VCPU_MPIDR);
LAYOUT(hsr, VCPU_HSR);
LAYOUT(hdfar, VCPU_HDFAR);
LAYOUT(hifar, VCPU_HIFAR);
LAYOUT(hpfar, VCPU_HPFAR);
LAYOUT(pc_ipa, VCPU_PC_IPA);
LAYOUT(pc_ipa2, VCPU_PC_IPA2);
LAYOUT(irq_lines, VCPU_IRQ_LINES);
LAYOUT(hcr, VCPU_HCR);
LAYOUT(cp15_a, VCPU_CP15_A);
LAYOUT(csselr, VCPU_CSSELR);
LAYOUT(cp15_b, VCPU_CP15_B);
LAYOUT(cp15_c, VCPU_CP15_C);
LAYOUT(r, VCPU_GP);
LAYOUT(sp_usr, VCPU_SP_USR);
LAYOUT(lr_usr, VCPU_LR_USR);
LAYOUT(pc, VCPU_PC);
LAYOUT(cpsr, VCPU_CPSR);
LAYOUT(svc, VCPU_SVC);
LAYOUT(abt, VCPU_ABT);
LAYOUT(und, VCPU_UND);
LAYOUT(irq, VCPU_IRQ);
LAYOUT(fiq, VCPU_FIQ);
LAYOUT(vm, VCPU_VM);
LAYOUT(vgic, VCPU_VGIC);
LAYOUT(cntv_ctl, VCPU_CNTV_CTL);
LAYOUT(cntv_cval, VCPU_CNTV_CVAL);
LAYOUT(timer_enabled, VCPU_TIMER_ON);
LAYOUT(host_vfp, VCPU_HOST_VFP);
LAYOUT(vfp, VCPU_VFP);
_Static_assert(sizeof(struct vcpu) == VCPU_SIZE, "vcpu");
_Static_assert(offsetof(struct vm, vttbr) == VM_VTTBR, "vttbr");
_Static_assert(offsetof(struct vm, cntvoff) == VM_CNTVOFF, "cntvoff");
_Static_assert(offsetof(struct vfp_state, fpexc) == VFP_FPEXC, "fpexc");
#undef LAYOUT

#endif

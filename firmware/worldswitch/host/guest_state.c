// SPDX-License-Identifier: Apache-2.0
#include "defects.h"
#include "kernel.h"

#define HSR_CV (1u << 24)
#define SCTLR_V (1u << 13)
#define SCTLR_EE (1u << 25)
#define SCTLR_TE (1u << 30)
#define DFSR_SHORT_EXTERNAL 0x008u
#define FSR_LONG_EXTERNAL 0x210u
#define COND_ALWAYS 0xeu
#define VECTOR_UNDEFINED 0x04u
#define VECTOR_PREFETCH_ABORT 0x0cu
#define VECTOR_DATA_ABORT 0x10u
#define HIGH_VECTORS 0xffff0000u

static struct bank* bank_of(struct vcpu* vcpu, uint32_t mode) {
  switch (mode) {
    case PSR_SVC: return &vcpu->svc;
    case PSR_ABT: return &vcpu->abt;
    case PSR_UND: return &vcpu->und;
    case PSR_IRQ: return &vcpu->irq;
    default: return 0;
  }
}

uint32_t* guest_register(struct vcpu* vcpu, uint32_t number) {
  uint32_t mode = vcpu->cpsr & PSR_MODE_MASK;
  if (mode == PSR_FIQ && number >= 8) {
    return number < 13 ? &vcpu->fiq.r8_r12[number - 8] : number == 13 ? &vcpu->fiq.sp : &vcpu->fiq.lr;
  }
  if (number < 13) {
    return &vcpu->r[number];
  }
  struct bank* bank = bank_of(vcpu, mode);
  if (bank) {
    return number == 13 ? &bank->sp : &bank->lr;
  }
  return number == 13 ? &vcpu->sp_usr : &vcpu->lr_usr;
}

static uint32_t it_state(uint32_t cpsr) { return (cpsr >> 25 & 3) | (cpsr >> 8 & 0xfc); }

static bool condition_holds(uint32_t cond, uint32_t cpsr) {
  bool n = cpsr >> 31 & 1, z = cpsr >> 30 & 1, c = cpsr >> 29 & 1, v = cpsr >> 28 & 1;
  bool result;
  switch (cond >> 1) {
    case 0: result = z; break;
    case 1: result = c; break;
    case 2: result = n; break;
    case 3: result = v; break;
    case 4: result = c && !z; break;
    case 5: result = n == v; break;
    case 6: result = n == v && !z; break;
    default: return true;
  }
  return (cond & 1) ? !result : result;
}

// HSR.COND is there for EC 0x01-0x0f only, and only with CV=1; without it a Thumb guest's condition is in its IT state.
bool guest_condition_passed(const struct vcpu* vcpu) {
  uint32_t ec = vcpu->hsr >> 26;
  if (ec >> 4 != 0) {
    return true;
  }
  uint32_t cond = COND_ALWAYS;
  if (vcpu->hsr & HSR_CV) {
    cond = vcpu->hsr >> 20 & 0xf;
  } else if (it_state(vcpu->cpsr) != 0) {
    cond = it_state(vcpu->cpsr) >> 4;
  }
  return condition_holds(cond, vcpu->cpsr);
}

void guest_skip(struct vcpu* vcpu) {
  bool thumb = vcpu->cpsr & PSR_T;
  vcpu->pc += thumb && !(vcpu->hsr & HSR_IL) ? 2 : 4;
  uint32_t it = it_state(vcpu->cpsr);
  if (it != 0) {  // ARM DDI 0406C A2.5.2, ITAdvance
    it = (it & 7) == 0 ? 0 : (it & 0xe0) | (it << 1 & 0x1f);
    vcpu->cpsr = (vcpu->cpsr & ~(uint32_t)PSR_IT) | (it & 3) << 25 | (it & 0xfc) << 8;
  }
}

// ARM DDI 0406C B1.8.3: the guest's own exception entry, done by software.
static void take_exception(struct vcpu* vcpu, uint32_t mode, uint32_t return_address, uint32_t vector, uint32_t masks) {
  struct bank* bank = bank_of(vcpu, mode);
  uint32_t sctlr = vcpu->cp15_a.sctlr;
  uint32_t cleared = PSR_MODE_MASK | PSR_IT | PSR_J | PSR_T | PSR_E;
  bank->spsr = vcpu->cpsr;
  bank->lr = return_address;
  vcpu->cpsr = (vcpu->cpsr & ~cleared) | mode | masks;
  vcpu->cpsr |= (sctlr & SCTLR_TE ? PSR_T : 0) | (sctlr & SCTLR_EE ? PSR_E : 0);
  vcpu->pc = (sctlr & SCTLR_V ? HIGH_VECTORS : vcpu->cp15_b.vbar) + vector;
}

void guest_inject_undefined(struct vcpu* vcpu) {
  uint32_t size = vcpu->cpsr & PSR_T ? 2 : 4;
  uint32_t return_address = WS_DEFECT_INJECT_LR ? vcpu->pc - size : vcpu->pc + size;
  take_exception(vcpu, PSR_UND, return_address, VECTOR_UNDEFINED, PSR_I);
}

static uint32_t external_abort_status(const struct vcpu* vcpu) {
  return vcpu->cp15_a.ttbcr & TTBCR_EAE ? FSR_LONG_EXTERNAL : DFSR_SHORT_EXTERNAL;
}

void guest_inject_data_abort(struct vcpu* vcpu, uint32_t address) {
  uint32_t return_address = vcpu->pc + 8;
  if (WS_DEFECT_INJECT_LR) {
    return_address = vcpu->pc + (vcpu->cpsr & PSR_T ? 4 : 0);
  }
  vcpu->cp15_b.dfsr = external_abort_status(vcpu);
  vcpu->cp15_b.dfar = address;
  take_exception(vcpu, PSR_ABT, return_address, VECTOR_DATA_ABORT, PSR_I | PSR_A);
}

void guest_inject_prefetch_abort(struct vcpu* vcpu, uint32_t address) {
  vcpu->cp15_b.ifsr = external_abort_status(vcpu);
  vcpu->cp15_b.ifar = address;
  take_exception(vcpu, PSR_ABT, vcpu->pc + 4, VECTOR_PREFETCH_ABORT, PSR_I | PSR_A);
}

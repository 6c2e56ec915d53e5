// SPDX-License-Identifier: Apache-2.0
// Accesses to addresses without memory: the kernel's own devices first, then the PL0 process, then nobody.
#include "guest_machine.h"
#include "kernel.h"

#define HSR_CM (1u << 8)
#define HSR_WNR (1u << 6)
#define HSR_SSE (1u << 21)
#define FRAME_SIZE 0x1000u
#define CPU_INTERFACE_SIZE 0x2000u
#define RT_PC 15u

extern char __user_stack_top[];

static bool decode_syndrome(struct vcpu* vcpu, struct mmio* mmio) {
  uint32_t hsr = vcpu->hsr;
  if (!(hsr >> HSR_ISV_BIT & 1)) {
    return false;
  }
  mmio->size = 1u << (hsr >> 22 & 3);
  mmio->sign_extend = hsr & HSR_SSE;
  mmio->write = hsr & HSR_WNR;
  mmio->rt = hsr >> 16 & 0xf;
  mmio->value = mmio->write ? *guest_register(vcpu, mmio->rt) : 0;
  return true;
}

static bool distributor(struct vm* vm, struct mmio* mmio) {
  if (mmio->write && mmio->address - GUEST_GICD_IPA == GUEST_GICD_SGIR) {
    smp_send_ipi(vm);
  }
  mmio->value = mmio->address - GUEST_GICD_IPA == GUEST_GICD_TYPER ? GUEST_GICD_TYPER_VALUE : 0;
  return true;
}

static bool in_user_process(struct mmio* mmio) {
  user_request.address = mmio->address;
  user_request.size = mmio->size;
  user_request.write = mmio->write;
  user_request.value = mmio->value;
  user_request.handled = false;
  user_call(user_main, __user_stack_top);
  mmio->value = user_request.value;
  return user_request.handled;
}

static bool perform(struct vm* vm, struct mmio* mmio) {
  if (mmio->address - GUEST_GICD_IPA < FRAME_SIZE) {
    return distributor(vm, mmio);
  }
  if (mmio->address - GUEST_GICC_IPA < CPU_INTERFACE_SIZE) {
    return flavour.cpu_interface(vm, mmio);
  }
  return in_user_process(mmio);
}

static uint32_t extend(const struct mmio* mmio) {
  uint32_t unused = 32 - mmio->size * 8;
  uint32_t high = mmio->value << unused;
  return mmio->sign_extend ? (uint32_t)((int32_t)high >> unused) : high >> unused;
}

int emulate_mmio(struct vm* vm, uint32_t ipa) {
  struct vcpu* vcpu = &vm->vcpu;
  struct mmio mmio = {.address = ipa};
  if (vcpu->hsr & (HSR_CM | HSR_S1PTW)) {
    guest_inject_data_abort(vcpu, vcpu->hdfar);
    return 1;
  }
  if (!decode_syndrome(vcpu, &mmio) && !flavour.no_syndrome(vm, ipa, &mmio)) {
    run_reason = RUN_INTERNAL_ERROR;
    return 0;
  }
  if (mmio.rt == RT_PC || !perform(vm, &mmio)) {
    guest_inject_data_abort(vcpu, vcpu->hdfar);
    return 1;
  }
  if (!mmio.write) {
    *guest_register(vcpu, mmio.rt) = extend(&mmio);
  }
  guest_skip(vcpu);
  return 1;
}

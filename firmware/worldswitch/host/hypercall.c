// SPDX-License-Identifier: Apache-2.0
#include "cp15.h"
#include "guest_machine.h"
#include "kernel.h"
#include "rows.h"

#define HVC_IMMEDIATE 0xffffu
#define TICKS_A_SECOND_SHARE 20000u  // 50 microseconds

static int leave(enum run_reason reason) {
  run_reason = reason;
  return 0;
}

static void hello(struct vm* vm) {
  static const char* const stage1[] = {"off", "short descriptors", "long descriptors"};
  uint32_t* r = vm->vcpu.r;
  print("vm%u: %s, stage 1 %s\n", vm->number, r[0] ? "T32" : "A32", stage1[r[1] % 3]);
  r[0] = vm->number;
}

static void note_failure(struct vm* vm, uint32_t line, uint32_t seen, uint32_t expected) {
  if (!vm->fail_line) {
    vm->fail_line = line;
    vm->fail_seen = seen;
    vm->fail_expected = expected;
  }
}

// A row is sent once; counters start with it. In vmid_rollover the generation ended just before this entry: the guest
// must have run with a VMID of the new one.
static void next_row(struct vm* vm) {
  uint32_t* r = vm->vcpu.r;
  if (need_new_vmid_gen(vm)) {
    note_failure(vm, __LINE__, (uint32_t)vm->vmid_generation, (uint32_t)vmid_generation());
  }
  for (uint32_t i = 0; i < HSR_EC_COUNT; i++) {
    vm->exits_by_ec[i] = 0;
  }
  vm->irq_exits = 0;
  vm->row_sent = true;
  r[0] = vm->row;
  r[1] = vm->iterations;
}

static void unmap_fault_page(struct vm* vm) {
  if (vm->fault_page) {
    stage2_unmap(vm, GUEST_FAULT_IPA);
    flavour.flush_vmid(vm);
    page_free(vm->fault_page);
    vm->fault_page = 0;
    vm->fault_page_read_only = false;
  }
}

static void protect_fault_page(struct vm* vm) {
  if (vm->fault_page) {
    stage2_map(vm, GUEST_FAULT_IPA, vm->fault_page, false, false);
    vm->fault_page_read_only = true;
    flavour.flush_vmid(vm);
  }
}

static inline void measured_flush(struct vm* vm) {
  register uint32_t row __asm__("r12") = ROW_tlb_flush_vmid;
  __asm__ volatile("dbg #1" : : "r"(row) : "memory");
  flavour.flush_vmid(vm);
  register uint32_t row_end __asm__("r12") = ROW_tlb_flush_vmid;
  __asm__ volatile("dbg #2" : : "r"(row_end) : "memory");
}

static void flip(struct vm* vm) {
  uint32_t expected = vm->flip_index ? GUEST_FLIP_B : GUEST_FLIP_A;
  if (vm->vcpu.r[0] != expected) {
    note_failure(vm, __LINE__, vm->vcpu.r[0], expected);
  }
  vm->flip_index ^= 1;
  stage2_map(vm, GUEST_FLIP_IPA, vm->flip_page[vm->flip_index], true, false);
  measured_flush(vm);
}

static void done(struct vm* vm) {
  uint32_t* r = vm->vcpu.r;
  if (r[0]) {
    note_failure(vm, r[0], r[1], r[2]);
  }
  vm->row_done = true;
}

static void arm_tick(struct vm* vm) {
  vm->tick_wait = true;
  vm->tick_delay = read_cntfrq() / TICKS_A_SECOND_SHARE;
  vm->vcpu.r[0] = 0;
  tick_arm(vm->tick_delay);
}

int handle_hypercall(struct vm* vm) {
  switch (vm->vcpu.hsr & HVC_IMMEDIATE) {
    case HC_PING: vm->vcpu.r[0]++; return 1;
    case HC_NOOP: return leave(RUN_NOOP);
    case HC_YIELD: return leave(RUN_YIELD);
    case HC_HELLO: hello(vm); return 1;
    case HC_NEXT:
      if (vm->row_sent || vm->row == 0) {
        vm->vcpu.pc -= 4;  // nothing to do yet: it asks again
        return leave(RUN_YIELD);
      }
      next_row(vm);
      return 1;
    case HC_DONE: done(vm); return leave(RUN_DONE);
    case HC_INJECT: vm->irq.pending = true; return 1;
    case HC_RAISE_FIQ: vm->irq.fiq_line = true; return 1;
    case HC_LOWER_FIQ: vm->irq.fiq_line = false; return 1;
    case HC_WAKE: vm->wake = true; return 1;
    case HC_UNMAP: unmap_fault_page(vm); return 1;
    case HC_PROTECT: protect_fault_page(vm); return 1;
    case HC_FLIP: flip(vm); return 1;
    case HC_ARM_TICK: arm_tick(vm); return 1;
    case HC_SECOND_READY: vm->ready = true; return 1;
    case HC_WARN: fail("vm%u took vector 0x%x at 0x%x", vm->number, vm->vcpu.r[0], vm->vcpu.r[1]);
    default: guest_inject_undefined(&vm->vcpu); return 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
// The run loop. A function's result says what next: < 0 error, 0 back to the caller, > 0 another turn.
#include "cp15.h"
#include "defects.h"
#include "kernel.h"

enum run_reason run_reason;
void (*run_preempted_by)(void);

static void preemption_point(void) {
  void (*function)(void) = run_preempted_by;
  run_preempted_by = 0;
  if (function) {
    function();
  }
}

// With IRQs masked: what may have changed since update_vttbr.
static int pre_guest_enter(struct vm* vm) {
  if (!WS_DEFECT_NO_VMID_RECHECK && need_new_vmid_gen(vm)) {
    return 1;
  }
  if (vm->tick_wait && !tick_armed()) {
    vm->tick_delay *= 2;  // it fired in the host: no IRQ exit came of it
    tick_arm(vm->tick_delay);
  }
  return 0;
}

static void after_irq_exit(struct vm* vm) {
  vm->irq_exits++;
  if (vm->tick_wait && !tick_armed()) {
    vm->tick_wait = false;
    vm->vcpu.r[0] = 1;
  }
}

int vcpu_run(struct vm* vm) {
  int ret;
  run_reason = RUN_UNKNOWN;
  do {
    update_vttbr(vm);
    preemption_point();
    irq_disable();
    ret = pre_guest_enter(vm);
    if (ret != 0) {
      irq_enable();
      continue;
    }
    flavour.irq_flush(vm);
    int code = flavour.enter(&vm->vcpu);
    flavour.irq_sync(vm);
    irq_enable();  // the tick's interrupt is taken here, unless the back door has served it
    if (code == EXIT_IRQ) {
      after_irq_exit(vm);
    }
    ret = handle_exit(vm, code);
  } while (ret > 0);
  return ret;
}

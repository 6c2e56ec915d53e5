// SPDX-License-Identifier: Apache-2.0
// The cores that run the host kernel. The second one is started by PSCI for the row that needs it; it runs one VCPU, or
// a function that must happen on every core, or sleeps.
#include "cp15.h"
#include "kernel.h"

#define PSCI_CPU_ON 0x84000003u
#define SECOND 1u

extern const uint32_t secondary_start[];
static volatile bool online;
static struct vm* volatile running;  // what the second core shall run
static volatile bool idle = true;
static void (*volatile called)(void);

static uint32_t psci(uint32_t function, uint32_t argument1, uint32_t argument2, uint32_t argument3) {
  register uint32_t r0 __asm__("r0") = function;
  register uint32_t r1 __asm__("r1") = argument1;
  register uint32_t r2 __asm__("r2") = argument2;
  register uint32_t r3 __asm__("r3") = argument3;
  __asm__ volatile(".arch_extension sec\n\tsmc #0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : : "memory");
  return r0;
}

bool smp_start(void) {
  if (!online) {
    if (psci(PSCI_CPU_ON, SECOND, (uint32_t)secondary_start, 0) != 0) {
      return false;
    }
    while (!online) {
    }
    dmb();
  }
  return true;
}

void on_each_cpu(void (*function)(void)) {
  function();
  if (online) {
    called = function;
    gic_send_sgi(SECOND);
    while (called) {
    }
    dmb();
  }
}

void smp_run(struct vm* second) {
  idle = false;
  running = second;
  gic_send_sgi(SECOND);
  while (!second->ready) {
  }
  dmb();
}

void smp_stop(void) {
  running = 0;
  gic_send_sgi(SECOND);
  while (!idle) {
  }
  dmb();
}

// As KVM does: the interrupt is noted at its target, and the target's core is taken out of the guest to see it.
void smp_send_ipi(struct vm* vm) {
  if (vm->second) {
    vm->second->irq.pending = true;
    gic_send_sgi(vm->second->cpu);
  }
}

static void serve_call(void) {
  void (*function)(void) = called;
  if (function) {
    function();
    dmb();
    called = 0;
  }
}

static void run_second(struct vm* vm) {
  while (running == vm) {
    serve_call();
    irq_disable();
    flavour.irq_flush(vm);
    int code = flavour.enter(&vm->vcpu);
    flavour.irq_sync(vm);
    irq_enable();
    if (handle_exit(vm, code) <= 0) {
      fail("the second VCPU of vm%u stopped, HSR 0x%x, PC 0x%x", vm->number, vm->vcpu.hsr, vm->vcpu.pc);
    }
  }
}

// The second core, in SVC with its MMU on.
void secondary_main(void) {
  hyp_start(SECOND);
  gic_init();
  flavour.boot();
  dmb();
  online = true;
  for (;;) {
    struct vm* vm = running;
    serve_call();
    if (vm) {
      run_second(vm);
      dmb();
      idle = true;
      continue;
    }
    irq_disable();
    if (!running && !called) {
      wfi();
    }
    irq_enable();
  }
}

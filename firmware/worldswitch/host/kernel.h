// SPDX-License-Identifier: Apache-2.0
// The host kernel's parts, one paragraph a file.
#ifndef WS_KERNEL_H
#define WS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "vm.h"

// console.c: %s %u %x and %c, no widths.
void console_init(void);
void print(const char* format, ...);

// semihost.c
#define EXIT_STATUS_OK 0
#define EXIT_STATUS_FAILED 1
#define EXIT_STATUS_USAGE 2
#define EXIT_STATUS_NO_HYP 3
bool semihost_command_line(char* buffer, uint32_t size);
void semihost_exit(int status) __attribute__((noreturn));

// main.c: one line with the reason, then the exit code.
void hyp_start(uint32_t cpu);
void fail(const char* format, ...) __attribute__((noreturn));
const char* find_option(const char* key);

// mmu.c: tables are made once, then each core goes on.
void mmu_enable(void);
void mmu_on(void);
uint32_t hyp_page_table(void);

// gic.c: the physical interrupt controller and the tick, a one-shot physical timer.
void gic_init(void);
void gic_enable_ppi(uint32_t irq);
void gic_set_active(uint32_t irq, bool active);
void gic_send_sgi(uint32_t cpu);
void tick_arm(uint32_t delay);
bool tick_armed(void);

// pages.c: page frames of guests and of tables, zeroed and cleaned to the point of coherency.
uint32_t page_alloc(void);
void page_free(uint32_t page);
void page_clean(uint32_t page);

// stage2.c: translations of a VM. Callers flush.
void stage2_map(struct vm* vm, uint32_t ipa, uint32_t pa, bool writable, bool device);
void stage2_unmap(struct vm* vm, uint32_t ipa);
uint32_t stage2_lookup(struct vm* vm, uint32_t ipa);  // page frame, 0 when not mapped
void stage2_new_root(struct vm* vm);

// vmid.c
bool need_new_vmid_gen(const struct vm* vm);
void update_vttbr(struct vm* vm);
uint64_t vmid_generation(void);

// smp.c
#define CPU_COUNT 2
void on_each_cpu(void (*function)(void));
bool smp_start(void);             // false: there is no second core, or no PSCI to start it
void smp_run(struct vm* second);  // returns when the guest is ready, and goes on running it on the second core
void smp_stop(void);
void smp_send_ipi(struct vm* vm);  // to the VM's second VCPU

// vm.c
#define VM_COUNT 3
#define LIGHT_VM_COUNT 300
extern struct vm vms[VM_COUNT];
extern struct vm light_vms[LIGHT_VM_COUNT];
extern struct vm second_vcpus[VM_COUNT];
void vms_create(void);

// run.c: > 0 go on, 0 back to the caller with the reason in run_reason, < 0 error. Names of the reasons as in KVM.
enum run_reason { RUN_UNKNOWN, RUN_NOOP, RUN_YIELD, RUN_DONE, RUN_INTERNAL_ERROR };
extern enum run_reason run_reason;
extern void (*run_preempted_by)(void);  // what runs, once, between the VMID check and the masking of IRQs
int vcpu_run(struct vm* vm);

// exit.c
int handle_exit(struct vm* vm, int code);

// guest_state.c: registers and exceptions of a guest that does not run.
uint32_t* guest_register(struct vcpu* vcpu, uint32_t number);
bool guest_condition_passed(const struct vcpu* vcpu);
void guest_skip(struct vcpu* vcpu);
void guest_inject_undefined(struct vcpu* vcpu);
void guest_inject_data_abort(struct vcpu* vcpu, uint32_t address);
void guest_inject_prefetch_abort(struct vcpu* vcpu, uint32_t address);

// emulate_cp15.c
int emulate_cp15(struct vm* vm);

// mmio.c
struct mmio {
  uint32_t address, size, value;
  bool write, sign_extend;
  uint32_t rt;
};
int emulate_mmio(struct vm* vm, uint32_t ipa);

// hypercall.c
int handle_hypercall(struct vm* vm);

// rows.c
void run_rows(void);

// user_process.c and vectors.S: the PL0 process.
struct user_request {
  uint32_t address, size, value;
  bool write, handled;
};
extern struct user_request user_request;
void user_main(void);
uint32_t user_call(void (*entry)(void), void* stack);
void host_fiq_fill(uint32_t first);
uint32_t host_fiq_check(uint32_t first);

// flavour_v9.c or flavour_vgic.c: what differs between the two builds.
struct flavour {
  const char* name;
  uint32_t vtcr;
  uint32_t vttbr_x;
  uint32_t hcr;
  void (*boot)(void);               // after the Hyp regime is up
  int (*enter)(struct vcpu* vcpu);  // the world switch: returns the exit code
  void (*flush_vmid)(struct vm* vm);
  void (*flush_context)(void);  // one generation's end
  void (*create)(struct vm* vm);
  void (*irq_flush)(struct vm* vm);  // before entry, IRQs masked
  void (*irq_sync)(struct vm* vm);   // after exit, IRQs masked
  bool (*cpu_interface)(struct vm* vm, struct mmio* mmio);
  bool (*no_syndrome)(struct vm* vm, uint32_t ipa, struct mmio* mmio);  // ISV=0: finds the access or says it cannot
  bool (*has_row)(uint32_t row);
  bool (*host_intact)(void);  // the host's own state after many switches
};
extern const struct flavour flavour;
extern const uint32_t hyp_vectors[] __asm__("abi.hyp_vectors");
void hyp_bring_up(uint32_t httbr, const uint32_t* hvbar, void* stack, uint32_t vtcr);

#endif

// SPDX-License-Identifier: Apache-2.0
// Runs the rows one after the other, each on every VM, and judges them.
#include "rows.h"
#include "guest_machine.h"
#include "kernel.h"

#define DEFAULT_ITERATIONS 32u
#define LIGHT_RESULT(number) (((number)-VM_COUNT) % 2 ? 0x11u : 0x22u)

struct row {
  uint32_t id;
  const char* name;
  bool measured;
};

static const struct row rows[] = {
#define ROW(id, name) {id, #name, true},
#define CHECK(id, name) {id, #name, false},
#include "rows.def"
#undef ROW
#undef CHECK
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

// The profiler reads these lines from the ELF; nothing loads them.
#define CHECK(id, name)
#define ROW(id, name) \
  __asm__(".pushsection .hypsim.markers,\"\",%progbits\n\t.ascii \"" #id " " #name "\\n\"\n\t.popsection");
#include "rows.def"
#undef ROW
#undef CHECK

static void mark_begin(uint32_t id) {
  register uint32_t row __asm__("r12") = id;
  __asm__ volatile("dbg #1" : : "r"(row) : "memory");
}

static void mark_end(uint32_t id) {
  register uint32_t row __asm__("r12") = id;
  __asm__ volatile("dbg #2" : : "r"(row) : "memory");
}

// --- what the counters must show after a row that ran in a guest

static bool counters_right(const struct row* row, const struct vm* vm) {
  const uint32_t* exits = vm->exits_by_ec;
  switch (row->id) {
    case ROW_hvc: return exits[HSR_EC_HVC] == vm->iterations + 1;
    case ROW_trap: return exits[HSR_EC_CP15_32] == 0;
    case ROW_mmio_read_user:
    case ROW_mmio_read_vgic:
    case ROW_stage2_fault: return exits[HSR_EC_DABT] >= vm->iterations;
    case ROW_wfi: return exits[HSR_EC_WFI] == vm->iterations;
    case ROW_cp15_trap: return exits[HSR_EC_CP15_32] == vm->iterations;
    case ROW_irq_exit: return vm->irq_exits >= vm->iterations;
    default: return true;
  }
}

static void start_row(const struct row* row, uint32_t iterations) {
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    vms[i].row = row->id;
    vms[i].iterations = iterations;
    vms[i].row_sent = false;
    vms[i].row_done = false;
    vms[i].fail_line = 0;
  }
}

static void judge(const struct row* row) {
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    const struct vm* vm = &vms[i];
    if (vm->fail_line) {
      fail("%s: vm%u: line %u: saw 0x%x, expected 0x%x", row->name, i, vm->fail_line, vm->fail_seen, vm->fail_expected);
    }
    if (!counters_right(row, vm)) {
      fail("%s: vm%u: exits not as expected", row->name, i);
    }
  }
}

static void run_one(const struct row* row, struct vm* vm) {
  if (vcpu_run(vm) < 0 || run_reason == RUN_INTERNAL_ERROR) {
    fail("%s: vm%u: internal error, HSR 0x%x, PC 0x%x", row->name, vm->number, vm->vcpu.hsr, vm->vcpu.pc);
  }
}

static void run_in_guests(const struct row* row) {
  uint32_t left = VM_COUNT;
  while (left > 0) {
    left = 0;
    for (uint32_t i = 0; i < VM_COUNT; i++) {
      if (!vms[i].row_done) {
        run_one(row, &vms[i]);
        left += !vms[i].row_done;
      }
    }
  }
}

// --- rows that the host drives

static void run_noop_guest(const struct row* row, uint32_t iterations) {
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    run_one(row, &vms[i]);  // takes the row and stops at its first HC_NOOP
    for (uint32_t n = 0; n < iterations; n++) {
      mark_begin(row->id);
      run_one(row, &vms[i]);
      mark_end(row->id);
      if (run_reason != RUN_NOOP) {
        fail("%s: vm%u did not come back with its own call", row->name, i);
      }
    }
  }
}

static void run_light(const struct row* row, struct vm* vm) {
  vm->vcpu.r[4] = vm->number;
  vm->vcpu.r[0] = 0;
  run_one(row, vm);
  if (run_reason != RUN_NOOP || vm->vcpu.r[0] != (vm->number << 8 | LIGHT_RESULT(vm->number))) {
    fail("%s: vm%u ran another VM's code: saw 0x%x", row->name, vm->number, vm->vcpu.r[0]);
  }
}

// Lends VMIDs, without running anybody, until the last one of the generation is gone. Returns the VM that comes next.
static struct vm* use_up_generation(void) {
  uint64_t generation = vmid_generation();
  uint32_t lent = 0;
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    lent += !need_new_vmid_gen(&vms[i]);
  }
  for (uint32_t i = 0; i < LIGHT_VM_COUNT; i++) {
    lent += !need_new_vmid_gen(&light_vms[i]);
  }
  for (uint32_t i = 0; i < LIGHT_VM_COUNT; i++) {
    if (!need_new_vmid_gen(&light_vms[i])) {
      continue;
    }
    if (lent++ == 255) {
      return &light_vms[i];
    }
    update_vttbr(&light_vms[i]);
    if (vmid_generation() != generation) {
      fail("vmid_rollover: the generation ended early");
    }
  }
  fail("vmid_rollover: the generation did not end");
}

static void end_generation_elsewhere(void) { update_vttbr(use_up_generation()); }

static void run_all_light(const struct row* row) {
  for (uint32_t i = 0; i < LIGHT_VM_COUNT; i++) {
    run_light(row, &light_vms[i]);
  }
}

static void run_vmid_rollover(const struct row* row, uint32_t iterations) {
  uint64_t generation = vmid_generation();
  run_all_light(row);
  run_all_light(row);
  if (vmid_generation() == generation) {
    fail("%s: no new generation", row->name);
  }
  for (uint32_t n = 0; n < iterations; n++) {
    struct vm* vm = use_up_generation();
    generation = vmid_generation();
    mark_begin(row->id);
    update_vttbr(vm);
    mark_end(row->id);
    if (vmid_generation() == generation || vm->vmid != 1) {
      fail("%s: no new generation", row->name);
    }
    run_light(row, vm);
  }
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    run_preempted_by = end_generation_elsewhere;
    run_one(row, &vms[i]);
  }
}

// A VM that has not run yet: its first VCPU makes the tables that the second one uses. Without a row it comes back when
// it asks for one.
static void set_up(const struct row* row, struct vm* vm) {
  if (vm->vcpu.pc == GUEST_RAM_IPA) {
    vm->row = 0;
    run_one(row, vm);
    vm->row = row->id;
  }
}

// One VM after the other with two VCPUs, the second on the second core.
static void run_ipi(const struct row* row) {
  for (uint32_t i = 0; i < VM_COUNT; i++) {
    struct vm* vm = &vms[i];
    set_up(row, vm);
    update_vttbr(vm);
    vm->second->vttbr = vm->vttbr;
    vm->second->vmid = vm->vmid;
    vm->second->vmid_generation = vm->vmid_generation;
    smp_run(vm->second);
    while (!vm->row_done) {
      run_one(row, vm);
    }
    smp_stop();
  }
}

static void run_row(const struct row* row, uint32_t iterations) {
  if (!flavour.has_row(row->id)) {
    print("%s %s: not in this build\n", row->measured ? "row" : "check", row->name);
    return;
  }
  if (row->id == ROW_ipi && !smp_start()) {
    print("row %s: needs two cores\n", row->name);
    return;
  }
  start_row(row, row->measured ? iterations : 1);
  if (row->id == ROW_noop_guest) {
    run_noop_guest(row, iterations);
  }
  if (row->id == ROW_ipi) {
    run_ipi(row);
  }
  if (row->id == ROW_vmid_rollover) {
    run_vmid_rollover(row, iterations);
  }
  run_in_guests(row);
  judge(row);
  if (row->measured) {
    print("row %s: %u VMs, %u iterations, ok\n", row->name, VM_COUNT, iterations);
  } else {
    print("check %s: %u VMs, ok\n", row->name, VM_COUNT);
  }
}

// --- options

static uint32_t option_number(const char* key, uint32_t otherwise) {
  const char* text = find_option(key);
  uint32_t value = 0;
  if (!text) {
    return otherwise;
  }
  for (; *text >= '0' && *text <= '9'; text++) {
    value = value * 10 + (uint32_t)(*text - '0');
  }
  return value;
}

// The length of the list's entry when it begins with this name; 0 when it does not.
static uint32_t match(const char* list, const char* name) {
  uint32_t length = 0;
  while (name[length] && name[length] == list[length]) {
    length++;
  }
  bool whole = !name[length] && (list[length] == ',' || list[length] == ' ' || !list[length]);
  return whole ? length : 0;
}

static const char* next_entry(const char* list) {
  while (*list && *list != ',' && *list != ' ') {
    list++;
  }
  return *list == ',' ? list + 1 : 0;
}

static bool chosen(const char* list, const struct row* row) {
  if (!list) {
    return true;
  }
  for (const char* at = list; at; at = next_entry(at)) {
    if (match(at, row->name)) {
      return true;
    }
  }
  return false;
}

static void check_names(const char* list) {
  for (const char* at = list; at; at = next_entry(at)) {
    bool known = false;
    for (uint32_t i = 0; i < ROW_COUNT; i++) {
      known = known || match(at, rows[i].name);
    }
    if (!known) {
      print("rows=%s: unknown row in the list\n", list);
      semihost_exit(EXIT_STATUS_USAGE);
    }
  }
}

void run_rows(void) {
  uint32_t iterations = option_number("iterations", DEFAULT_ITERATIONS);
  const char* list = find_option("rows");
  if (iterations == 0) {
    print("iterations: want a number from 1\n");
    semihost_exit(EXIT_STATUS_USAGE);
  }
  check_names(list);
  for (uint32_t i = 0; i < ROW_COUNT; i++) {
    if (chosen(list, &rows[i])) {
      run_row(&rows[i], iterations);
    }
  }
}

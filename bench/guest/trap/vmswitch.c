/* SPDX-License-Identifier: Apache-2.0
 * Switches between VMs that differ in their VMID: Hyp writes VTTBR, the VM uses four pages. The parameter is the number
 * of VMs, at most 255. However many there are, a turn makes 256 switches and touches 1024 pages: only whose they are
 * changes. The turn ends as a generation of VMIDs does, with TLBIALLNSNHIS. */
#include "traps.h"

#define MOST_VMS 255u
#define DEFAULT_VMS 8u
#define SWITCHES 256u
#define PAGES_OF_SWITCH 4u
#define ROLL_OVER ~0u

const char kBenchName[] = "vmswitch";
const uint32_t kBenchExpected = SWITCHES * PAGES_OF_SWITCH / 2 * (SWITCHES * PAGES_OF_SWITCH - 1);
const uint32_t kBenchTurns = 4;
const uint32_t kHcrBits = 0;

void hyp_handler(Frame* frame) {
  if (HSR_EC(read_hsr()) != EC_HVC) unexpected_trap();
  const uint32_t vmid = frame->r[0];
  if (vmid == ROLL_OVER) {
    dsb();
    __asm__ volatile("mcr p15, 4, %0, c8, c3, 4" : : "r"(0) : "memory"); /* TLBIALLNSNHIS */
    dsb();
  } else {
    __asm__ volatile("mcrr p15, 6, %0, %1, c2" : : "r"((uint32_t)stage2_root), "r"(vmid << 16) : "memory"); /* VTTBR */
  }
  isb();
}

void bench_prepare(void) {
  for (uint32_t i = 0; i < SWITCHES * PAGES_OF_SWITCH; ++i) *(volatile uint32_t*)(WINDOW + PAGE_SIZE * i) = i;
}

uint32_t bench_turn(void) {
  const uint32_t vms = bench_parameter == 0 ? DEFAULT_VMS : bench_parameter > MOST_VMS ? MOST_VMS : bench_parameter;
  uint32_t sum = 0, vmid = 1;
  for (uint32_t i = 0; i < SWITCHES; ++i) {
    hypercall(vmid);
    if (++vmid > vms) vmid = 1;
    const uint32_t first = i * PAGES_OF_SWITCH;
    for (uint32_t page = first; page < first + PAGES_OF_SWITCH; ++page)
      sum += *(volatile uint32_t*)(WINDOW + PAGE_SIZE * page);
  }
  hypercall(ROLL_OVER);
  return sum;
}

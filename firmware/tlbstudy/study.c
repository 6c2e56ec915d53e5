// SPDX-License-Identifier: Apache-2.0
// What TLB maintenance costs, by operation, by the number of live entries and by the number of cores, and what
// refilling costs afterwards. Everything is measured from outside, between markers; nothing here reads a clock.
#include "study.h"

#include <stdbool.h>
#include <stdint.h>

#define DATA_VA 0x80000000u
#define DATA_IPA 0x48000000u
#define PAGES 512u
#define REPEATS 5u
#define VM_PAGES 16u
#define MOST_CORES 4u

#define DESC_TABLE 3u
#define DESC_BLOCK 1u
#define DESC_PAGE 3u
#define AF (1u << 10)
#define SH_INNER (3u << 8)
#define NOT_GLOBAL (1u << 11)
#define DEVICE (1u << 2)
#define AP_SBO (1u << 6)  // of the Hyp regime
#define XN (1ull << 54)
#define S2_NORMAL (0xfu << 2 | 3u << 6)
#define S2_DEVICE (1u << 2 | 3u << 6)

uint64_t hyp_root[4] __attribute__((aligned(4096)));
uint64_t guest_root[4] __attribute__((aligned(4096)));
uint64_t stage2_root[4] __attribute__((aligned(4096)));
static uint64_t guest_level2[512] __attribute__((aligned(4096)));
static uint64_t guest_level3[PAGES] __attribute__((aligned(4096)));
static uint64_t stage2_level2[512] __attribute__((aligned(4096)));
static uint64_t stage2_level3[PAGES] __attribute__((aligned(4096)));

extern const uint32_t secondary_start[];

// Device below 1 GB, memory from 1 GB on, and at 2 GB the data: pages in both stages, not global.
void make_tables(void) {
  hyp_root[0] = AF | AP_SBO | DEVICE | DESC_BLOCK | XN;
  hyp_root[1] = 0x40000000u | AF | AP_SBO | SH_INNER | DESC_BLOCK;
  guest_root[0] = AF | DEVICE | DESC_BLOCK | XN;
  guest_root[1] = 0x40000000u | AF | SH_INNER | DESC_BLOCK;
  guest_root[2] = (uint32_t)guest_level2 | DESC_TABLE;
  guest_level2[0] = (uint32_t)guest_level3 | DESC_TABLE;
  stage2_root[0] = AF | S2_DEVICE | DESC_BLOCK | XN;
  stage2_root[1] = (uint32_t)stage2_level2 | DESC_TABLE;
  for (uint32_t i = 0; i < 512; i++) {
    stage2_level2[i] = (0x40000000u + (i << 21)) | AF | SH_INNER | S2_NORMAL | DESC_BLOCK;
  }
  stage2_level2[(DATA_IPA - 0x40000000u) >> 21] = (uint32_t)stage2_level3 | DESC_TABLE;
  for (uint32_t i = 0; i < PAGES; i++) {
    guest_level3[i] = (DATA_IPA + (i << 12)) | AF | SH_INNER | NOT_GLOBAL | DESC_PAGE;
    stage2_level3[i] = (DATA_IPA + (i << 12)) | AF | SH_INNER | S2_NORMAL | DESC_PAGE;
  }
}

// --- markers, barriers, calls

static inline void begin(uint32_t row) {
  register uint32_t r12 __asm__("r12") = row;
  __asm__ volatile("dbg #1" : : "r"(r12) : "memory");
}

static inline void end(uint32_t row) {
  register uint32_t r12 __asm__("r12") = row;
  __asm__ volatile("dbg #2" : : "r"(r12) : "memory");
}

static inline void complete(void) { __asm__ volatile("dsb\n\tisb" : : : "memory"); }

static void hyp_call(uint32_t call, uint32_t argument, uint32_t row) {
  register uint32_t r0 __asm__("r0") = call;
  register uint32_t r1 __asm__("r1") = argument;
  register uint32_t r12 __asm__("r12") = row;
  __asm__ volatile(".arch_extension virt\n\thvc #0" : "+r"(r0), "+r"(r1) : "r"(r12) : "memory", "cc");
}

static uint32_t psci_cpu_on(uint32_t core) {
  register uint32_t r0 __asm__("r0") = 0x84000003u;
  register uint32_t r1 __asm__("r1") = core;
  register uint32_t r2 __asm__("r2") = (uint32_t)secondary_start;
  register uint32_t r3 __asm__("r3") = 0;
  __asm__ volatile(".arch_extension sec\n\tsmc #0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : : "memory");
  return r0;
}

static void __attribute__((noreturn)) leave(void) {
  static const uint32_t block[2] = {0x20026, 0};  // ADP_Stopped_ApplicationExit, 0
  register uint32_t r0 __asm__("r0") = 0x20;      // SYS_EXIT_EXTENDED
  register const uint32_t* r1 __asm__("r1") = block;
  __asm__ volatile("svc #0x123456" : : "r"(r0), "r"(r1) : "memory", "lr");
  for (;;) {
  }
}

// --- the work: one word of each page, on lines of different sets

static void __attribute__((noinline, aligned(64))) touch_from(uint32_t first, uint32_t pages) {
  const volatile uint32_t* word = (const volatile uint32_t*)(DATA_VA + (first << 12));
  for (uint32_t i = 0; i < pages; i++) {
    (void)*word;
    word += (4096 + 64) / 4;
    if (i % 63 == 62) {
      word -= 63 * 64 / 4;
    }
  }
}

static void touch(uint32_t pages) { touch_from(0, pages); }

// --- operations

enum operation { NONE, ALL, MVA, ASID, NSNH, ALL_IS, MVA_IS, ASID_IS, NSNH_IS, OPERATIONS };

#define TLBI(crm, opc2, value)                                                                 \
  __asm__ volatile("dbg #1\n\tmcr p15, 0, %0, c8, " #crm ", " #opc2 "\n\tdsb\n\tisb\n\tdbg #2" \
                   :                                                                           \
                   : "r"(value), "r"(r12)                                                      \
                   : "memory")

static void maintain(enum operation operation, uint32_t row) {
  register uint32_t r12 __asm__("r12") = row;
  switch (operation) {
    case ALL: TLBI(c7, 0, 0); break;
    case MVA: TLBI(c7, 1, DATA_VA | 1); break;
    case ASID: TLBI(c7, 2, 1); break;
    case ALL_IS: TLBI(c3, 0, 0); break;
    case MVA_IS: TLBI(c3, 1, DATA_VA | 1); break;
    case ASID_IS: TLBI(c3, 2, 1); break;
    case NSNH: hyp_call(CALL_TLBIALLNSNH, 0, row); break;
    case NSNH_IS: hyp_call(CALL_TLBIALLNSNHIS, 0, row); break;
    default: __asm__ volatile("dbg #1\n\tdsb\n\tisb\n\tdbg #2" : : "r"(r12) : "memory"); break;
  }
}

// --- the other cores

enum command { WAIT, WARM, MEASURE };
static volatile uint32_t command, command_pages, command_row, turn;
static volatile uint32_t turns_done[MOST_CORES];
static uint32_t cores = 1;

static void others(enum command what, uint32_t pages, uint32_t row) {
  command = what;
  command_pages = pages;
  command_row = row;
  __asm__ volatile("dmb" : : : "memory");
  turn++;
  for (uint32_t i = 1; i < cores; i++) {
    while (turns_done[i] != turn) {
    }
  }
  __asm__ volatile("dmb" : : : "memory");
}

void secondary_main(uint32_t core) {
  uint32_t done = 0;
  turns_done[core] = ~0u;
  for (;;) {
    while (turn == done) {
    }
    __asm__ volatile("dmb" : : : "memory");
    uint32_t pages = command_pages;
    if (command == MEASURE) {
      begin(command_row);
      touch(pages);
      end(command_row);
    } else {
      touch(pages);
      touch(pages);
    }
    done = turn;
    turns_done[core] = done;
  }
}

static void start_others(void) {
  for (uint32_t core = 1; core < MOST_CORES; core++) {
    if (psci_cpu_on(core) != 0) {
      break;
    }
    while (turns_done[core] == 0) {
    }
    cores++;
  }
}

// --- the study

static uint32_t row_id(uint32_t kind, uint32_t operation, uint32_t index) {
  return kind << 12 | operation << 4 | index;
}

static void study_operations(void) {
  static const uint32_t live[] = {1, 8, 32, 128, 256, 512};
  for (uint32_t index = 0; index < sizeof live / sizeof live[0]; index++) {
    for (uint32_t operation = NONE; operation < OPERATIONS; operation++) {
      for (uint32_t i = 0; i < REPEATS; i++) {
        touch(live[index]);
        touch(live[index]);
        others(WARM, live[index], 0);
        maintain(operation, row_id(KIND_OPERATION, operation, index));
        uint32_t row = row_id(KIND_REFILL, operation, index);
        begin(row);
        touch(live[index]);
        end(row);
        others(MEASURE, live[index], row_id(KIND_REMOTE, operation, index));
      }
    }
  }
}

// One round: each VM runs once and uses its pages, at the same addresses as the others or at its own.
static void round_of(uint32_t vms, bool own, uint32_t row) {
  begin(row);
  for (uint32_t vmid = 1; vmid <= vms; vmid++) {
    hyp_call(CALL_SET_VMID, vmid, 0);
    touch_from(own ? (vmid - 1) * VM_PAGES % PAGES : 0, VM_PAGES);
  }
  end(row);
}

static void study_roll_over(void) {
  for (uint32_t index = 0; index < 7; index++) {
    uint32_t vms = 1u << index;
    for (uint32_t own = 0; own < 2; own++) {
      for (uint32_t i = 0; i < REPEATS; i++) {
        round_of(vms, own, row_id(KIND_UNUSED, 0, 0));
        round_of(vms, own, row_id(KIND_ROUND_WARM, own, index));
        hyp_call(CALL_ROLL_OVER, 0, row_id(KIND_ROLL_OVER, own, index));
        round_of(vms, own, row_id(KIND_ROUND_AFTER, own, index));
      }
    }
  }
}

void study_main(void) {
  complete();
  start_others();
  study_operations();
  study_roll_over();
  leave();
}

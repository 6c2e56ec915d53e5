// SPDX-License-Identifier: Apache-2.0
// What the parts of a guest share.
#ifndef WS_GUEST_H
#define WS_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "guest_machine.h"
#include "rows.h"

// Four bytes in both instruction sets.
#ifdef __thumb__
#define WIDE ".w"
#else
#define WIDE ""
#endif

#define STRINGIFY_(x) #x
#define STRINGIFY(x) STRINGIFY_(x)

// r0 = hvc(number, r0)
#define HYPERCALL(number, argument)                                                     \
  ({                                                                                    \
    register uint32_t hc_r0 __asm__("r0") = (argument);                                 \
    __asm__ volatile("hvc #" STRINGIFY(number) : "+r"(hc_r0) : : "r1", "r2", "memory"); \
    hc_r0;                                                                              \
  })

// One measured iteration: nothing but the operation stands between the markers. The operation works on r0 and r1.
#define MEASURE(row, operation, r0_value, r1_value)        \
  ({                                                       \
    register uint32_t m_r0 __asm__("r0") = (r0_value);     \
    register uint32_t m_r1 __asm__("r1") = (r1_value);     \
    register uint32_t m_r12 __asm__("r12") = (row);        \
    __asm__ volatile("dbg #1\n\t" operation "\n\tdbg #2"   \
                     : "+r"(m_r0), "+r"(m_r1), "+r"(m_r12) \
                     :                                     \
                     : "r2", "r3", "memory", "cc");        \
    m_r0;                                                  \
  })

struct result {
  uint32_t line, seen, expected;
};

// Leaves the row's function with the first value that is not as expected.
#define EXPECT(is, wanted)                              \
  do {                                                  \
    uint32_t e_is = (is), e_wanted = (wanted);          \
    if (e_is != e_wanted) {                             \
      return (struct result){__LINE__, e_is, e_wanted}; \
    }                                                   \
  } while (0)
#define PASSED ((struct result){0, 0, 0})

extern volatile uint32_t undefined_seen, data_abort_seen, probe_resume, irqs_seen, fiqs_seen, last_irq, ipis_seen;
extern uint32_t vm_number;

// Stage 1: off, short or long descriptors, by the file that is linked.
uint32_t stage1_kind(void);
void stage1_enable(void);
void stage1_enter(void);  // a second VCPU, on the tables of the first

struct result run_measured(uint32_t row, uint32_t iterations);
struct result run_check(uint32_t check);
struct result run_ipi(uint32_t n);
struct result run_vfp_first_use(uint32_t iterations);
struct result check_vfp_context(void);

// gic.c
void guest_gic_init(void);
uint32_t gicc_read(uint32_t offset);
void gicc_write(uint32_t offset, uint32_t value);

#endif

// SPDX-License-Identifier: Apache-2.0
// The engine runs one piece of code in one mode and records the exception that ends it. Layouts are shared with
// engine.S.
#ifndef TRAPS_ENGINE_H
#define TRAPS_ENGINE_H

// struct run
#define RUN_PC 52
#define RUN_CPSR 56
#define RUN_SCR 60
#define RUN_NSACR 64
#define RUN_EXIT_BY_SMC 68
#define RUN_SP 72
#define RUN_TAKEN 76
#define RUN_ACTIVE 80
#define RUN_SGI 84

// struct record
#define REC_VECTOR 52
#define REC_CPSR 56
#define REC_RETURN 60
#define REC_SPSR 64
#define REC_SIZE 80

// Whose vectors an exception was taken through; record.vector is this plus the offset.
#define WORLD_PL1 0x000
#define WORLD_HYP 0x100
#define WORLD_MON 0x200
#define WORLD_SECURE 0x300

#define MODE_USR 0x10
#define MODE_FIQ 0x11
#define MODE_IRQ 0x12
#define MODE_SVC 0x13
#define MODE_MON 0x16
#define MODE_ABT 0x17
#define MODE_HYP 0x1a
#define MODE_UND 0x1b
#define MODE_SYS 0x1f

#define PSR_T 0x20
#define PSR_F 0x40
#define PSR_I 0x80
#define PSR_A 0x100
#define PSR_AIF (PSR_A | PSR_I | PSR_F)

#define SCR_NS 0x001
#define SCR_IRQ 0x002
#define SCR_FIQ 0x004
#define SCR_EA 0x008
#define SCR_FW 0x010
#define SCR_HCE 0x100
#define SCR_BASELINE (SCR_NS | SCR_HCE)
#define NSACR_BASELINE 0x00040c00  // NS_SMP, CP10, CP11
#define SCTLR_BASELINE 0x00c50078
#define HSCTLR_BASELINE 0x30c50878

#define LR_PATTERN 0x1b000000  // LR of each mode holds this and the mode's number

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

struct run {
  uint32_t r[13];  ///< at entry
  uint32_t pc;
  uint32_t cpsr;
  uint32_t scr, nsacr;   ///< while the code runs; ignored without a monitor
  uint32_t exit_by_smc;  ///< the handlers at PL1 return by SMC, not by HVC
  uint32_t sp;           ///< the engine's
  struct record* taken;  ///< result
  uint32_t active;
  uint32_t sgi;  ///< GICD_SGIR, written by the monitor; 0: none
};

struct record {
  uint32_t r[13];           ///< when the exception was taken
  uint32_t vector;          ///< WORLD_ and the offset of the vector
  uint32_t cpsr;            ///< of the handler
  uint32_t return_address;  ///< LR or ELR_hyp as the exception set it
  uint32_t spsr;
};

extern struct run run;
extern uint32_t have_monitor;  ///< started in Secure state, so that Monitor mode is the suite's

/// Runs `run` until an exception; run.taken says which.
void engine_run(void);
uint32_t semihost(uint32_t number, void* argument);

/// Both end by an exit of the simulator, or an endless loop on hardware.
void bail_out(const char* reason) __attribute__((noreturn));
void engine_unexpected(const struct record* record) __attribute__((noreturn));
void suite_main(void) __attribute__((noreturn));
#endif

#endif

/* SPDX-License-Identifier: Apache-2.0
 * Exceptions taken to PL1, from a turn that runs in User mode with interrupts open. An image overrides the handlers it
 * needs; another exception ends the run as wrong. Handlers run in the mode of the exception. */
#ifndef BENCH_EXCEPTIONS_H
#define BENCH_EXCEPTIONS_H

#include "bench_guest.h"

/* What the entry has stored of the interrupted program; `pc` is where it goes on. */
typedef struct {
  uint32_t r[4], r12, pc;
} Frame;

void exceptions_on(void);
/* Runs `work` in User mode and returns its result. */
uint32_t run_in_user(uint32_t (*work)(void));

/* SVC #0 with a number other than 0 in r7. */
void call_handler(Frame* frame, uint32_t number);
/* `pc` is behind the instruction. */
void undefined_handler(Frame* frame);
/* `pc` is that of the instruction. */
void abort_handler(Frame* frame);
void interrupt_handler(Frame* frame);

#endif

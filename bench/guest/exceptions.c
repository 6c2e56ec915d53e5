/* SPDX-License-Identifier: Apache-2.0 */
#include "exceptions.h"

void bench_finish(int status);

__attribute__((weak)) void call_handler(Frame* frame, uint32_t number) {
  (void)frame;
  (void)number;
  bench_finish(1);
}
__attribute__((weak)) void undefined_handler(Frame* frame) {
  (void)frame;
  bench_finish(1);
}
__attribute__((weak)) void abort_handler(Frame* frame) {
  (void)frame;
  bench_finish(1);
}
__attribute__((weak)) void interrupt_handler(Frame* frame) {
  (void)frame;
  bench_finish(1);
}

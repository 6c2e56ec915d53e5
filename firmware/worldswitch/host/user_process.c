// SPDX-License-Identifier: Apache-2.0
// The PL0 process: emulates one device. It runs in User mode on its own pages and leaves by SVC.
#include "guest_machine.h"
#include "kernel.h"

#define REGISTER_COUNT 16u
#define WINDOW_SIZE 0x1000u

struct user_request user_request;
static uint32_t registers[REGISTER_COUNT];

static void device_access(struct user_request* request) {
  uint32_t offset = request->address - GUEST_USER_IPA;
  uint32_t* reg = &registers[offset / 4 % REGISTER_COUNT];
  if (request->write) {
    *reg = request->value;
  } else {
    request->value = *reg != 0 ? *reg : GUEST_USER_VALUE(offset);
  }
  request->handled = true;
}

void user_main(void) {
  if (user_request.address - GUEST_USER_IPA < WINDOW_SIZE) {
    device_access(&user_request);
  }
  __asm__ volatile("svc #0");
  __builtin_unreachable();
}

// SPDX-License-Identifier: Apache-2.0
// /init of a Linux without libraries: writes code, makes it visible by the cacheflush system call, and runs it.
typedef unsigned u32;

static long call(long number, long a, long b, long c, long d, long e, long f) {
  register long r0 __asm("r0") = a, r1 __asm("r1") = b, r2 __asm("r2") = c, r3 __asm("r3") = d, r4 __asm("r4") = e,
                   r5 __asm("r5") = f, r7 __asm("r7") = number;
  __asm volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r7) : "memory");
  return r0;
}
enum { kWrite = 4, kReboot = 88, kMmap2 = 192, kCacheflush = 0xF0002, kFault = -14 };

static void say(const char* text) {
  long length = 0;
  while (text[length]) ++length;
  call(kWrite, 1, (long)text, length, 0, 0, 0);
}
static long cacheflush(const void* from, const void* to) { return call(kCacheflush, (long)from, (long)to, 0, 0, 0, 0); }

void _start(void) {
  // Two pages to be read, written and executed; the function stands at the end of the first.
  u32* const pages = (u32*)call(kMmap2, 0, 8192, 7, 0x22, -1, 0);
  u32* const code = pages + 1022;
  u32 flushed = 0, right = 0;
  for (u32 i = 0; i < 100; ++i) {
    code[0] = 0xE3A00000 | i;  // mov r0, #i
    code[1] = 0xE2800001;      // add r0, r0, #1
    code[2] = 0xE12FFF1E;      // bx lr
    flushed += cacheflush(code, code + 3) == 0;
    u32 good = 1;
    for (u32 times = 0; times < 40; ++times) good &= ((u32(*)(void))code)() == i + 1;
    right += good;
  }
  say(flushed == 100 ? "cacheflush: returns 0\n" : "cacheflush: FAILS\n");
  say(right == 100 ? "cacheflush: new code runs\n" : "cacheflush: OLD CODE RUNS\n");
  const char* const nothing = (const char*)0x70000000;
  say(cacheflush(nothing, nothing + 64) == kFault ? "cacheflush: no memory is EFAULT\n" : "cacheflush: NO FAULT\n");
  call(kReboot, (long)0xFEE1DEAD, 672274793, 0x4321FEDC, 0, 0, 0);  // power off
  for (;;) {
  }
}

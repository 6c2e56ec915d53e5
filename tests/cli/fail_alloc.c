// SPDX-License-Identifier: Apache-2.0
// Loaded before the C library: lets the allocations of a program fail. They are counted from main() on.
//   HYPSIM_FAIL_ALLOC=N        the Nth fails
//   HYPSIM_FAIL_ALLOC=N,M      the Nth and the M - 1 after it fail; M may be "all"
//   HYPSIM_COUNT_ALLOC=FILE    write there, at exit, how many there were
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int (*Main)(int, char**, char**);

static unsigned long allocations, first, last;
static int counting;
static Main real_main;

static int fails(void) {
  if (!counting) return 0;
  const unsigned long n = ++allocations;
  if (n < first || n > last) return 0;
  errno = ENOMEM;
  return 1;
}

static void* (*real_malloc)(size_t), *(*real_calloc)(size_t, size_t), *(*real_realloc)(void*, size_t),
    *(*real_memalign)(size_t, size_t);
static _Alignas(16) char early[1 << 16];  // what dlsym() itself asks for
static size_t early_used;

static int resolved(void) {
  static int under_way;
  if (real_memalign) return 1;
  if (under_way) return 0;
  under_way = 1;
  *(void**)&real_malloc = dlsym(RTLD_NEXT, "__libc_malloc");
  *(void**)&real_calloc = dlsym(RTLD_NEXT, "__libc_calloc");
  *(void**)&real_realloc = dlsym(RTLD_NEXT, "__libc_realloc");
  *(void**)&real_memalign = dlsym(RTLD_NEXT, "__libc_memalign");
  return 1;
}
static void* from_early(size_t size) {
  void* const p = early + early_used;
  early_used += (size + 15) & ~(size_t)15;
  if (early_used > sizeof early) abort();
  return p;
}

// hypsim's malloc() and the others end here (sim/cli/allocation.cpp).
void* __libc_malloc(size_t size) {
  if (!resolved()) return from_early(size);
  return fails() ? NULL : real_malloc(size);
}
void* __libc_calloc(size_t count, size_t size) {
  if (!resolved()) return from_early(count * size);
  return fails() ? NULL : real_calloc(count, size);
}
void* __libc_realloc(void* old, size_t size) { return resolved() && !fails() ? real_realloc(old, size) : NULL; }
void* __libc_memalign(size_t alignment, size_t size) {
  return resolved() && !fails() ? real_memalign(alignment, size) : NULL;
}
void* mmap(void* address, size_t size, int protection, int flags, int file, off_t offset) {
  if (fails()) return MAP_FAILED;
  return (void*)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}
void* mmap64(void* address, size_t size, int protection, int flags, int file, off_t offset) {
  return mmap(address, size, protection, flags, file, offset);
}

static int count_file;  // opened at the start: later hypsim can open nothing

static void write_count(void) {
  counting = 0;
  dprintf(count_file, "%lu\n", allocations);
}

static int counted_main(int argc, char** argv, char** environment) {
  const char* text = getenv("HYPSIM_FAIL_ALLOC");
  if (text) {
    char* end;
    first = strtoul(text, &end, 10);
    last = *end == ',' ? strcmp(end + 1, "all") == 0 ? ~0ul : first + strtoul(end + 1, NULL, 10) - 1 : first;
  }
  const char* name = getenv("HYPSIM_COUNT_ALLOC");
  if (name) {
    count_file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    atexit(write_count);
  }
  unsetenv("LD_PRELOAD");  // programs that this one starts have memory
  counting = 1;
  return real_main(argc, argv, environment);
}

int __libc_start_main(Main main, int argc, char** argv, Main init, void (*fini)(void), void (*rtld_fini)(void),
                      void* stack) {
  int (*next)(Main, int, char**, Main, void (*)(void), void (*)(void), void*);
  *(void**)&next = dlsym(RTLD_NEXT, "__libc_start_main");
  real_main = main;
  return next(counted_main, argc, argv, init, fini, rtld_fini, stack);
}

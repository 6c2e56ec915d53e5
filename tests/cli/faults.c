// SPDX-License-Identifier: Apache-2.0
// Preloaded into hypsim: makes the N-th call of one system call short, interrupted or failing.
// HYPSIM_FAULT is "<call> <N> <error>", the error a number of errno or 0 for short; HYPSIM_FAULT_HIT names the file
// that is not empty once it has happened. It is opened at the start: later hypsim can open nothing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static char faulty[16];
static unsigned long calls_left;  // up to and with the faulty one; 0: none
static int error;
static int descriptor = -1;  // -1: any
static int hit = -1;

__attribute__((constructor)) static void read_plan(void) {
  const char* plan = getenv("HYPSIM_FAULT");
  if (plan == NULL || strcmp(program_invocation_short_name, "hypsim") != 0) return;
  if (sscanf(plan, "%15s %lu %d %d", faulty, &calls_left, &error, &descriptor) < 3) abort();
  const int file = (int)syscall(SYS_openat, AT_FDCWD, getenv("HYPSIM_FAULT_HIT"), O_WRONLY | O_CREAT, 0600);
  hit = (int)syscall(SYS_fcntl, file, F_DUPFD_CLOEXEC, 100);  // out of the way of descriptors that are closed
  syscall(SYS_close, file);
}

/// Whether this call is the one; short ones go on with their size cut.
static int strikes(const char* call, int fd) {
  if (calls_left == 0 || strcmp(call, faulty) != 0 || (descriptor >= 0 && fd != descriptor) || --calls_left != 0)
    return 0;
  syscall(SYS_write, hit, "!", 1);
  return 1;
}

#define TRANSFER(name, data_type, extra, extra_name)                                            \
  ssize_t name(int fd, data_type data, size_t size extra) {                                     \
    static ssize_t (*real)(int, data_type, size_t extra);                                       \
    if (real == NULL) real = (ssize_t(*)(int, data_type, size_t extra))dlsym(RTLD_NEXT, #name); \
    if (!strikes(#name, fd)) return real(fd, data, size extra_name);                            \
    if (error == 0) return real(fd, data, size > 1 ? size / 2 : size extra_name);               \
    errno = error;                                                                              \
    return -1;                                                                                  \
  }
#define COMMA_OFFSET , off_t at
#define COMMA_AT , at
TRANSFER(read, void*, , )
TRANSFER(write, const void*, , )
TRANSFER(pread, void*, COMMA_OFFSET, COMMA_AT)
TRANSFER(pwrite, const void*, COMMA_OFFSET, COMMA_AT)

#define PLAIN(name, does)                                           \
  int name(int fd) {                                                \
    static int (*real)(int);                                        \
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \
    if (!strikes(#name, fd)) return real(fd);                       \
    if (does) real(fd);                                             \
    errno = error;                                                  \
    return -1;                                                      \
  }
PLAIN(close, 1)
PLAIN(fdatasync, 0)

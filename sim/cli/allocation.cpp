// SPDX-License-Identifier: Apache-2.0
// The C allocator of the command. The libraries below it (SystemC, asmjit, Capstone) use what malloc() gives without a
// look, so it never gives null: where the C library has nothing left, the process ends in good order. Large requests
// are answered as ever, since they may come from a field of a damaged file.
#include <cerrno>
#include <cstdlib>

#include "sim/host/out_of_memory.h"

extern "C" {

// What malloc() and the others are in glibc, under names that nobody replaces.
// NOLINTBEGIN(bugprone-reserved-identifier)
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
// NOLINTEND(bugprone-reserved-identifier)

}  // extern "C"

namespace {

constexpr std::size_t kLarge = std::size_t{16} << 20;

void* checked(void* memory, std::size_t size) {
  if (memory == nullptr && size != 0 && size < kLarge) hypsim::host::out_of_memory();
  return memory;
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] void* malloc(std::size_t size) { return checked(__libc_malloc(size), size); }

[[gnu::visibility("default")]] void* calloc(std::size_t count, std::size_t size) {
  std::size_t all = 0;
  if (__builtin_mul_overflow(count, size, &all)) all = kLarge;
  return checked(__libc_calloc(count, size), all);
}

[[gnu::visibility("default")]] void* realloc(void* old, std::size_t size) {
  return checked(__libc_realloc(old, size), size);
}

[[gnu::visibility("default")]] void* memalign(std::size_t alignment, std::size_t size) {
  return checked(__libc_memalign(alignment, size), size);
}

[[gnu::visibility("default")]] void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}

[[gnu::visibility("default")]] int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  void* const got = memalign(alignment, size);
  if (got == nullptr && size != 0) return ENOMEM;
  *memory = got;
  return 0;
}

}  // extern "C"

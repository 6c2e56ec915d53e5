// SPDX-License-Identifier: Apache-2.0
#include "sim/mem/ram.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "sim/base/error.h"

namespace hypsim {

Ram::Ram(u64 size) : size_(size) {
  const u64 page = static_cast<u64>(sysconf(_SC_PAGESIZE));
  reserved_ = static_cast<std::size_t>((size + page - 1) / page * page);
  if (size == 0) throw InputError("memory of 0 bytes: give it a size, for example 512MiB");
  void* p = mmap(nullptr, reserved_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED)
    throw InputError("memory of " + std::to_string(size) + " bytes: the host cannot reserve it; choose a smaller size");
  data_ = static_cast<u8*>(p);
}

Ram::~Ram() { munmap(data_, reserved_); }

void Ram::clear() { madvise(data_, reserved_, MADV_DONTNEED); }

}  // namespace hypsim

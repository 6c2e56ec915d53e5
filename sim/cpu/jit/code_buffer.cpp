// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/code_buffer.h"

#include <sys/mman.h>
#include <unistd.h>

namespace hypsim::jit {

namespace {

/// Two views of the same memory; null if the host refuses.
struct Views {
  void* written = MAP_FAILED;
  void* runs = MAP_FAILED;
  bool both() const { return written != MAP_FAILED && runs != MAP_FAILED; }
};

void unmap(const Views& v, std::size_t bytes) {
  for (void* view : {v.written, v.runs})
    if (view != MAP_FAILED) munmap(view, bytes);
}

Views map_file(std::size_t bytes) {
  Views v;
  const int fd = memfd_create("hypsim-code", MFD_CLOEXEC);
  if (fd < 0) return v;
  if (ftruncate(fd, static_cast<off_t>(bytes)) == 0) {
    v.written = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    v.runs = mmap(nullptr, bytes, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_NORESERVE, fd, 0);
  }
  close(fd);
  return v;
}

/// Where the host grants no file in memory: mremap() of no bytes of a shared mapping maps it once more.
Views map_anonymous(std::size_t bytes) {
  Views v;
  v.written = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (v.written == MAP_FAILED) return v;
  v.runs = mremap(v.written, 0, bytes, MREMAP_MAYMOVE);
  if (v.runs == MAP_FAILED || mprotect(v.runs, bytes, PROT_READ | PROT_EXEC) == 0) return v;
  munmap(v.runs, bytes);
  v.runs = MAP_FAILED;
  return v;
}

/// The memory is shared: a child that is not trusted must not have it.
bool keep_from_children(const Views& v, std::size_t bytes) {
  return madvise(v.written, bytes, MADV_DONTFORK) == 0 && madvise(v.runs, bytes, MADV_DONTFORK) == 0;
}

}  // namespace

std::unique_ptr<CodeBuffer> CodeBuffer::create(std::size_t bytes) {
  bytes -= bytes % static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (bytes == 0) return nullptr;
  for (const auto map : {map_file, map_anonymous}) {
    const Views v = map(bytes);
    if (v.both() && keep_from_children(v, bytes))
      return std::unique_ptr<CodeBuffer>(
          new CodeBuffer(static_cast<u8*>(v.written), static_cast<const u8*>(v.runs), bytes));
    unmap(v, bytes);
  }
  return nullptr;
}

CodeBuffer::~CodeBuffer() { unmap({written_, const_cast<u8*>(runs_)}, bytes_); }

}  // namespace hypsim::jit

// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/code_buffer.h"

#include <sys/mman.h>

namespace hypsim::jit {

std::unique_ptr<CodeBuffer> CodeBuffer::create() {
  void* memory =
      mmap(nullptr, kBytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  return std::unique_ptr<CodeBuffer>(new CodeBuffer(static_cast<u8*>(memory)));
}

CodeBuffer::~CodeBuffer() { munmap(memory_, kBytes); }

}  // namespace hypsim::jit

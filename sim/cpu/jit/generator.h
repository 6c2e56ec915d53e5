// SPDX-License-Identifier: Apache-2.0
// Micro-ops of one block -> x86-64 code. One pass; guest registers have fixed homes.
#pragma once

#include <exception>
#include <memory>
#include <optional>

#include "sim/cpu/translate/block.h"

namespace hypsim {
class Core;
}

namespace hypsim::jit {

class CodeBuffer;

class Generator {
 public:
  /// Whether this host runs what the generator makes.
  static bool supported();

  /// Blocks have at most `most_links` ends that may be linked, all together.
  Generator(Core& core, CodeBuffer& buffer, std::size_t most_links);
  ~Generator();

  /// The entry of the block's code; null if it is better interpreted. None if there is no room for it. `observed`: an
  /// observer hears of every block.
  std::optional<const void*> compile(Block& block, bool observed);
  /// Runs code from an entry until it leaves.
  void enter(const void* entry);
  /// Forgets the ends of blocks: all code is being dropped.
  void clear();

  /// What a function called by generated code threw: nothing unwinds through the code, so it is thrown again behind it.
  std::exception_ptr error;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hypsim::jit

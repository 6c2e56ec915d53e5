// SPDX-License-Identifier: Apache-2.0
// What every core did, a line an instruction, with exceptions, returns, the registers that a world switch turns on, and
// markers in between: text for people and for diff.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sim/base/observer.h"

namespace hypsim::trace {

struct TraceOptions {
  u64 from = 0;   ///< instructions of a core that are left out first
  u64 count = 0;  ///< lines of instructions, of all cores; 0: no end
  u64 last = 0;   ///< lines that are handed on at the end, the last ones; 0: all, as they come
};

class InstructionTrace final : public Observer {
 public:
  /// Takes a piece of text, whole lines. Says whether it wants more.
  using Sink = std::function<bool(const std::string& text)>;
  /// "name" or "name+0x12", or nothing.
  using Describe = std::function<std::string(u32 address)>;

  InstructionTrace(const TraceOptions& options, Sink sink, Describe describe);
  ~InstructionTrace() override;

  void exception(const Moment& m, const ExceptionEvent& e) override;
  void exception_return(const Moment& m, const ReturnEvent& e) override;
  void block(const Moment& m, const BlockEvent& e) override;
  bool wants_blocks() const override { return true; }
  void marker(const Moment& m, u32 option, u32 r12) override;
  void sysreg_write(const Moment& m, const char* name, u64 value) override;
  /// Hands on what is left.
  void finish();

  static constexpr u64 kMostLast = 1'000'000;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hypsim::trace

// SPDX-License-Identifier: Apache-2.0
// Hosts without a code generator: the interpreter runs everything.
#include "sim/cpu/jit/code_buffer.h"
#include "sim/cpu/jit/engine.h"
#include "sim/cpu/jit/generator.h"

namespace hypsim::jit {

std::unique_ptr<Engine> Engine::create(Core&, u64) { return nullptr; }
Engine::~Engine() = default;
bool Engine::run(Block&) { return false; }
void Engine::forget_code() {}

}  // namespace hypsim::jit

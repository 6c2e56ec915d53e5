// SPDX-License-Identifier: Apache-2.0
#include "sim/mpcore/turns.h"

namespace hypsim {

std::shared_ptr<Turns> Turns::of_simulation() {
  static std::weak_ptr<Turns> current;
  std::shared_ptr<Turns> turns = current.lock();
  if (turns == nullptr) current = turns = std::make_shared<Turns>();
  return turns;
}

Turns::Aside::Aside(Turns& turns) : turns_(turns) {
  if (turns_.waiting_ != 0) turns_.turn_.cancel();
}

Turns::Aside::~Aside() {
  if (turns_.waiting_ != 0) turns_.turn_.notify(sc_core::SC_ZERO_TIME);
}

const sc_core::sc_event& Turns::wait_for_turn() {
  ++waiting_;
  turn_.notify(sc_core::SC_ZERO_TIME);
  return turn_;
}

}  // namespace hypsim

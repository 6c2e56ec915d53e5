// SPDX-License-Identifier: Apache-2.0
// All combinations of mode and security state that the architecture has.
#pragma once

#include <ostream>

#include "sim/hyp/traps.h"

namespace hypsim::hyp {

struct Place {
  Mode mode;
  Security security;
  bool guest() const { return security == Security::NonSecure && mode != Mode::Hyp; }
  bool hyp() const { return mode == Mode::Hyp; }
  bool pl0() const { return mode == Mode::User; }
  bool secure() const { return security == Security::Secure; }
};

inline std::ostream& operator<<(std::ostream& os, const Place& p) {
  return os << (p.secure() ? "Secure" : "Non-secure") << " mode 0x" << std::hex << static_cast<unsigned>(p.mode)
            << std::dec;
}

constexpr Place kPlaces[] = {
    {Mode::User, Security::Secure},      {Mode::Fiq, Security::Secure},
    {Mode::Irq, Security::Secure},       {Mode::Supervisor, Security::Secure},
    {Mode::Abort, Security::Secure},     {Mode::Undefined, Security::Secure},
    {Mode::System, Security::Secure},    {Mode::Monitor, Security::Secure},
    {Mode::User, Security::NonSecure},   {Mode::Fiq, Security::NonSecure},
    {Mode::Irq, Security::NonSecure},    {Mode::Supervisor, Security::NonSecure},
    {Mode::Abort, Security::NonSecure},  {Mode::Undefined, Security::NonSecure},
    {Mode::System, Security::NonSecure}, {Mode::Hyp, Security::NonSecure},
};

}  // namespace hypsim::hyp

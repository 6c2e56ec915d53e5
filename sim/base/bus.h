// SPDX-License-Identifier: Apache-2.0
// How a core reaches memory and devices. mpcore implements it over TLM-2.0; unit tests implement it over an array.
#pragma once

#include "sim/base/arch.h"
#include "sim/base/types.h"

namespace hypsim {

/// What a transaction carries besides address and data (becomes the TLM payload extension).
struct BusAttr {
  MemAttr mem;
  Security security = Security::NonSecure;
  bool privileged = true;
  bool fetch = false;      ///< instruction fetch
  bool walk = false;       ///< translation table walk
  bool exclusive = false;  ///< LDREX/STREX
  u8 core = 0;             ///< index of the requesting core
};

/// The answer of the bus. A read blocks for `delay`; a write to a device is posted and only its cost is charged.
struct BusReply {
  bool ok = true;  ///< false: external abort
  Cycles delay{};  ///< time the transaction took
};

/// A range of memory the core may access directly, of whole 4 KB pages. `host` addresses the byte at `base`.
struct DmiRegion {
  PhysAddr base{};
  u64 size = 0;
  u8* host = nullptr;
  bool writable = false;
};

class Bus {
 public:
  virtual ~Bus() = default;
  /// Reads `size` bytes (1, 2, 4, 8 or a run inside one page) at `pa` into `data`.
  virtual BusReply read(PhysAddr pa, void* data, u32 size, const BusAttr& attr, Cycles now) = 0;
  virtual BusReply write(PhysAddr pa, const void* data, u32 size, const BusAttr& attr, Cycles now) = 0;
  /// The directly accessible memory round `pa`, or size 0. The grant holds until Core::invalidate_dmi.
  virtual DmiRegion dmi(PhysAddr pa, Security security) = 0;
};

}  // namespace hypsim

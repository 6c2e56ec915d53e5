// SPDX-License-Identifier: Apache-2.0
// The peripherals as SystemC modules.
#pragma once

#include "sim/periph/absent.h"
#include "sim/periph/device_module.h"
#include "sim/periph/flash_module.h"
#include "sim/periph/gicv2m.h"
#include "sim/periph/pl011.h"
#include "sim/periph/pl031.h"
#include "sim/periph/pl061.h"
#include "sim/periph/pl180.h"
#include "sim/periph/power.h"
#include "sim/periph/sp804.h"
#include "sim/periph/sp805.h"
#include "sim/periph/sp810.h"
#include "sim/periph/vexpress_sysregs.h"

namespace hypsim {

using AbsentModule = DeviceModule<Absent>;
using GicV2mModule = DeviceModule<GicV2m>;
using Pl011Module = DeviceModule<Pl011>;
using Pl031Module = DeviceModule<Pl031>;
using Pl061Module = DeviceModule<Pl061>;
using Pl180Module = DeviceModule<Pl180>;
using PowerModule = DeviceModule<PowerController>;
using Sp804Module = DeviceModule<Sp804>;
using Sp805Module = DeviceModule<Sp805>;
using Sp810Module = DeviceModule<Sp810>;
using VexpressSysregsModule = DeviceModule<VexpressSysregs>;

extern template class DeviceModule<Absent>;
extern template class DeviceModule<GicV2m>;
extern template class DeviceModule<Pl011>;
extern template class DeviceModule<Pl031>;
extern template class DeviceModule<Pl061>;
extern template class DeviceModule<Pl180>;
extern template class DeviceModule<PowerController>;
extern template class DeviceModule<Sp804>;
extern template class DeviceModule<Sp805>;
extern template class DeviceModule<Sp810>;
extern template class DeviceModule<VexpressSysregs>;

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/modules.h"

namespace hypsim {

template class DeviceModule<Absent>;
template class DeviceModule<GicV2m>;
template class DeviceModule<Pl011>;
template class DeviceModule<Pl031>;
template class DeviceModule<Pl061>;
template class DeviceModule<Pl180>;
template class DeviceModule<PowerController>;
template class DeviceModule<Sp804>;
template class DeviceModule<Sp805>;
template class DeviceModule<Sp810>;
template class DeviceModule<VexpressSysregs>;

}  // namespace hypsim

// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/modules.h"

namespace hypsim {

template class DeviceModule<Pl011>;
template class DeviceModule<Pl031>;
template class DeviceModule<PowerController>;
template class DeviceModule<Sp804>;
template class DeviceModule<VexpressSysregs>;

}  // namespace hypsim

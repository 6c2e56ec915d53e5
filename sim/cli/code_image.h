// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/loader/symbols.h"
#include "sim/profile/listing.h"

namespace hypsim {

/// The executable sections of an ELF file by virtual address, and its functions; nothing of a file that is no ELF. With
/// `lines`, what its DWARF line table says of an address; a damaged one is told on standard error and left out. Throws
/// InputError if `lines` is wanted and there is none.
profile::CodeImage load_code_image(const std::string& file, const SymbolTable& symbols, bool lines);

}  // namespace hypsim

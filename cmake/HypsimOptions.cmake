# SPDX-License-Identifier: Apache-2.0
# Compiler, warnings and third-party packages, in one place.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)  # the interpreter uses GNU computed goto
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "build type" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

option(HYPSIM_TESTS "Build the tests and benchmarks; they need QEMU" ON)
option(HYPSIM_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
if(HYPSIM_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
option(HYPSIM_FUZZ "Build the fuzz targets of tests/fuzz and nothing else of the tests; needs clang" OFF)
option(HYPSIM_FUZZ_COVERAGE "With HYPSIM_FUZZ: count the lines that a corpus reaches instead of looking for faults" OFF)
if(HYPSIM_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "HYPSIM_FUZZ needs clang++ for libFuzzer: use cmake --preset fuzz")
  endif()
  set(HYPSIM_TESTS OFF)
  if(HYPSIM_FUZZ_COVERAGE)
    add_compile_options(-O1 -fprofile-instr-generate -fcoverage-mapping)
    add_link_options(-fprofile-instr-generate)
  else()
    add_compile_options(-O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
  endif()
endif()

# What turns a memory error into an exploit less often (docs/security.md). Programs are -fPIE and not -fPIC, of which calls
# within hypsim would have to assume that another library replaces them. No -fcf-protection: generated code has no landing
# pads, and SystemC's coroutines change stacks behind a shadow stack's back.
add_compile_options("$<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>>:-fPIE>"
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=none)
add_link_options("$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>" -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
if(NOT HYPSIM_SANITIZE AND NOT HYPSIM_FUZZ)  # which have checks of their own
  add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3>")
endif()

find_program(HYPSIM_CCACHE ccache)
if(HYPSIM_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HYPSIM_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${HYPSIM_CCACHE})
endif()
find_program(HYPSIM_MOLD mold)
if(HYPSIM_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
if(HYPSIM_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(asmjit QUIET)  # the code generator; without it the interpreter runs everything
pkg_check_modules(libelf REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(libdw REQUIRED IMPORTED_TARGET libdw)
pkg_check_modules(capstone REQUIRED IMPORTED_TARGET capstone)

# Debian's SystemC has no CMake package; it was built as C++17, and its ABI tag must say so.
pkg_check_modules(systemc REQUIRED IMPORTED_TARGET systemc)
add_library(hypsim_systemc INTERFACE)
target_link_libraries(hypsim_systemc INTERFACE PkgConfig::systemc)
target_compile_definitions(hypsim_systemc INTERFACE SC_CPLUSPLUS=201703L SC_INCLUDE_DYNAMIC_PROCESSES)

add_library(hypsim_warnings INTERFACE)
target_compile_options(hypsim_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers>)

# SPDX-License-Identifier: Apache-2.0

# hypsim_library(<room> SOURCES file... LINKS target...)
# One room of the house: static library hypsim_<room>, included by path from the repository root.
function(hypsim_library room)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(ARG_SOURCES)
    add_library(hypsim_${room} STATIC ${ARG_SOURCES})
    target_include_directories(hypsim_${room} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(hypsim_${room} PUBLIC ${ARG_LINKS} PRIVATE hypsim_warnings)
  else()
    add_library(hypsim_${room} INTERFACE)
    target_include_directories(hypsim_${room} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(hypsim_${room} INTERFACE ${ARG_LINKS})
  endif()
  add_library(hypsim::${room} ALIAS hypsim_${room})
endfunction()

# hypsim_embed(<target> <namespace> <function> [EACH] FILES file...)
# The files' text inside a program: `const char* function()` returns it, joined; with EACH `std::span<const char* const>
# function()` returns one text a file. Whoever calls it declares it.
function(hypsim_embed target namespace name)
  cmake_parse_arguments(ARG "EACH" "" "FILES" ${ARGN})
  list(TRANSFORM ARG_FILES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(JOIN ARG_FILES "|" files)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed.cmake)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=${namespace} -DNAME=${name} -DOUT=${out} "-DFILES=${files}" -DEACH=${ARG_EACH} -P ${script}
    DEPENDS ${ARG_FILES} ${script} VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# Everything that hypsim_add_test makes, for builds that want the units alone.
add_custom_target(units)

# hypsim_add_test(<name> SOURCES file... LINKS target... [SYSTEMC] [LABELS l...] [TIMEOUT s])
# A GoogleTest program. With SYSTEMC every test case runs in its own process, since SystemC elaborates once a process;
# the program then brings its own sc_main (tests/support/systemc_main.cpp). All have the label "unit".
function(hypsim_add_test name)
  cmake_parse_arguments(ARG "SYSTEMC" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  list(APPEND ARG_LABELS unit)
  add_executable(${name} ${ARG_SOURCES})
  add_dependencies(units ${name})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(ARG_SYSTEMC)
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/systemc_main.cpp)
    target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gtest hypsim_warnings)
    include(GoogleTest)
    gtest_discover_tests(${name} TEST_PREFIX ${name}: DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  else()
    target_link_libraries(${name} PRIVATE ${ARG_LINKS} GTest::gtest GTest::gtest_main hypsim_warnings)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  endif()
endfunction()

# hypsim_guest(<result> <source> <address> [NAME n] [flags...]): a program of one file for the bare core, linked at
# <address> and built with the tests as n.elf (default: after the source); <result> becomes that file.
set(HYPSIM_GUEST_C -marm -O2 -ffreestanding -mno-unaligned-access -Wall -Werror -Wl,-e,_start)
function(hypsim_guest result source address)
  cmake_parse_arguments(PARSE_ARGV 3 ARG "" "NAME" "")
  if(NOT ARG_NAME)
    get_filename_component(ARG_NAME ${source} NAME_WE)
  endif()
  get_filename_component(room ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  string(REPLACE / _ target ${room}_${ARG_NAME}_guest)
  find_program(ARM_NONE_EABI_GCC arm-none-eabi-gcc REQUIRED)
  set(elf ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.elf)
  add_custom_command(OUTPUT ${elf}
    COMMAND ${ARM_NONE_EABI_GCC} -mcpu=cortex-a15 -nostdlib -Wl,-Ttext=${address} -Wl,--no-warn-rwx-segments ${ARG_UNPARSED_ARGUMENTS}
            -MD -MF ${elf}.d -MT ${elf} ${CMAKE_CURRENT_SOURCE_DIR}/${source} -lgcc -o ${elf}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} DEPFILE ${elf}.d VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${elf})
  set(${result} ${elf} PARENT_SCOPE)
endfunction()

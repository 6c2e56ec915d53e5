# SPDX-License-Identifier: Apache-2.0
# arm_objects(<result> <directory> FLAGS ... DEPENDS ... SOURCES ...): compiles each source into <directory>.
function(arm_objects result directory)
  cmake_parse_arguments(ARG "" "" "FLAGS;DEPENDS;SOURCES" ${ARGN})
  set(objects)
  foreach(source ${ARG_SOURCES})
    get_filename_component(name ${source} NAME)
    set(object ${directory}/${name}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${directory}
      COMMAND ${ARM_NONE_EABI_GCC} ${FIRMWARE_FLAGS} ${ARG_FLAGS} -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
      DEPENDS ${source} ${ARG_DEPENDS} DEPFILE ${object}.d
      COMMENT "Building ${object}" VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(${result} ${objects} PARENT_SCOPE)
endfunction()

# arm_link(<elf> FLAGS ... SCRIPT <file, preprocessed> OBJECTS ...)
function(arm_link elf)
  cmake_parse_arguments(ARG "" "SCRIPT" "FLAGS;OBJECTS" ${ARGN})
  get_filename_component(directory ${elf} DIRECTORY)
  add_custom_command(OUTPUT ${elf}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${directory}
    COMMAND ${ARM_NONE_EABI_GCC} ${ARG_FLAGS} -E -P -x c ${ARG_SCRIPT} -o ${elf}.lds
    COMMAND ${ARM_NONE_EABI_GCC} ${FIRMWARE_FLAGS} ${FIRMWARE_LINK} -T ${elf}.lds -o ${elf} ${ARG_OBJECTS}
    DEPENDS ${ARG_OBJECTS} ${ARG_SCRIPT}
    COMMENT "Linking ${elf}" VERBATIM)
endfunction()

# arm_binary(<bin> <elf>)
function(arm_binary bin elf)
  add_custom_command(OUTPUT ${bin} COMMAND ${ARM_NONE_EABI_OBJCOPY} -O binary ${elf} ${bin}
    DEPENDS ${elf} COMMENT "Building ${bin}" VERBATIM)
endfunction()

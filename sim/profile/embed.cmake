# SPDX-License-Identifier: Apache-2.0
# cmake -DNAME=<function> -DOUT=<file.cpp> "-DFILES=<a|b>" -P embed.cmake: a function that returns the files' text, joined.
string(REPLACE "|" ";" FILES "${FILES}")
set(text "")
foreach(file ${FILES})
  file(READ ${file} part)
  string(APPEND text "${part}")
endforeach()
# A string literal has a limit in some compilers; pieces are joined at compile time.
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 4000 piece)
  string(APPEND pieces "R\"embed(${piece})embed\"\n")
  math(EXPR at "${at} + 4000")
endwhile()
file(WRITE ${OUT} "// Made from ${FILES}.\nnamespace hypsim::profile {\nconst char* ${NAME}() {\n  return ${pieces};\n}\n}  // namespace hypsim::profile\n")

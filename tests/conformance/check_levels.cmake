# Fails where an object compiled for a vector level defines anything that the linker could share with other objects: the
# linker may keep the AVX-512 version of a function for everyone. Takes ARCHIVE and NM.
execute_process(COMMAND ${NM} --defined-only --print-file-name ${ARCHIVE}
  OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
if(failed OR NOT symbols MATCHES "numbers_avx512" OR NOT symbols MATCHES "matrix_avx512")
  message(FATAL_ERROR "${NM} does not list the objects of ${ARCHIVE}")
endif()
string(REGEX MATCHALL "[^\n]*(numbers|matrix)_avx[^\n]* [WVu] [^\n]*" shared "${symbols}")
list(FILTER shared EXCLUDE REGEX "DW\\.ref\\.")  # data of the sanitizers, no code
if(shared)
  message(FATAL_ERROR "shared between vector levels: ${shared}")
endif()

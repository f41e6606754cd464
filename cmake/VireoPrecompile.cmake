# Half of the time of a build from scratch goes into the same dozen headers: they are precompiled, once for the library and once for
# the tests. Not where a launcher such as ccache works instead, which also shows that each file includes what it uses.
option(VIREO_PRECOMPILE "Precompile common headers" ON)
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(VIREO_PRECOMPILE OFF)
endif()
if(VIREO_PRECOMPILE)
  # GCC 12 no longer knows a precompiled std::string for a system header's, and warns of what it sees in there (its bug 105329)
  target_compile_options(vireo_options INTERFACE
    "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-stringop-overflow;-Wno-array-bounds>")
endif()

function(vireo_precompile target)
  if(VIREO_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# vireo_precompile_like(TARGET OTHER): with the headers of another target, whose compile options must be the same
function(vireo_precompile_like target other)
  if(VIREO_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${other})
  endif()
endfunction()

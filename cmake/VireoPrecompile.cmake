# Half of the time of a build from scratch goes into the same dozen headers: they are precompiled, once for the library and once for
# the tests. Not where a launcher such as ccache works instead, which also shows that each file includes what it uses.
option(VIREO_PRECOMPILE "Precompile common headers" ON)
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(VIREO_PRECOMPILE OFF)
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

# Warnings, and what keeps equal inputs giving equal bits: no contraction to fused multiply-add, no fast-math.
add_library(vireo_options INTERFACE)
target_compile_options(vireo_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -ffp-contract=off
  # short vectors are passed between our own inline functions only
  -Wno-psabi
  # GCC 12 sees overlaps in std::string that are not there (its bug 105329)
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(VIREO_UNITY)  # what is in the anonymous namespace of another file is not in the way of a local name
  target_compile_options(vireo_options INTERFACE -Wno-shadow)
endif()
if(VIREO_WERROR)
  target_compile_options(vireo_options INTERFACE -Werror)
endif()
if(VIREO_NATIVE)
  # GCC 12 sees uninitialised registers in its own AVX-512 header, as used by Eigen and xxHash (its bug 105593)
  target_compile_options(vireo_options INTERFACE -march=native
    "$<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-uninitialized;-Wno-maybe-uninitialized>")
endif()
if(VIREO_SANITIZE)
  target_compile_options(vireo_options INTERFACE -fsanitize=${VIREO_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(vireo_options INTERFACE -fsanitize=${VIREO_SANITIZE})
endif()

# The git revision, for --version and for the manifest of every trace; read again at each build, written only when it changed.
set(VIREO_REVISION_HEADER ${CMAKE_CURRENT_BINARY_DIR}/generated/vireo_revision.hpp)
add_custom_target(vireo_revision
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR} -DOUTPUT=${VIREO_REVISION_HEADER}
          -DVERSION=${PROJECT_VERSION} -P ${CMAKE_CURRENT_LIST_DIR}/WriteRevision.cmake
  BYPRODUCTS ${VIREO_REVISION_HEADER}
  COMMENT "Reading the git revision")

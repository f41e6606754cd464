# `cmake --install`: the library, its headers and the program, a package that `find_package(vireo)` finds, the analysis and the jobs.
include(CMakePackageConfigHelpers)
set(VIREO_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/vireo)

# A library that was built with a sanitizer links only together with its run-time.
if(VIREO_SANITIZE)
  target_link_options(vireo INTERFACE $<INSTALL_INTERFACE:-fsanitize=${VIREO_SANITIZE}>)
endif()

install(TARGETS vireo EXPORT vireo ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS vireo_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/vireo DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN "build*" EXCLUDE)
if(NOT CMAKE_CROSSCOMPILING)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/vireo.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
install(FILES completions/vireo.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME vireo)
install(FILES README.md CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
foreach(folder bench jobs)
  install(FILES ${folder}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/${folder})
endforeach()

# share/vireo is to the installed commands what the source tree is to those of its pages: it has jobs/, analysis/, docs/ and examples/.
set(home ${CMAKE_INSTALL_DATADIR}/vireo)
install(DIRECTORY analysis jobs DESTINATION ${home} USE_SOURCE_PERMISSIONS
  PATTERN "__pycache__" EXCLUDE PATTERN "site.sh" EXCLUDE PATTERN "README.md" EXCLUDE
  PATTERN "build.sh" EXCLUDE PATTERN "doxygen.sh" EXCLUDE PATTERN "picture.sh" EXCLUDE)
# vireo_link(PLACE TARGET): an installed link, relative, so that the whole may be moved
function(vireo_link place target)
  cmake_path(GET place PARENT_PATH folder)
  install(CODE "
    file(RELATIVE_PATH to \"/${folder}\" \"/${target}\")
    set(place \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${place}\")
    cmake_path(GET place PARENT_PATH folder)
    file(MAKE_DIRECTORY \"\${folder}\")
    file(CREATE_LINK \"\${to}\" \"\${place}\" SYMBOLIC)
    message(STATUS \"Installing: \${place}\")")
endfunction()
vireo_link(${CMAKE_INSTALL_BINDIR}/vireo-analysis ${home}/analysis/vireo-analysis)
foreach(folder docs examples)
  vireo_link(${home}/${folder} ${CMAKE_INSTALL_DOCDIR}/${folder})
endforeach()

install(EXPORT vireo NAMESPACE vireo:: FILE vireoTargets.cmake DESTINATION ${VIREO_PACKAGE_DIR})
configure_package_config_file(cmake/vireoConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/vireoConfig.cmake
  INSTALL_DESTINATION ${VIREO_PACKAGE_DIR} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may change the interface.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/vireoConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/vireoConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/vireoConfigVersion.cmake
  DESTINATION ${VIREO_PACKAGE_DIR})

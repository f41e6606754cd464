# Tests are built for a quick build: what they measure is in the library, and they spend their time there.
add_library(vireo_test_options INTERFACE)
target_link_libraries(vireo_test_options INTERFACE vireo_options)
target_compile_options(vireo_test_options INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:-O1>)

set(VIREO_MPIRUN ${MPIEXEC_EXECUTABLE} --oversubscribe --bind-to none --mca mpi_yield_when_idle 1)
# Hundreds of jobs are started, which all begin and end at once: mpirun looks for no other networks than those of Open MPI itself (0.3 s a job), and
# does not give ranks that still run two seconds after one has ended with a code.
set(VIREO_MPI_ENVIRONMENT "OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;OMPI_MCA_pml=ob1;OMPI_MCA_odls_base_sigkill_timeout=0")

# Every test has labels, by which ctest -L picks: quick (one process, some seconds at most: what one runs while writing code), mpi (under mpirun),
# system (the whole program, by Python), slow (longer than some seconds), fuzz. The target quick_tests builds what the quick ones need.
add_custom_target(quick_tests)

# Limits of time are multiplied by this: sanitizers make everything slower.
set(VIREO_PATIENCE 1)
if(VIREO_SANITIZE)
  set(VIREO_PATIENCE 6)
endif()

# vireo_test(NAME SOURCES... [RANKS 1 2 3 4] [LIBRARIES TARGETS...] [SLOW] [SLOW_CASES PATTERNS...] [COST SECONDS] [TIMEOUT SECONDS]): a GoogleTest
# program, run once as one process, or under mpirun once for each rank count. What matches a pattern of SLOW_CASES (Suite.Case, with * and ?) is run apart from
# the rest, as NAME.slow: not among the quick tests, nor with sanitizers for every change. What has the greatest COST is begun first.
function(vireo_test name)
  cmake_parse_arguments(TEST "SLOW" "COST;TIMEOUT" "RANKS;LIBRARIES;SLOW_CASES" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  if(NOT TEST_COST)
    set(TEST_COST 1)
  endif()
  math(EXPR TEST_TIMEOUT "${TEST_TIMEOUT} * ${VIREO_PATIENCE}")
  set(label quick)
  if(TEST_SLOW)
    set(label slow)
  endif()
  add_executable(${name} ${TEST_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE vireo vireo_test_options vireo_test_support ${TEST_LIBRARIES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  vireo_precompile_like(${name} vireo_test_support)
  set(others)
  if(TEST_SLOW_CASES)
    list(JOIN TEST_SLOW_CASES ":" cases)
    set(others --gtest_filter=-${cases})
  endif()
  if(NOT TEST_RANKS)
    if(TEST_SLOW_CASES)
      add_test(NAME ${name}.slow COMMAND ${name} --gtest_filter=${cases})
      set_tests_properties(${name}.slow PROPERTIES LABELS slow COST 20 TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${VIREO_MPI_ENVIRONMENT}")
    endif()
    add_test(NAME ${name} COMMAND ${name} ${others})
    set_tests_properties(${name} PROPERTIES LABELS ${label} COST ${TEST_COST} TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${VIREO_MPI_ENVIRONMENT}")
  endif()
  foreach(ranks IN LISTS TEST_RANKS)
    set(labels mpi)
    if(ranks EQUAL 1 OR TEST_SLOW)
      list(APPEND labels ${label})
    endif()
    if(TEST_SLOW_CASES)
      add_test(NAME ${name}.slow.ranks${ranks} COMMAND ${VIREO_MPIRUN} -n ${ranks} $<TARGET_FILE:${name}> --gtest_filter=${cases})
      set_tests_properties(${name}.slow.ranks${ranks} PROPERTIES LABELS "mpi;slow"
        COST ${TEST_COST} TIMEOUT ${TEST_TIMEOUT} PROCESSORS ${ranks} ENVIRONMENT "${VIREO_MPI_ENVIRONMENT}")
    endif()
    add_test(NAME ${name}.ranks${ranks} COMMAND ${VIREO_MPIRUN} -n ${ranks} $<TARGET_FILE:${name}> ${others})
    set_tests_properties(${name}.ranks${ranks} PROPERTIES LABELS "${labels}"
      COST ${TEST_COST} TIMEOUT ${TEST_TIMEOUT} PROCESSORS ${ranks} ENVIRONMENT "${VIREO_MPI_ENVIRONMENT}")
  endforeach()
  if(NOT TEST_SLOW AND (NOT TEST_RANKS OR 1 IN_LIST TEST_RANKS))
    add_dependencies(quick_tests ${name})
  endif()
endfunction()

# vireo_plug_in_tests(KIND [LIBRARIES TARGETS...]): the program KIND_plug_ins_test of all files in plug_ins/ of the folder, each of which pins
# one plug-in: a new file there needs no line anywhere.
function(vireo_plug_in_tests kind)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/plug_ins/*_test.cpp)
  if(sources)
    vireo_test(${kind}_plug_ins_test ${sources} ${ARGN})
  endif()
endfunction()

# vireo_command_test(NAME SOURCES... PROGRAMS TARGETS...): a GoogleTest program that runs other programs, under mpirun too (see
# tests/support/command.hpp), and is not an MPI program itself. The path of program P is the string PROGRAM_P.
function(vireo_command_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT" "PROGRAMS" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  math(EXPR TEST_TIMEOUT "${TEST_TIMEOUT} * ${VIREO_PATIENCE}")
  add_executable(${name} ${TEST_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE vireo_test_commands vireo_test_options)
  vireo_precompile_like(${name} vireo_test_support)
  foreach(program IN LISTS TEST_PROGRAMS)
    target_compile_definitions(${name} PRIVATE PROGRAM_${program}="$<TARGET_FILE:${program}>")
    add_dependencies(${name} ${program})
  endforeach()
  add_test(NAME ${name} COMMAND ${name})  # which mostly waits
  set_tests_properties(${name} PROPERTIES LABELS mpi COST 15 TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT "${VIREO_MPI_ENVIRONMENT}")
endfunction()

# vireo_python_test(NAME [QUICK] [SLOW] [PROCESSORS N] [ALONE] [TIMEOUT SECONDS] [ENVIRONMENT ...]): tests/NAME.py, a test of the whole program by
# Debian's Python. PROCESSORS: as many it keeps busy (default: 1). ALONE: nothing may run beside it, for what looks at how long things take.
function(vireo_python_test name)
  cmake_parse_arguments(TEST "ALONE;QUICK;SLOW" "TIMEOUT;PROCESSORS" "ENVIRONMENT" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 900)
  endif()
  math(EXPR TEST_TIMEOUT "${TEST_TIMEOUT} * ${VIREO_PATIENCE}")
  if(NOT TEST_PROCESSORS)
    set(TEST_PROCESSORS 1)
  endif()
  set(labels system)
  if(TEST_QUICK)
    list(APPEND labels quick)
    add_dependencies(quick_tests vireo_program)
  endif()
  if(TEST_SLOW)
    list(APPEND labels slow)
  endif()
  set(alone FALSE)
  if(TEST_ALONE)
    set(alone TRUE)
  endif()
  list(JOIN VIREO_MPIRUN " " mpirun)
  add_test(NAME ${name} COMMAND /usr/bin/python3 -B ${PROJECT_SOURCE_DIR}/tests/${name}.py)
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${TEST_TIMEOUT} PROCESSORS ${TEST_PROCESSORS} RUN_SERIAL ${alone}
    ENVIRONMENT "${VIREO_MPI_ENVIRONMENT};VIREO=$<TARGET_FILE:vireo_program>;VIREO_MPIRUN=${mpirun};${TEST_ENVIRONMENT}")
endfunction()

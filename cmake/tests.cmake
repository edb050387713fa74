# Every tests/ROOM/test_*.c is a program of its own; every tests/cli/*.bats a test of the command.
pkg_check_modules(cmocka IMPORTED_TARGET cmocka)
if(NOT cmocka_FOUND)
  message(WARNING "cmocka is not installed: no tests are built")
  return()
endif()
find_program(MSP_BATS bats)

file(GLOB msp_tests CONFIGURE_DEPENDS tests/*/test_*.c)
foreach(source ${msp_tests})
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME room)
  cmake_path(GET source STEM stem)
  set(name ${room}-${stem})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE msp_flags mspike_static PkgConfig::cmocka)
  target_include_directories(${name} PRIVATE tests src)
  target_compile_definitions(${name} PRIVATE MSP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${room}/${stem} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${room}/${stem} PROPERTIES TIMEOUT 600 ENVIRONMENT "TZ=UTC")
endforeach()

if(MSP_BATS)
  file(GLOB msp_bats CONFIGURE_DEPENDS tests/cli/*.bats)
  foreach(source ${msp_bats})
    cmake_path(GET source STEM stem)
    add_test(NAME cli/${stem} COMMAND ${MSP_BATS} --tap ${source}
             WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(cli/${stem} PROPERTIES TIMEOUT 900
      ENVIRONMENT "TZ=UTC;MSPIKE=$<TARGET_FILE:mspike>")
  endforeach()
else()
  message(WARNING "bats is not installed: the command line will not be tested")
endif()

# Writes the tables in examples/; tests/cli/examples.bats holds them to it.
add_executable(make-example tools/make-example.c)
target_link_libraries(make-example PRIVATE msp_flags mspike_static)

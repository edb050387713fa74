# Libraries from the system; docs/dependencies.md says why each. `./run` installs them on Debian.
find_package(PkgConfig REQUIRED)
pkg_check_modules(msp_pc REQUIRED IMPORTED_TARGET
  libRmath libfyaml jansson yajl zlib)
find_library(MSP_READSTAT readstat REQUIRED)
find_path(MSP_READSTAT_INCLUDE readstat.h REQUIRED)
find_path(MSP_RANDOM123_INCLUDE Random123/philox.h REQUIRED)

add_library(msp_dependencies INTERFACE)
target_link_libraries(msp_dependencies INTERFACE PkgConfig::msp_pc ${MSP_READSTAT} m)
target_include_directories(msp_dependencies SYSTEM INTERFACE
  ${MSP_READSTAT_INCLUDE} ${MSP_RANDOM123_INCLUDE})

# Several machines: optional. Without it one process does the work; `mspike doctor` says which.
option(MSP_MPI "Use MPI where it is installed" ON)
if(MSP_MPI)
  find_package(MPI COMPONENTS C)
endif()
if(MPI_C_FOUND)
  try_run(msp_mpi_ran msp_mpi_built ${CMAKE_BINARY_DIR}/mpi ${CMAKE_SOURCE_DIR}/cmake/mpi.c
    LINK_LIBRARIES MPI::MPI_C RUN_OUTPUT_VARIABLE msp_mpi_name)
  set_property(SOURCE src/base/team.c APPEND PROPERTY COMPILE_DEFINITIONS
    MSP_MPI=1 MSP_MPI_NAME="${msp_mpi_name}")
  target_link_libraries(msp_dependencies INTERFACE MPI::MPI_C)
else()
  set_property(SOURCE src/base/team.c APPEND PROPERTY COMPILE_DEFINITIONS MSP_MPI=0)
endif()

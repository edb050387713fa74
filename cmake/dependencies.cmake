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

# What every one of our own targets is compiled with.
add_library(msp_flags INTERFACE)
target_compile_options(msp_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  -Wcast-qual -Wwrite-strings -Wvla -Wundef
  $<$<C_COMPILER_ID:GNU>:-Wdouble-promotion> # clang says it of every NAN
  -fvisibility=hidden
  -ffp-contract=off      # the same bits with and without fused multiply-add
  -fno-math-errno        # sqrt() as one instruction; nobody reads errno after it
  -fno-trapping-math)    # comparisons vectorise; nobody reads the exception flags
target_compile_definitions(msp_flags INTERFACE _GNU_SOURCE MSP_VERSION="${PROJECT_VERSION}")
if(MSP_WERROR)
  target_compile_options(msp_flags INTERFACE -Werror)
endif()
if(MSP_SANITIZE)
  target_compile_options(msp_flags INTERFACE -fsanitize=${MSP_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(msp_flags INTERFACE -fsanitize=${MSP_SANITIZE})
  target_compile_definitions(msp_flags INTERFACE MSP_ARENA_PLAIN)
endif()
if(MSP_COVERAGE)
  target_compile_options(msp_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(msp_flags INTERFACE --coverage)
endif()

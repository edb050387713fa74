# Programs that bench/run builds and times; not part of an ordinary build.
foreach(name bench_stats bench_response bench_network bench_simulate bench_virtual simulate_cells simulate_coverage make_data measure)
  add_executable(${name} EXCLUDE_FROM_ALL bench/${name}.c)
  target_link_libraries(${name} PRIVATE msp_flags mspike_static)
  target_include_directories(${name} PRIVATE src)
endforeach()
target_sources(simulate_cells PRIVATE bench/plain_trial.c)

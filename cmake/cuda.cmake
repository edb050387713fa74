# Plain virtual trials on graphics processors: an object of its own, for a compiler of its own.
set(CMAKE_CUDA_ARCHITECTURES 80;90 CACHE STRING "Kinds of graphics processor, as NVIDIA counts them")
enable_language(CUDA)
add_library(msp_cuda OBJECT src/simulate/gpu.cu)
target_compile_options(msp_cuda PRIVATE --fmad=false) # the same bits as every other processor
target_include_directories(msp_cuda PRIVATE include src ${MSP_RANDOM123_INCLUDE})
set_target_properties(msp_cuda PROPERTIES CUDA_STANDARD 17)
add_compile_definitions(MSP_CUDA)
set(msp_cuda_objects $<TARGET_OBJECTS:msp_cuda>)

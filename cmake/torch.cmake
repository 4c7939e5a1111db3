# PyTorch as the build's Python has it. Its own CMake package would bring CUDA in; headers and libraries are enough.
find_package(Python3 REQUIRED COMPONENTS Interpreter Development.Module)
execute_process(
  COMMAND ${Python3_EXECUTABLE} -c
          "import importlib.util as u, os; print(os.path.dirname(u.find_spec('torch').origin), end='')"
  OUTPUT_VARIABLE TORCH_DIR COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "PyTorch: ${TORCH_DIR}")
add_library(torch_headers INTERFACE)
target_include_directories(torch_headers SYSTEM INTERFACE ${TORCH_DIR}/include
                                                          ${TORCH_DIR}/include/torch/csrc/api/include)
target_link_directories(torch_headers INTERFACE ${TORCH_DIR}/lib)

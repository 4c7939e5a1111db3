# Flags that every target of ours shares.
add_library(softnpu_options INTERFACE)
target_compile_options(softnpu_options INTERFACE
  -Wall -Wextra
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor;-Woverloaded-virtual;-Wextra-semi>
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local;-Wduplicated-cond;-Wlogical-op>
  $<$<BOOL:${SOFTNPU_WERROR}>:-Werror>)
if(SOFTNPU_SANITIZE)
  target_compile_options(softnpu_options INTERFACE -fsanitize=${SOFTNPU_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize=enum)  # The ABI's enums are C's: a caller may pass any number.
  target_link_options(softnpu_options INTERFACE -fsanitize=${SOFTNPU_SANITIZE})
endif()
find_package(Threads REQUIRED)
target_link_libraries(softnpu_options INTERFACE Threads::Threads)

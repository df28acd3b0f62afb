# The compiler floor, warnings and instrumentation, as interface targets.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "weir needs GCC 12 or newer (found ${CMAKE_CXX_COMPILER_VERSION})")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR "weir needs Clang 14 or newer (found ${CMAKE_CXX_COMPILER_VERSION})")
endif()

find_program(WEIR_CCACHE ccache)
if(WEIR_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${WEIR_CCACHE})
endif()

add_library(weir_warnings INTERFACE)
# For developers and CI: a user who builds a release reads errors only.
if(WEIR_WERROR)
  target_compile_options(weir_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
    -Woverloaded-virtual -Wnull-dereference -Wdouble-promotion -Wimplicit-fallthrough
    # options structs are filled by designated initializers; what is left out has its default
    -Wno-missing-field-initializers)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports these inside the standard library's own headers when it inlines at -O2.
    target_compile_options(weir_warnings INTERFACE -Wno-restrict -Wno-stringop-overread -Wno-maybe-uninitialized)
    if(WEIR_SANITIZE)
      # The sanitizers' own checks make it see null pointers where there are none.
      target_compile_options(weir_warnings INTERFACE -Wno-null-dereference)
    endif()
    if(WEIR_SANITIZE STREQUAL "thread")
      # Asio fences where it has no thread to meet; the thread sanitizer does not know fences.
      target_compile_options(weir_warnings INTERFACE -Wno-tsan)
    endif()
  endif()
  target_compile_options(weir_warnings INTERFACE -Werror)
endif()

add_library(weir_instrumentation INTERFACE)
if(WEIR_SANITIZE)
  target_compile_options(weir_instrumentation INTERFACE -fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(weir_instrumentation INTERFACE -fsanitize=${WEIR_SANITIZE})
endif()
if(WEIR_FUZZ)
  target_compile_options(weir_instrumentation INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(WEIR_COVERAGE)
  target_compile_options(weir_instrumentation INTERFACE --coverage)
  target_link_options(weir_instrumentation INTERFACE --coverage)
endif()
find_package(Threads REQUIRED)

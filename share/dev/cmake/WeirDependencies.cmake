# Everything weir links, on one screen. All of it comes from Debian packages (share/dev/install-deps.sh).
#
# What every command needs is linked from static archives: loading the shared forms costs more than
# starting bash does (3 ms against 0.9 ms), and `weir run` of a small script is counted in milliseconds.
# Large libraries that few commands need (ICU, ISA-L) are opened when first used, by
# base::DynamicLibrary; only their headers are needed here.

# weir_static(TARGET ARCHIVE...): an interface target of lib<ARCHIVE>.a files, in link order.
function(weir_static target)
  add_library(${target} INTERFACE)
  foreach(name IN LISTS ARGN)
    find_library(WEIR_LIB_${name} NAMES lib${name}.a ${name})
    if(NOT WEIR_LIB_${name})
      message(FATAL_ERROR "lib${name} is missing: run `sh share/dev/install-deps.sh`")
    endif()
    target_link_libraries(${target} INTERFACE ${WEIR_LIB_${name}})
  endforeach()
endfunction()

# weir_header(NAME): fails early, with the cure, when a header-only need is not there.
function(weir_header header)
  string(MAKE_C_IDENTIFIER ${header} id)
  find_path(WEIR_HEADER_${id} ${header})
  if(NOT WEIR_HEADER_${id})
    message(FATAL_ERROR "<${header}> is missing: run `sh share/dev/install-deps.sh`")
  endif()
endfunction()

weir_static(weir_dep_crypto crypto)
weir_static(weir_dep_xxhash xxhash)
weir_static(weir_dep_sqlite sqlite3)
weir_static(weir_dep_deflate deflate)
weir_static(weir_dep_z z)
weir_static(weir_dep_hts hts htscodecs deflate z lzma bz2)
weir_static(weir_dep_yaml yaml-cpp)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 REQUIRED)
weir_header(spdlog/spdlog.h)
weir_header(fmt/format.h)
weir_header(boost/asio.hpp)
weir_header(doctest/doctest.h)
weir_header(unicode/uregex.h)
weir_header(isa-l/igzip_lib.h)
weir_header(archive.h)
weir_header(curl/curl.h)

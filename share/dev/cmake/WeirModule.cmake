# weir_module(NAME SOURCES ... HEADERS ... USES module... LINKS target...)
#
# One library module below lib/. USES is the one statement of what the module may include from the
# others (tests/tidy reads it); LINKS names the foreign libraries that only this module touches.
function(weir_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;USES;LINKS" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "weir_module(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_library(weir_${name} STATIC ${arg_SOURCES})
  target_sources(weir_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/lib FILES ${arg_HEADERS})
  set_target_properties(weir_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ${WEIR_WERROR})
  target_include_directories(weir_${name} PUBLIC ${CMAKE_SOURCE_DIR}/lib)
  target_link_libraries(weir_${name} PRIVATE weir_warnings PUBLIC weir_instrumentation Threads::Threads ${arg_LINKS})
  foreach(used IN LISTS arg_USES)
    target_link_libraries(weir_${name} PUBLIC weir_${used})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY WEIR_MODULES ${name})
endfunction()

# weir_unit(MODULE SOURCES...): the module's unit tests as one program, run by CTest.
function(weir_unit module)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(unit_${module} ${arg_SOURCES})
  target_link_libraries(unit_${module} PRIVATE weir_test_support weir_${module} weir_warnings ${arg_LINKS})
  add_test(NAME unit.${module} COMMAND unit_${module})
  set_tests_properties(unit.${module} PROPERTIES LABELS unit TIMEOUT 300 RUN_SERIAL TRUE)
endfunction()

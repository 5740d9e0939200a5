# Turns a part's floors.toml into targets: one library a room, one test program a room, one program a main.cc.
# Installed with the foundation, so that a part that moves to its own repository builds by the same rules.
include_guard(GLOBAL)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)  # -fPIE below: libraries and programs must agree, they share the header
set(CMAKE_CXX_FLAGS_DEBUG "-g1 -O0 -fno-omit-frame-pointer")  # -O1 took three times as long to compile
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-g1 -O1 -fno-omit-frame-pointer")  # of the fuzz preset, which runs for minutes
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(HKS_SANITIZE "" CACHE STRING "address,undefined | address,undefined,fuzzer-no-link | thread | empty")
option(HKS_TESTS "build the unit tests" ON)
set(HKS_ROOMS_DIR ${CMAKE_CURRENT_LIST_DIR})

# One precompiled header serves every target, so the flags are the same everywhere.
add_compile_options(-pthread -fPIE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Werror
                    -Xclang -fno-pch-timestamp)
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
add_link_options(-fuse-ld=mold -pie)
if(HKS_SANITIZE)
  add_compile_options(-fsanitize=${HKS_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HKS_SANITIZE})
endif()

function(hks_find_packages)
  find_package(Boost 1.81 REQUIRED COMPONENTS json url)
  find_package(fmt REQUIRED)
  find_package(spdlog REQUIRED)
  find_package(CLI11 REQUIRED)
  find_package(tomlplusplus REQUIRED)
  find_package(OpenSSL REQUIRED)
  find_package(SQLite3 REQUIRED)
  find_package(prometheus-cpp REQUIRED)
  find_package(yaml-cpp REQUIRED)
  find_package(Threads REQUIRED)
  pkg_check_modules(sodium REQUIRED IMPORTED_TARGET GLOBAL libsodium)
  pkg_check_modules(re2 REQUIRED IMPORTED_TARGET GLOBAL re2)
  if(HKS_TESTS)
    find_package(GTest REQUIRED)
    find_package(rapidcheck REQUIRED)
    include(GoogleTest)
  endif()
endfunction()

macro(hks_begin_part)
  enable_testing()  # of a part that stands alone
  hks_find_packages()
  if(NOT TARGET hks_pch)
    if(NOT EXISTS ${CMAKE_BINARY_DIR}/hks_pch.cc)  # a new time stamp would compile the header again
      file(WRITE ${CMAKE_BINARY_DIR}/hks_pch.cc "")
    endif()
    add_library(hks_pch OBJECT ${CMAKE_BINARY_DIR}/hks_pch.cc)
    target_link_libraries(hks_pch PRIVATE Boost::json fmt::fmt)
    target_precompile_headers(hks_pch PRIVATE
      <boost/asio.hpp> <boost/asio/experimental/awaitable_operators.hpp> <boost/json.hpp> <fmt/format.h>
      <algorithm> <array> <atomic> <charconv> <chrono> <expected> <functional> <list> <map> <memory> <mutex>
      <optional> <set> <span> <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>)
  endif()
endmacro()

# SQL texts become string constants: k_<target>_<file>, with every other character as _.
function(hks_embed target directory files)
  foreach(file ${files})
    get_filename_component(name ${file} NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" id ${name})
    set(out ${CMAKE_BINARY_DIR}/embedded/${target}_${id}.cc)
    file(READ ${file} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(CONFIGURE OUTPUT ${out} @ONLY CONTENT
      "extern const char k_@target@_@id@[];\nconst char k_@target@_@id@[] = R\"~~~(@text@)~~~\";\n")
    target_sources(${target} PRIVATE ${out})
  endforeach()
endfunction()

function(hks_room target directory)
  cmake_parse_arguments(room "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${directory}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  file(GLOB texts CONFIGURE_DEPENDS ${directory}/migrations/*.sql)
  if(sources OR texts)
    add_library(${target} STATIC ${sources})
    target_precompile_headers(${target} REUSE_FROM hks_pch)
    set(kind PUBLIC)
    if(texts)
      hks_embed(${target} ${directory} "${texts}")
    endif()
  else()
    add_library(${target} INTERFACE)
    set(kind INTERFACE)
  endif()
  add_library(hks::${target} ALIAS ${target})
  get_filename_component(root ${PROJECT_SOURCE_DIR} DIRECTORY)
  target_include_directories(${target} ${kind} $<BUILD_INTERFACE:${root}> $<INSTALL_INTERFACE:include>)
  target_link_libraries(${target} ${kind} Boost::json fmt::fmt Threads::Threads)
  if(NOT target STREQUAL "foundation_precompiled")  # the precompiled header makes every file refer to Asio
    target_link_libraries(${target} ${kind} hks::foundation_precompiled)
  endif()
  foreach(used ${room_USES})
    target_link_libraries(${target} ${kind} hks::${used})
  endforeach()
  target_link_libraries(${target} ${kind} ${room_LIBRARIES})
  if(HKS_PACKAGE)
    install(TARGETS ${target} EXPORT ${HKS_PACKAGE})
  endif()
  if(HKS_TESTS AND tests)
    add_executable(${target}_test ${tests})
    target_precompile_headers(${target}_test REUSE_FROM hks_pch)
    target_link_libraries(${target}_test PRIVATE ${target} GTest::gtest GTest::gmock GTest::gtest_main rapidcheck)
    add_test(NAME ${target} COMMAND ${target}_test)
    set_tests_properties(${target} PROPERTIES WORKING_DIRECTORY ${root} TIMEOUT 300)
  endif()
endfunction()

# A program: its main.cc and the room it stands in.
function(hks_program name main)
  add_executable(${name} ${main})
  target_precompile_headers(${name} REUSE_FROM hks_pch)
  target_link_libraries(${name} PRIVATE ${ARGN})
endfunction()

# Reads floors.toml of the part in the current folder.
macro(hks_part)
  hks_begin_part()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/floors.toml)
  execute_process(
    COMMAND ${Python3_EXECUTABLE} ${HKS_ROOMS_DIR}/floors.py ${CMAKE_CURRENT_SOURCE_DIR}
    OUTPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/rooms.cmake COMMAND_ERROR_IS_FATAL ANY)
  include(${CMAKE_CURRENT_BINARY_DIR}/rooms.cmake)
endmacro()

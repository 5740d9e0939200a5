# find_package(HksFoundation): the libraries that its targets name, the targets, and the rules for rooms.
include(CMakeFindDependencyMacro)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})
include(HksRooms)
hks_find_packages()
include(${CMAKE_CURRENT_LIST_DIR}/HksFoundationTargets.cmake)

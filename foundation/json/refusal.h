// How both parsers of this room word their errors. Private to the room.
#pragma once
#include <boost/json/error.hpp>
#include <cstddef>
#include <string>

#include "foundation/base/error.h"

namespace foundation::json {

std::unexpected<Error> over_bytes(std::size_t limit);
std::unexpected<Error> refused_at(std::size_t offset, std::string why);
std::unexpected<Error> refused_at(std::size_t offset, boost::json::error_code why);

}  // namespace foundation::json

// The tables of this room, in order.
#pragma once
#include <span>

#include "foundation/database/database.h"

namespace api::turns {

std::span<const foundation::database::Migration> migrations();

}  // namespace api::turns

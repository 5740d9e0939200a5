#include "api/operations/catalogue.h"

#include <algorithm>
#include <array>

#include "api/operations/restart.h"
#include "api/operations/rollback.h"
#include "api/operations/scale.h"
#include "api/operations/set_resources.h"

namespace api::operations {
namespace {

constexpr std::array kCatalogue{&kScale, &kRestart, &kRollback, &kSetResources};

}  // namespace

std::span<const Operation* const> catalogue() { return kCatalogue; }

const Operation* find_operation(std::string_view name) {
  auto found = std::ranges::find(kCatalogue, name, &Operation::name);
  return found == kCatalogue.end() ? nullptr : *found;
}

}  // namespace api::operations

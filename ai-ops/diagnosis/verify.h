// Evidence looked up again by its reference alone: what is cited is what stands there.
#pragma once
#include "ai-ops/diagnosis/draft.h"

namespace ai_ops::diagnosis {

// `about`: the object of the finding, whose namespace references leave out.
bool stands(const Case& c, const ObjectRef& about, const Evidence& evidence);

}  // namespace ai_ops::diagnosis

// get_object: one object as the user may see it.
#include "ai-ops/tools/arguments.h"
#include "ai-ops/tools/tool.h"

namespace ai_ops::tools {

using foundation::Code;
using foundation::fail;

namespace {

json::Value schema() {
  return object_schema({{"kind", text_schema("for example Deployment")},
                        {"project", text_schema("the project that it is in")},
                        {"name", text_schema("its name")}},
                       {"kind", "project", "name"});
}

async::Task<Outcome> run(async::Context& ctx, control_plane::Reads& reads, const control_plane::Caller& caller,
                         json::Object arguments) {
  json::Value given(std::move(arguments));
  json::Fields fields(given);
  std::string kind = kind_of(fields), project = project_of(fields), name = name_of(fields, "name");
  if (auto done = fields.finish(); !done) co_return std::unexpected(done.error());
  auto object = co_await reads.object(ctx, caller, kind, project, name);
  if (!object) co_return std::unexpected(object.error());
  if (json::to_text(*object).size() > kMaxResultBytes)
    co_return fail(Code::too_large, "read " + kind + "/" + name, "the object is too large to look at");
  co_return Outcome{std::move(*object), kind + "/" + name};
}

}  // namespace

Tool get_object_tool() { return {"get_object", "Reads one object: its spec and status.", &schema, &run}; }

}  // namespace ai_ops::tools

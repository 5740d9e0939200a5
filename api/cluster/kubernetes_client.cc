#include "api/cluster/kubernetes_client.h"

#include <fmt/format.h>

#include "foundation/http/message.h"
#include "foundation/kubernetes_api/collection.h"
#include "foundation/kubernetes_api/log_stream.h"

namespace api::cluster {

namespace http = foundation::http;
using foundation::Code;
using foundation::Error;
using foundation::fail;
using foundation::Result;
using foundation::kubernetes::Kind;

namespace {

constexpr std::size_t kMaxFieldManagerBytes = 128;  // the API server's own bound

Result<json::Value> parse_object(std::string_view body) {
  auto object = json::parse_tolerant(body, {.bytes = kMaxObjectBytes, .depth = 64});
  if (!object || !object->is_object())
    return fail(Code::corrupt, "read the cluster", "the API server's object does not read");
  return object;
}

// What the API server refuses with 409 when the object has moved or is another.
Result<json::Object> configuration_of(PatchRequest& patch) {
  if (patch.resource_version.empty())
    return fail(Code::invalid, "write to the cluster", "no resourceVersion: a blind write");
  if (patch.fields.contains("metadata"))
    return fail(Code::invalid, "write to the cluster", "an object's metadata is no operation's to write");
  const Kind* kind = foundation::kubernetes::find_kind(patch.target.kind);
  if (!kind) return fail(Code::invalid, "write to the cluster", "this kind is not served here");
  bool is_scale = patch.subresource == "scale";
  json::Object out{{"apiVersion", is_scale ? "autoscaling/v1" : api_version(*kind)},
                   {"kind", is_scale ? "Scale" : patch.target.kind},
                   {"metadata",
                    {{"name", patch.target.name},
                     {"namespace", patch.target.namespace_name},
                     {"resourceVersion", patch.resource_version}}}};
  if (!patch.target.uid.empty()) out["metadata"].as_object()["uid"] = patch.target.uid;
  for (auto& [name, value] : patch.fields) out[name] = std::move(value);
  return out;
}

Result<http::Request> patch_request(PatchRequest patch) {
  auto target = wire::object_target(patch.target, patch.subresource);
  if (!target) return std::unexpected(target.error());
  if (patch.field_manager.empty() || patch.field_manager.size() > kMaxFieldManagerBytes)
    return fail(Code::invalid, "write to the cluster", "no field manager of 1 to 128 bytes");
  auto configuration = configuration_of(patch);
  if (!configuration) return std::unexpected(configuration.error());
  bool applies = patch.form == PatchForm::apply;
  return http::Request{
      .method = http::Method::patch,
      .target = fmt::format("{}?fieldManager={}{}{}", *target, http::percent_encode(patch.field_manager),
                            applies ? "&force=true" : "", patch.dry_run ? "&dryRun=All" : ""),
      .headers = {{"Content-Type", applies ? "application/apply-patch+yaml"  // of which JSON is a part
                                           : "application/strategic-merge-patch+json"}},
      .body = json::to_text(*configuration)};
}

// What the cluster denies us it does not deny the user: to them it is unavailable, and an operator must know.
Error not_for_us(const async::Context& ctx, Error error) {
  if (error.code != Code::denied) return error;
  ctx.log.error("cluster_denies_us", {{"cause", error.text()}});
  error.code = Code::unavailable;
  return error;
}

}  // namespace

async::Task<json::Value> KubernetesReader::get(async::Context& ctx, ObjectRef ref) {
  auto target = wire::object_target(ref);
  if (!target) co_return std::unexpected(target.error());
  auto body = co_await api_->read(ctx, std::move(*target), kMaxObjectBytes);
  if (!body) co_return std::unexpected(not_for_us(ctx, std::move(body.error())));
  co_return parse_object(*body);
}

async::Task<std::vector<json::Value>> KubernetesReader::list(async::Context& ctx, std::string kind,
                                                             std::string namespace_name) {
  const Kind* row = foundation::kubernetes::find_kind(kind);
  if (!row) co_return fail(Code::invalid, "read the cluster", "this kind is not served here");
  auto collection = wire::collection_target(*row, namespace_name);
  if (!collection) co_return std::unexpected(collection.error());
  auto page = co_await wire::read_all(*api_, ctx, *row, std::move(*collection));
  if (!page) co_return std::unexpected(not_for_us(ctx, std::move(page.error())));
  if (!page->next.empty())
    co_return fail(Code::too_large, "read the cluster", fmt::format("too many objects of kind {}", kind));
  co_return std::move(page->items);
}

async::Task<LogTail> KubernetesReader::logs(async::Context& ctx, LogQuery query) {
  if (query.tail_lines > kMaxTailLines)
    co_return fail(Code::invalid, "read log", fmt::format("tail_lines must be 1 to {}", kMaxTailLines));
  LogTail tail;
  auto read = co_await wire::read_log(*api_, ctx,
                                      {.namespace_name = std::move(query.namespace_name),
                                       .pod = std::move(query.pod),
                                       .container = std::move(query.container),
                                       .previous = query.previous,
                                       .tail_lines = query.tail_lines},
                                      [&tail](std::string_view piece) { tail.take(piece); });
  if (!read) co_return std::unexpected(not_for_us(ctx, std::move(read.error())));
  co_return tail;
}

async::Task<json::Value> KubernetesWriter::patch(async::Context& ctx, PatchRequest patch) {
  auto request = patch_request(std::move(patch));
  if (!request) co_return std::unexpected(request.error());
  auto body = co_await api_->write(ctx, std::move(*request), kMaxObjectBytes);
  if (!body) co_return std::unexpected(body.error());
  co_return parse_object(*body);
}

}  // namespace api::cluster

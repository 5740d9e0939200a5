#include "foundation/kubernetes_api/log_stream.h"

#include <fmt/format.h>

#include <utility>

#include "foundation/kubernetes/names.h"
#include "foundation/kubernetes_api/api_error.h"
#include "foundation/kubernetes_api/collection.h"

namespace foundation::kubernetes_api {
namespace {

using Take = std::function<void(std::string_view)>;

Result<std::string> log_target(const LogRequest& request) {
  auto target = object_target({"Pod", request.namespace_name, request.pod, {}}, "log");
  if (!target) return target;
  if (request.tail_lines < 1) return fail(Code::invalid, "read log", "tail_lines must be 1 or more");
  *target += fmt::format("?tailLines={}", request.tail_lines);
  if (request.previous) *target += "&previous=true";
  if (request.container.empty()) return target;
  if (!kubernetes::is_label(request.container)) return fail(Code::invalid, "read log", "not a container's name");
  return *target + "&container=" + request.container;
}

async::Task<void> read_pieces(http::ResponseStream& stream, const Take& take) {
  for (std::size_t came = 0;;) {
    auto piece = co_await stream.read();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return Done{};
    auto room = kMaxLogStream - came;
    take(std::string_view(*piece).substr(0, room));
    if (piece->size() > room) co_return fail(Code::too_large, "read log", "the log's last lines are over the limit");
    came += piece->size();
  }
}

}  // namespace

async::Task<void> read_log(ApiServer& api, async::Context& ctx, LogRequest request, Take take) {
  auto target = log_target(request);
  if (!target) co_return std::unexpected(target.error());
  auto bounded = ctx.child(kLogTime);
  auto stream = co_await api.open(bounded, std::move(*target));
  if (!stream) co_return std::unexpected(stream.error());
  auto read = co_await async::with_deadline(bounded.deadline, read_pieces(**stream, take));
  if (!read) co_return std::unexpected(error_of_transport(std::move(read.error())));
  co_return Done{};
}

}  // namespace foundation::kubernetes_api

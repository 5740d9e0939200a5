#include "api/executor/executor.h"

#include <algorithm>

namespace api::executor {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::SteadyTime;
using foundation::kubernetes::ObjectView;
using operations::Plan;
using policy::AuthorizedOperation;

namespace {

cluster::PatchRequest patch_of(const AuthorizedOperation& operation, const std::string& operation_id,
                               std::string resource_version, bool dry_run) {
  const Plan& plan = operation.plan();
  return {
      .target = plan.target,
      .subresource = plan.subresource,
      .fields = plan.patch,
      .form = plan.form == operations::PatchForm::strategic ? cluster::PatchForm::strategic : cluster::PatchForm::apply,
      .resource_version = std::move(resource_version),
      .field_manager = field_manager(operation_id),
      .dry_run = dry_run};
}

// Looks again and again, less and less often, until `shows` or `until`.
async::Task<json::Value> look_until(async::Context& ctx, cluster::ClusterReader& reader, const Plan& plan,
                                    bool (*shows)(const Plan&, const ObjectView&), SteadyTime until) {
  for (Milliseconds pause = kFirstLook;; pause = std::min(pause * 2, kLookEvery)) {
    auto object = co_await reader.get(ctx, plan.target);
    if (object) {
      ObjectView view{json::View(*object)};
      if (view.uid() != plan.target.uid) co_return fail(Code::conflict, "verify", "the object was replaced");
      if (shows(plan, view)) co_return std::move(*object);
    } else if (object.error().code == Code::not_found) {
      co_return fail(Code::conflict, "verify", "the object is gone");
    }
    if (std::chrono::steady_clock::now() + pause > until) co_return fail(Code::deadline, "verify", "not seen in time");
    if (auto slept = co_await async::sleep_for(pause); !slept) co_return std::unexpected(slept.error());
  }
}

}  // namespace

std::string field_manager(const std::string& operation_id) { return "hks-" + operation_id; }

async::Task<void> Executor::dry_run(async::Context& ctx, const AuthorizedOperation& operation, std::string operation_id,
                                    std::string resource_version) {
  auto answer = co_await writer_.patch(ctx, patch_of(operation, operation_id, std::move(resource_version), true));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Done{};
}

async::Task<void> Executor::write(async::Context& ctx, const AuthorizedOperation& operation, std::string operation_id,
                                  std::string resource_version) {
  auto answer = co_await writer_.patch(ctx, patch_of(operation, operation_id, std::move(resource_version), false));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Done{};
}

async::Task<json::Value> Executor::wait_applied(async::Context& ctx, const AuthorizedOperation& operation) {
  return look_until(ctx, reader_, operation.plan(), operation.operation().applied,
                    std::chrono::steady_clock::now() + kVerifyTime);
}

async::Task<json::Value> Executor::wait_settled(async::Context& ctx, const AuthorizedOperation& operation) {
  return look_until(ctx, reader_, operation.plan(), operation.operation().settled,
                    std::chrono::steady_clock::now() + kSettleTime);
}

bool still_as_planned(const Plan& plan, const ObjectView& live) {
  if (live.uid() != plan.target.uid) return false;
  return std::ranges::all_of(plan.fields_read, [&](const auto& read) {
    json::View now = live.root().pointer({read.key().data(), read.key().size()});
    return now.is_null() ? read.value().is_null() : *now.value() == read.value();
  });
}

Trace trace(const Plan& plan, const std::string& operation_id, const WrittenOn& written_on, const ObjectView& live) {
  if (live.uid() != plan.target.uid) return Trace::unknown;
  for (const auto& entry : live.metadata()["managedFields"].array())
    if (json::View(entry)["manager"].text() == field_manager(operation_id)) return Trace::applied;
  return live.generation() == written_on.generation ? Trace::absent : Trace::unknown;
}

}  // namespace api::executor

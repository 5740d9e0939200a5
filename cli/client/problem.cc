#include "cli/client/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "foundation/json/view.h"

namespace cli::client {
namespace {

using foundation::Code;
using foundation::Error;
using foundation::json::View;

struct Row {
  int status;
  Code code;
};
// 422: a guard refused, which is to the user what a refusal is.
constexpr std::array kRows{Row{400, Code::invalid},   Row{401, Code::unauthenticated}, Row{403, Code::denied},
                           Row{404, Code::not_found}, Row{409, Code::conflict},        Row{413, Code::too_large},
                           Row{422, Code::denied},    Row{429, Code::rate_limited},    Row{503, Code::unavailable},
                           Row{504, Code::deadline}};

Code code_of(int status) {
  auto row = std::ranges::find(kRows, status, &Row::status);
  return row == kRows.end() ? Code::internal : row->code;
}

}  // namespace

Error error_of(std::string doing, int status, const foundation::http::Headers& headers, std::string_view body) {
  auto problem = foundation::json::parse_tolerant(body, {.bytes = 64 << 10, .depth = 16});
  View view = problem ? View(*problem) : View();
  std::string cause(view["reason"]["text"].text(view["detail"].text()));
  if (cause.empty())
    return {code_of(status), std::move(doing), fmt::format("it answered {} and not as a control plane does", status)};
  if (auto wait = headers.find("Retry-After"); wait && status == 429)
    cause += fmt::format(" Try again in {} s.", *wait);
  if (auto id = view["request_id"].text(); !id.empty() && status >= 500) cause += fmt::format(" (request {})", id);
  return {code_of(status), std::move(doing), std::move(cause)};
}

}  // namespace cli::client

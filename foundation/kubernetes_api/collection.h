// Kubernetes collections as they come over the wire: targets made of checked names, pages of a LIST, lines of a WATCH.
// Pure but for read_page.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"
#include "foundation/kubernetes/kinds.h"
#include "foundation/kubernetes/object.h"
#include "foundation/kubernetes_api/api_server.h"

namespace foundation::kubernetes_api {

using kubernetes::Kind;
using kubernetes::ObjectRef;

inline constexpr int kPageObjects = 500;
inline constexpr int kPageConfigMaps = 50;  // each may hold 1 MiB
inline constexpr std::size_t kMaxPageBytes = 128 << 20;
inline constexpr std::size_t kMaxWatchLineBytes = 8 << 20;  // etcd's 1.5 MiB a value, escaped
inline constexpr std::size_t kMaxListedObjects = 50'000;    // of one kind in one list
inline constexpr Milliseconds kWatchTime{300'000};          // the server ends a watch after it

// The paths below are made of validated names only; a kind that has no row, a name that is none, a namespace where the
// kind has none (or the reverse) is Code::invalid, before any request is made.
Result<std::string> object_target(const ObjectRef& ref, std::string_view subresource = {});
Result<std::string> collection_target(const Kind& kind, std::string_view namespace_name);

struct Page {
  std::vector<json::Value> items;  // each with its kind and apiVersion, which the items of a list do not carry
  std::string next;                // empty: the last page
  std::string resource_version;    // where a watch goes on from
};
Result<Page> parse_page(std::string_view body, const Kind& kind);

struct WatchEvent {
  enum Type { changed, removed, bookmark } type = bookmark;
  json::Value object;  // with its kind and apiVersion
};
// An ERROR event is that Error: Code::conflict when the resourceVersion is gone (410). What does not read is
// Code::corrupt.
Result<WatchEvent> parse_watch_event(std::string_view line, const Kind& kind);
std::string watch_target(const std::string& collection, std::string_view resource_version);

// Code::conflict when `next` is gone: begin anew.
async::Task<Page> read_page(ApiServer& api, async::Context& ctx, const Kind& kind, std::string collection,
                            std::string next, std::string accept = kJson);
// All pages; begins anew once when the list expires underway. Where there are more than kMaxListedObjects the first
// ones, with `next` set.
async::Task<Page> read_all(ApiServer& api, async::Context& ctx, const Kind& kind, std::string collection,
                           std::string accept = kJson);

}  // namespace foundation::kubernetes_api

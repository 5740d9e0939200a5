// A support bundle: files that tell of a cluster, in any mixture of `kubectl get -o json` and `-o yaml`, `kubectl get`,
// `kubectl describe`, `kubectl logs`, `kubectl cluster-info dump` and `systemctl status`, under any names. Each is
// known by its contents; a log is known by its path. Configuration values become typed facts. Pure: files in, what the
// engine takes out; what does not read is named and left out.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ai-ops/bundle/api_objects.h"
#include "ai-ops/bundle/logs.h"
#include "ai-ops/bundle/merge.h"
#include "ai-ops/bundle/sections.h"
#include "ai-ops/bundle/times.h"
#include "ai-ops/diagnosis/diagnose.h"
#include "foundation/base/clock.h"
#include "foundation/base/error.h"
#include "foundation/kubernetes/snapshot.h"

namespace ai_ops::bundle {

inline constexpr std::size_t kMaxTextBytes = 256 << 20;  // of one that is no log, from its beginning
inline constexpr std::size_t kMaxLogBytes = 256 << 20;   // of memory, for what is kept of all logs together
inline constexpr std::size_t kMaxUnread = 200;           // named one by one; what more there is, is counted

struct Unread {
  std::string path;
  std::string why;
};

struct Bundle {
  foundation::kubernetes::Snapshot objects;  // its time: when the bundle was taken
  std::vector<diagnosis::LogExcerpt> logs;
  std::vector<Unread> unread;
};

struct Taken {
  std::optional<foundation::WallTime> at = {};  // ages in tables count from it; none: the newest time in the bundle
  std::optional<foundation::WallTime> files_at = {};  // of the newest file: where no text says a time; none is later
  std::string home = "default";                       // the namespace of what names none and lies in no folder of one
};

// The next piece of a text, cut anywhere; empty at its end.
using Pieces = std::function<foundation::Result<std::string_view>()>;

// Takes one file after another, so that no more than one is held as text; and of one that is a log only what is kept.
class BundleReader {
 public:
  explicit BundleReader(Taken taken);

  // `path`: relative to the bundle; "" for standard input.
  void add(std::string_view path, std::string_view text);
  // What its first lines show to be a log is not held, and may be of any size.
  void add(std::string_view path, const Pieces& next);
  void skip(std::string_view path, std::string why);  // a file that the caller could not or would not read
  Bundle finish() &&;

 private:
  struct Text {
    std::string path, text;
  };
  struct Placed {
    std::string path;
    json::Object object;
    Source source;
  };
  struct Log {
    std::string path;
    std::optional<diagnosis::LogWanted> of;  // none: its path says it
    diagnosis::LogExcerpt kept;
  };

  void attempt(std::string_view path, const std::function<void()>& reader);
  void take(std::string_view path, const Pieces& next);
  void take_log(std::string_view path, std::string_view begun, const Pieces& next);
  void read(std::string_view path, std::string_view text);
  void add_section(const Section& section, std::string_view path, ApiObjects& read);
  void add_objects(ApiObjects read, std::string_view path);
  void add_log(std::string_view path, std::optional<diagnosis::LogWanted> of, diagnosis::LogExcerpt kept);
  std::string home_of(std::string_view path) const;
  void tell_each(const std::vector<Text>& files, void (BundleReader::*tell_one)(const Text&, foundation::WallTime),
                 foundation::WallTime at);
  void tell_described(const Text& file, foundation::WallTime at);
  void tell_listed(const Text& file, foundation::WallTime at);
  void tell_node_services(const Text& file, foundation::WallTime at);
  void tell_placed();
  void tell(json::Object object, Source source);
  std::vector<diagnosis::LogExcerpt> logs_of(const foundation::kubernetes::Snapshot& objects);

  Taken taken_;
  Newest newest_;
  Merger merger_;
  std::map<std::string, std::size_t, std::less<>> namespaces_;  // that objects say they are in, and how many do
  std::vector<Placed> placed_;                                  // applied by who named no namespace
  std::vector<Text> described_, listed_, node_services_;
  std::vector<Log> logs_;
  std::size_t log_bytes_ = 0;
  std::vector<Unread> unread_;
  std::size_t unread_count_ = 0;
};

struct File {
  std::string path;
  std::string text;
};
Bundle read_bundle(const std::vector<File>& files, const Taken& taken);

}  // namespace ai_ops::bundle

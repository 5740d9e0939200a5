#include "ai-ops/bundle/bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "ai-ops/bundle/attempt.h"
#include "ai-ops/bundle/described.h"
#include "ai-ops/bundle/described_object.h"
#include "ai-ops/bundle/facts.h"
#include "ai-ops/bundle/fields.h"
#include "ai-ops/bundle/lines.h"
#include "ai-ops/bundle/listed_objects.h"
#include "ai-ops/bundle/node_services.h"
#include "ai-ops/diagnosis/log_intake.h"
#include "foundation/json/view.h"
#include "foundation/kubernetes/kinds.h"

namespace ai_ops::bundle {
namespace {

using diagnosis::LogExcerpt;
using diagnosis::LogWanted;
using foundation::json::View;
using foundation::kubernetes::ObjectView;
using foundation::kubernetes::Snapshot;

constexpr std::string_view kVersion = "bundle";
constexpr std::size_t kMaxBinaryLook = 4096;  // of a text, for bytes that no text has
constexpr std::size_t kLogTailSeen = 10;      // lines of a log that are asked for their time
constexpr std::size_t kBeginBytes = 1 << 20;  // of a text, which show what it is

// What editors and shells of Windows begin a text with.
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf", kUtf16Mark = "\xff\xfe", kUtf16BigEndianMark = "\xfe\xff";

bool is_binary(std::string_view text) { return text.substr(0, kMaxBinaryLook).contains('\0'); }

bool is_utf16(std::string_view text) {
  return is_binary(text) && (text.starts_with(kUtf16Mark) || text.starts_with(kUtf16BigEndianMark));
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kUtf8Mark)) text.remove_prefix(kUtf8Mark.size());
  return text;
}

std::vector<Section> sections_in(std::string_view text) {
  return is_binary(text) ? std::vector<Section>{{Form::plain, text}} : sections_of(text);
}

bool begins_a_log(std::string_view beginning) {
  return !is_utf16(beginning) && (is_binary(beginning) || is_plain_from(without_mark(beginning)));
}

// Adds to the text until it has so many bytes. False: there may be more.
foundation::Result<bool> is_whole(std::string& text, std::size_t bytes, const Pieces& next) {
  while (text.size() < bytes) {
    auto piece = next();
    if (!piece) return std::unexpected(piece.error());
    if (piece->empty()) return true;
    text += *piece;
  }
  return false;
}

std::size_t length_of(const LogExcerpt& log) { return log.lines.empty() ? 0 : log.lines.back().number; }

std::string_view namespace_of(const json::Object& object) {
  const json::Value* metadata = object.if_contains("metadata");
  return metadata == nullptr ? std::string_view() : View(*metadata)["namespace"].text();
}

bool lacks_namespace(const json::Object& object) {
  const auto* kind = foundation::kubernetes::find_kind(View(object.at("kind")).text());
  return kind != nullptr && kind->namespaced && namespace_of(object).empty();
}

// "n1" of "cluster/nodes/n1/kubelet.txt"
std::string_view folder_below(std::string_view parent, std::string_view path) {
  auto folders = words(path, "/");
  auto found = std::ranges::find(folders, parent);
  bool has_folder = found != folders.end() && std::distance(found, folders.end()) > 2;
  return has_folder ? *std::next(found) : std::string_view();
}

}  // namespace

BundleReader::BundleReader(Taken taken) : taken_(std::move(taken)), newest_(taken_.at ? taken_.at : taken_.files_at) {}

void BundleReader::skip(std::string_view path, std::string why) {
  ++unread_count_;
  if (unread_.size() < kMaxUnread) unread_.push_back({std::string(path), std::move(why)});
}

void BundleReader::add(std::string_view path, std::string_view text) {
  attempt(path, [&] { read(path, text); });
}

void BundleReader::add(std::string_view path, const Pieces& next) {
  attempt(path, [&] { take(path, next); });
}

void BundleReader::take(std::string_view path, const Pieces& next) {
  std::string text;
  auto whole = is_whole(text, kBeginBytes, next);
  if (whole && !*whole && begins_a_log(text)) return take_log(path, text, next);
  if (whole && !*whole) whole = is_whole(text, kMaxTextBytes, next);
  if (!whole) return skip(path, whole.error().cause);
  if (!*whole) skip(path, "it is too large: only its beginning is read");
  read(path, text);
}

void BundleReader::take_log(std::string_view path, std::string_view begun, const Pieces& next) {
  diagnosis::LogIntake intake;
  intake.take(begun);
  for (;;) {
    auto piece = next();
    if (!piece) skip(path, piece.error().cause);  // what came before tells something
    if (!piece || piece->empty()) return add_log(path, std::nullopt, std::move(intake).finish());
    intake.take(*piece);
  }
}

void BundleReader::attempt(std::string_view path, const std::function<void()>& reader) {
  if (auto why = failure_of(reader)) skip(path, *std::move(why));
}

void BundleReader::read(std::string_view path, std::string_view text) {
  text = without_mark(text);
  if (is_blank(text)) return;
  if (is_utf16(text)) return skip(path, "it is written in UTF-16; only UTF-8 is read");
  ApiObjects read;
  for (const Section& section : sections_in(text)) add_section(section, path, read);
  // Nothing of the API's in what looked like it: what programs print may be written as JSON too.
  bool is_log = read.objects.empty() && read.broken == 0 && read.foreign > 0;
  if (is_log) return add_log(path, std::nullopt, diagnosis::excerpt_of(text));
  add_objects(std::move(read), path);
}

void BundleReader::add_section(const Section& section, std::string_view path, ApiObjects& read) {
  auto kept = [&] { return Text{std::string(path), std::string(section.text)}; };
  switch (section.form) {
    case Form::json: return read_json(cut_json(section.text), read);
    case Form::yaml:
      for (const Document& document : cut_yaml(section.text)) read_yaml(document, read);
      return;
    case Form::described: newest_.see_described(section.text); return described_.push_back(kept());
    case Form::listed: return listed_.push_back(kept());
    case Form::node_services: return node_services_.push_back(kept());
    case Form::plain: return add_log(path, std::nullopt, diagnosis::excerpt_of(section.text));
    case Form::dumped_log: break;
  }
  DumpedLog log = read_dumped_log(section.text);
  LogWanted of{
      .project = std::string(log.namespace_name), .pod = std::string(log.pod), .container = std::string(log.container)};
  add_log(path, std::move(of), diagnosis::excerpt_of(log.text));
}

void BundleReader::add_objects(ApiObjects read, std::string_view path) {
  for (ApiObject& each : read.objects) {
    json::Value value(std::move(each.object));
    newest_.see_object(value);
    bool is_placed = lacks_namespace(value.get_object());
    if (is_placed)
      placed_.push_back({std::string(path), std::move(value.get_object()), each.source});
    else
      tell(std::move(value.get_object()), each.source);
  }
  if (read.broken > 0)
    skip(path,
         read.broken == 1 ? read.why : fmt::format("{} objects do not read; the first: {}", read.broken, read.why));
}

void BundleReader::add_log(std::string_view path, std::optional<LogWanted> of, LogExcerpt kept) {
  if (log_bytes_ > kMaxLogBytes) return skip(path, "the bundle's logs are too large together");
  const auto& lines = kept.lines;
  for (const diagnosis::LogLine& line : lines) log_bytes_ += sizeof(line) + line.text.size();
  for (std::size_t i = lines.size() - std::min(lines.size(), kLogTailSeen); i < lines.size(); ++i)
    newest_.see_log_line(lines[i].text);
  logs_.push_back({.path = std::string(path), .of = std::move(of), .kept = std::move(kept)});
}

void BundleReader::tell(json::Object object, Source source) {
  if (std::string_view name = namespace_of(object); !name.empty()) ++namespaces_[std::string(name)];
  merger_.add(std::move(object), source);
}

// A folder that has a namespace's name; else the only namespace of which anything tells.
std::string BundleReader::home_of(std::string_view path) const {
  auto folders = words(path, "/");
  for (std::size_t i = folders.size(); i-- > 0;)
    if (namespaces_.contains(folders[i])) return std::string(folders[i]);
  if (auto named = folder_below("namespaces", path); !named.empty()) return std::string(named);
  return namespaces_.size() == 1 ? namespaces_.begin()->first : taken_.home;
}

void BundleReader::tell_placed() {
  for (Placed& each : placed_) {
    put(each.object, "metadata.namespace", json::Value(home_of(each.path)));
    tell(std::move(each.object), each.source);
  }
}

void BundleReader::tell_described(const Text& file, WallTime at) {
  std::size_t unknown = 0;
  for (std::string_view text : split_described(file.text)) {
    auto read = read_described(text, at);
    if (!read) {
      ++unknown;
      continue;
    }
    tell(std::move(read->object), Source::described);
    for (json::Object& event : read->events) tell(std::move(event), Source::described);
  }
  if (unknown > 0) skip(file.path, fmt::format("{} descriptions are of kinds that are not known", unknown));
}

void BundleReader::tell_listed(const Text& file, WallTime at) {
  Listed read = read_listed(file.text, home_of(file.path), at);
  for (json::Object& object : read.objects) tell(std::move(object), Source::listed);
  if (read.unknown_tables > 0)
    skip(file.path, fmt::format("{} tables are of kinds that are not known", read.unknown_tables));
}

void BundleReader::tell_node_services(const Text& file, WallTime at) {
  NodeServices read = read_node_services(file.text, folder_below("nodes", file.path), at);
  for (json::Object& object : read.objects) tell(std::move(object), Source::api);
  if (read.unplaced > 0) skip(file.path, fmt::format("{} services are of no node that can be told", read.unplaced));
}

void BundleReader::tell_each(const std::vector<Text>& files, void (BundleReader::*tell_one)(const Text&, WallTime),
                             WallTime at) {
  for (const Text& file : files) attempt(file.path, [&] { (this->*tell_one)(file, at); });
}

// Two logs of one place: the longer one.
std::vector<LogExcerpt> BundleReader::logs_of(const Snapshot& objects) {
  KnownPods pods;
  for (const ObjectView& pod : objects.of_kind("Pod")) pods.add(pod);
  std::map<std::tuple<std::string, std::string, std::string, bool>, LogExcerpt> by_place;
  for (Log& log : logs_) {
    auto of = log.of ? log.of : pods.place_of(log.path);
    if (!of || !pods.has(of->project, of->pod)) {
      skip(log.path, log.of ? fmt::format("a log of the pod {}, of which nothing else tells", of->pod)
                            : "neither objects of a cluster nor the log of a pod that is known");
      continue;
    }
    LogExcerpt& known = by_place[{of->project, of->pod, of->container, of->previous}];
    if (length_of(known) < length_of(log.kept)) known = std::move(log.kept);
    known.of = *of;
  }
  std::vector<LogExcerpt> out;
  for (auto& [place, log] : by_place) out.push_back(std::move(log));
  return out;
}

Bundle BundleReader::finish() && {
  WallTime at = taken_.at.value_or(newest_.at().value_or(taken_.files_at.value_or(WallTime())));
  tell_each(described_, &BundleReader::tell_described, at);
  tell_placed();
  tell_each(listed_, &BundleReader::tell_listed, at);
  tell_each(node_services_, &BundleReader::tell_node_services, at);
  Bundle out{.objects = Snapshot(std::string(kVersion), at), .logs = {}, .unread = {}};
  for (json::Object& object : std::move(merger_).take()) {
    keep_facts_only(object);
    out.objects.add(std::move(object));
  }
  out.logs = logs_of(out.objects);
  if (unread_count_ > unread_.size())
    unread_.push_back({"", fmt::format("and {} more", unread_count_ - unread_.size())});
  out.unread = std::move(unread_);
  return out;
}

Bundle read_bundle(const std::vector<File>& files, const Taken& taken) {
  BundleReader reader(taken);
  for (const File& file : files) reader.add(file.path, file.text);
  return std::move(reader).finish();
}

}  // namespace ai_ops::bundle

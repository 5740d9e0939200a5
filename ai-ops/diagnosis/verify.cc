#include "ai-ops/diagnosis/verify.h"

#include <charconv>

namespace ai_ops::diagnosis {
namespace {

constexpr std::string_view kEvent = "Event ";
constexpr std::string_view kLog = "log ";
constexpr std::string_view kPrevious = "previous ";

// Takes the text up to the mark, which goes too; the whole rest where there is none.
std::string_view take(std::string_view& text, char mark) {
  std::size_t end = std::min(text.find(mark), text.size());
  std::string_view out = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return out;
}

// "Pod/web-1 status.phase", "Node/n1 ...", "Pod/shop/web-1 ...": an object of no namespace has none to leave out.
std::optional<ObjectView> object_of(const Snapshot& snapshot, std::string_view home, std::string_view words) {
  std::string_view kind = take(words, '/');
  std::size_t slash = words.find('/');
  if (slash != words.npos) return snapshot.find(kind, words.substr(0, slash), words.substr(slash + 1));
  if (auto found = snapshot.find(kind, home, words)) return found;
  return snapshot.find(kind, "", words);
}

bool field_stands(const Case& c, const ObjectRef& about, const Evidence& evidence) {
  std::string_view ref = evidence.ref;
  std::string_view words = take(ref, ' ');
  auto object = object_of(c.cluster().snapshot(), about.namespace_name, words);
  if (!object) return false;
  auto found = field_evidence(*object, std::string(ref), about.namespace_name);
  return found && found->text == evidence.text;
}

bool event_stands(const Case& c, const ObjectRef& about, std::string_view name, std::string_view text) {
  std::size_t slash = name.find('/');
  std::string_view home = slash == name.npos ? std::string_view(about.namespace_name) : name.substr(0, slash);
  if (slash != name.npos) name.remove_prefix(slash + 1);
  auto event = c.cluster().snapshot().find("Event", home, name);
  return event && event_evidence(*event, home).text == text;
}

// "log <pod>/<container> previous line 12"
bool log_stands(const Case& c, const ObjectRef& about, std::string_view ref, std::string_view text) {
  std::string_view pod = take(ref, '/'), container = take(ref, ' ');
  bool previous = ref.starts_with(kPrevious);
  if (previous) ref.remove_prefix(kPrevious.size());
  take(ref, ' ');
  std::size_t number = 0;
  auto [end, error] = std::from_chars(ref.data(), ref.data() + ref.size(), number);
  const LogExcerpt* log = c.log({about.namespace_name, std::string(pod), std::string(container), previous});
  if (error != std::errc() || log == nullptr) return false;
  auto index = index_of(*log, number);
  return index && log_evidence(*log, *index).text == text;
}

}  // namespace

bool stands(const Case& c, const ObjectRef& about, const Evidence& evidence) {
  std::string_view ref = evidence.ref;
  switch (evidence.kind) {
    case EvidenceKind::field:
    case EvidenceKind::metric: return field_stands(c, about, evidence);
    case EvidenceKind::event:
      return ref.starts_with(kEvent) && event_stands(c, about, ref.substr(kEvent.size()), evidence.text);
    case EvidenceKind::log:
      return ref.starts_with(kLog) && log_stands(c, about, ref.substr(kLog.size()), evidence.text);
  }
  return false;
}

}  // namespace ai_ops::diagnosis

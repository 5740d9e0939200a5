// What a text is made of, known by its contents: a file may hold one form or several, one after another, with what a
// shell echoed before it. Pure; linear.
#pragma once
#include <string_view>
#include <vector>

namespace ai_ops::bundle {

enum class Form {
  json,  // documents of the API
  yaml,
  described,      // kubectl describe
  listed,         // kubectl get
  node_services,  // systemctl status
  dumped_log,     // between the marks of `kubectl cluster-info dump`
  plain,          // none of these: a log, when its name says whose
};

struct Section {
  Form form = Form::plain;
  std::string_view text = {};
};

inline constexpr std::size_t kMaxPreambleLines = 8;  // before the first line that says what the text is

// Of a text whose first lines say nothing: one `plain` section. None of one that is blank, or says that there is
// nothing.
std::vector<Section> sections_of(std::string_view text);
// Its first lines say nothing, so it is one `plain` section, whatever follows. False too where they say nothing yet.
bool is_plain_from(std::string_view beginning);

// "==== START logs for container app of pod shop/web-1 ====" and the lines up to its END.
struct DumpedLog {
  std::string_view namespace_name, pod, container, text;
};
DumpedLog read_dumped_log(std::string_view section);

}  // namespace ai_ops::bundle

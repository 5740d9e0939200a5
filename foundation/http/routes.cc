#include "foundation/http/routes.h"

#include <algorithm>
#include <set>

namespace foundation::http {
namespace {

using Kind = RouteTable::Segment::Kind;

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  for (;;) {
    auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

std::unexpected<Error> refuse(const Route& route, std::string why) {
  return fail(Code::invalid, "read route " + std::string(to_string(route.method)) + " " + route.pattern,
              std::move(why));
}

Result<RouteTable::Pattern> compile(const Route& route) {
  if (!route.handler) return refuse(route, "it has no handler");
  if (!route.pattern.starts_with('/')) return refuse(route, "a pattern begins with /");
  RouteTable::Pattern pattern;
  std::set<std::string> names;
  for (auto text : split(route.pattern)) {
    if (!pattern.empty() && pattern.back().kind == Kind::rest) return refuse(route, "{rest...} must come last");
    if (!text.starts_with('{')) {
      pattern.push_back({Kind::literal, std::string(text)});
      continue;
    }
    if (!text.ends_with('}')) return refuse(route, "a parameter is a whole segment");
    auto name = text.substr(1, text.size() - 2);
    bool rest = name.ends_with("...");
    if (rest) name.remove_suffix(3);
    if (name.empty() || !names.emplace(name).second) return refuse(route, "parameter names are unique and not empty");
    pattern.push_back({rest ? Kind::rest : Kind::parameter, std::string(name)});
  }
  return pattern;
}

bool matches(const RouteTable::Pattern& pattern, const std::vector<std::string_view>& segments) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i == segments.size() || (pattern[i].kind != Kind::literal && segments[i].empty())) return false;
    if (pattern[i].kind == Kind::rest) return true;
    if (pattern[i].kind == Kind::literal && pattern[i].text != segments[i]) return false;
  }
  return pattern.size() == segments.size();
}

// Some path matches both.
bool overlap(const RouteTable::Pattern& a, const RouteTable::Pattern& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].kind == Kind::rest || b[i].kind == Kind::rest) return true;
    if (a[i].kind == Kind::literal && b[i].kind == Kind::literal && a[i].text != b[i].text) return false;
    if ((a[i].kind == Kind::literal && a[i].text.empty()) != (b[i].kind == Kind::literal && b[i].text.empty())) {
      return false;
    }
  }
  return a.size() == b.size();
}

// At every place at least as special, and somewhere more so: a literal before a parameter before a rest.
bool more_special(const RouteTable::Pattern& a, const RouteTable::Pattern& b) {
  bool strictly = false;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].kind > b[i].kind) return false;
    strictly |= a[i].kind < b[i].kind;
  }
  return strictly;
}

auto values_of(const RouteTable::Pattern& pattern, const std::vector<std::string_view>& segments,
               std::string_view path) {
  std::map<std::string, std::string, std::less<>> values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Kind::parameter) values.emplace(pattern[i].text, segments[i]);
    if (pattern[i].kind == Kind::rest) {
      values.emplace(pattern[i].text, path.substr(static_cast<std::size_t>(segments[i].data() - path.data())));
    }
  }
  return values;
}

}  // namespace

Result<RouteTable> RouteTable::create(std::vector<Route> routes) {
  std::vector<Pattern> patterns;
  for (auto& route : routes) {
    auto pattern = compile(route);
    if (!pattern) return std::unexpected(pattern.error());
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (routes[i].method != route.method || !overlap(patterns[i], *pattern)) continue;
      if (more_special(patterns[i], *pattern) || more_special(*pattern, patterns[i])) continue;
      return refuse(route, "a path could match it and " + routes[i].pattern + " alike");
    }
    patterns.push_back(std::move(*pattern));
  }
  return RouteTable(std::move(routes), std::move(patterns));
}

const RouteTable::Pattern* RouteTable::best(Method method, const std::vector<std::string_view>& segments) const {
  const Pattern* best = nullptr;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i].method != method || !matches(patterns_[i], segments)) continue;
    if (!best || more_special(patterns_[i], *best)) best = &patterns_[i];
  }
  return best;
}

Match RouteTable::match(Method method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  auto segments = split(path);
  auto* pattern = best(method, segments);
  if (!pattern && method == Method::head) pattern = best(Method::get, segments);
  if (pattern) {
    match.route = &routes_[static_cast<std::size_t>(pattern - patterns_.data())];
    match.values = values_of(*pattern, segments, path);
    return match;
  }
  for (auto other :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_, Method::options}) {
    bool answered = best(other, segments) || (other == Method::head && best(Method::get, segments));
    if (answered) match.allowed.push_back(other);
  }
  match.path_known = !match.allowed.empty();
  return match;
}

}  // namespace foundation::http

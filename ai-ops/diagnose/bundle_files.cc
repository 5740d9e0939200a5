#include "ai-ops/diagnose/bundle_files.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <istream>
#include <system_error>

namespace ai_ops::diagnose {
namespace {

namespace fs = std::filesystem;
using foundation::Code;
using foundation::Result;
using foundation::WallTime;

struct Entry {
  fs::path file;
  std::string name;  // relative to the bundle
  std::uintmax_t size = 0;
};

struct Listing {
  std::vector<Entry> files;  // by name, so that a bundle is read alike everywhere
  std::vector<Entry> skipped;
  std::optional<WallTime> newest;
};

void see(const fs::directory_entry& entry, Listing& into) {
  std::error_code error;
  auto written = entry.last_write_time(error);
  if (error) return;
  auto at = std::chrono::time_point_cast<foundation::Milliseconds>(std::chrono::file_clock::to_sys(written));
  if (!into.newest || at > *into.newest) into.newest = at;
}

Listing list(const fs::path& root) {
  Listing out;
  std::error_code error;
  fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error), end;
  while (!error && at != end && out.files.size() < kMaxFiles) {
    if (at.depth() >= kMaxFolders) at.disable_recursion_pending();
    std::error_code ignored;
    if (at->symlink_status(ignored).type() == fs::file_type::regular) {
      see(*at, out);
      out.files.push_back({at->path(), at->path().lexically_relative(root).string(), at->file_size(ignored)});
    }
    at.increment(error);
  }
  std::ranges::sort(out.files, {}, &Entry::name);
  return out;
}

// The whole file, or the end of one that is too long.
Result<std::string> text_of(const Entry& entry) {
  std::ifstream in(entry.file, std::ios::binary);
  if (entry.size > kMaxFileBytes) in.seekg(-static_cast<std::streamoff>(kMaxTailBytes), std::ios::end);
  std::string text;
  text.resize(std::min<std::uintmax_t>(entry.size, entry.size > kMaxFileBytes ? kMaxTailBytes : kMaxFileBytes));
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in && !in.eof()) return foundation::fail(Code::io, "read a file", "it cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

void read_files(const Listing& listing, bundle::BundleReader& reader) {
  std::uintmax_t bytes = 0;
  for (const Entry& entry : listing.files) {
    bytes += std::min<std::uintmax_t>(entry.size, kMaxFileBytes);
    if (bytes > kMaxBundleBytes) {
      reader.skip(entry.name, "the bundle is too large");
      continue;
    }
    auto text = text_of(entry);
    text ? reader.add(entry.name, *text) : reader.skip(entry.name, text.error().cause);
  }
  if (listing.files.size() == kMaxFiles) reader.skip("", "the bundle has too many files");
}

}  // namespace

Result<bundle::Bundle> read_path(const std::string& path, std::optional<WallTime> at) {
  std::error_code error;
  fs::directory_entry entry(path, error);
  if (error || !entry.exists(error)) return foundation::fail(Code::not_found, "read " + path, "there is no such file");
  Listing listing;
  if (entry.is_directory(error)) {
    listing = list(path);
  } else {
    see(entry, listing);
    listing.files.push_back({entry.path(), entry.path().filename().string(), entry.file_size(error)});
    if (error) return foundation::fail(Code::io, "read " + path, "it is no file");
  }
  bundle::BundleReader reader({.at = at, .files_at = listing.newest});
  read_files(listing, reader);
  return std::move(reader).finish();
}

Result<bundle::Bundle> read_stream(std::istream& in, std::optional<WallTime> at) {
  std::string text;
  constexpr std::size_t kPiece = 1 << 20;
  for (std::string piece(kPiece, '\0'); in && text.size() < kMaxFileBytes;) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return foundation::fail(Code::io, "read standard input");
  bundle::BundleReader reader({.at = at, .files_at = foundation::SystemClock().wall()});
  if (in) reader.skip("", "standard input is too long: what follows is left out");
  reader.add("", text);
  return std::move(reader).finish();
}

}  // namespace ai_ops::diagnose

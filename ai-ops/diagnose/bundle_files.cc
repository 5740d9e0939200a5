#include "ai-ops/diagnose/bundle_files.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <istream>
#include <system_error>
#include <utility>
#include <vector>

namespace ai_ops::diagnose {
namespace {

namespace fs = std::filesystem;
using foundation::Code;
using foundation::Result;
using foundation::SteadyTime;
using foundation::WallTime;

constexpr std::size_t kPieceBytes = 256 << 10;

struct Entry {
  fs::path file;
  std::string name;  // relative to the bundle
  std::uintmax_t size = 0;
};

struct Left {
  std::string name;
  std::string why;
};

struct Listing {
  std::vector<Entry> files;   // by name, so that a bundle is read alike everywhere
  std::vector<Left> skipped;  // files and folders that were not looked at, by name too
  std::optional<WallTime> newest;
};

void see(const fs::directory_entry& entry, Listing& into) {
  std::error_code error;
  auto written = entry.last_write_time(error);
  if (error) return;
  auto at = std::chrono::time_point_cast<foundation::Milliseconds>(std::chrono::file_clock::to_sys(written));
  if (!into.newest || at > *into.newest) into.newest = at;
}

// Walks a bundle's folders. What it does not look at it names: a diagnosis without it may say that nothing is wrong.
class Walk {
 public:
  explicit Walk(fs::path root) : root_(std::move(root)) { open_.push_back({root_, 0}); }

  Listing list() && {
    while (!open_.empty() && !is_full()) {
      Folder folder = std::move(open_.back());
      open_.pop_back();
      enter(folder);
    }
    if (is_full()) out_.skipped.push_back({"", "the bundle has too many files"});
    std::ranges::sort(out_.files, {}, &Entry::name);
    std::ranges::sort(out_.skipped, {}, &Left::name);
    return std::move(out_);
  }

 private:
  struct Folder {
    fs::path path;
    int depth = 0;  // folders around it
  };

  void enter(const Folder& folder) {
    std::error_code error;
    fs::directory_iterator at(folder.path, error), end;
    while (!error && at != end && !is_full()) {
      take(*at, folder.depth + 1);
      at.increment(error);
    }
    if (error) skip(folder.path, "the folder cannot be read: " + error.message());
  }
  void take(const fs::directory_entry& entry, int depth) {
    ++seen_;
    std::error_code error;
    auto type = entry.symlink_status(error).type();
    if (error) return skip(entry.path(), "it cannot be looked at: " + error.message());
    if (type == fs::file_type::directory) {
      if (depth > kMaxFolders) return skip(entry.path(), "the folder lies in too many others");
      return open_.push_back({entry.path(), depth});
    }
    if (type != fs::file_type::regular) return;
    std::uintmax_t size = entry.file_size(error);
    if (error) return skip(entry.path(), "it cannot be looked at: " + error.message());
    see(entry, out_);
    out_.files.push_back({entry.path(), name_of(entry.path()), size});
  }
  void skip(const fs::path& path, std::string why) { out_.skipped.push_back({name_of(path), std::move(why)}); }
  std::string name_of(const fs::path& path) const { return path.lexically_relative(root_).string(); }
  bool is_full() const { return seen_ >= kMaxFiles; }

  fs::path root_;
  std::vector<Folder> open_;  // still to be entered
  std::size_t seen_ = 0;
  Listing out_;
};

// No more than `bytes` of what comes, which may be more only of what has no size.
bundle::Pieces pieces_of(std::istream& in, std::uintmax_t bytes, SteadyTime until) {
  return [&in, bytes, until, piece = std::string(kPieceBytes, '\0')] mutable -> Result<std::string_view> {
    if (bytes == 0 && in.peek() != std::istream::traits_type::eof())
      return foundation::fail(Code::too_large, "read a file", "it is too large: what follows is left out");
    if (std::chrono::steady_clock::now() > until)
      return foundation::fail(Code::deadline, "read a file", "there was no time left to read it to its end");
    in.read(piece.data(), static_cast<std::streamsize>(std::min<std::uintmax_t>(bytes, piece.size())));
    if (!in && !in.eof()) return foundation::fail(Code::io, "read a file", "it cannot be read");
    bytes -= static_cast<std::uintmax_t>(in.gcount());
    return std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount()));
  };
}

void read_files(const Listing& listing, bundle::BundleReader& reader, SteadyTime until) {
  std::uintmax_t bytes = 0;
  for (const Entry& entry : listing.files) {
    bytes += std::min<std::uintmax_t>(entry.size, kMaxFileBytes);
    if (bytes > kMaxBundleBytes) {
      reader.skip(entry.name, "the bundle is too large");
      continue;
    }
    std::ifstream in(entry.file, std::ios::binary);
    if (entry.size > kMaxFileBytes) {
      reader.skip(entry.name, "it is too large: only its end is read");
      in.seekg(-static_cast<std::streamoff>(kMaxFileBytes), std::ios::end);
    }
    reader.add(entry.name, pieces_of(in, kMaxFileBytes, until));
  }
  for (const Left& left : listing.skipped) reader.skip(left.name, left.why);
}

}  // namespace

Result<bundle::Bundle> read_path(const std::string& path, std::optional<WallTime> at, foundation::Milliseconds time) {
  SteadyTime until = std::chrono::steady_clock::now() + time;
  std::error_code error;
  fs::directory_entry entry(path, error);
  if (error || !entry.exists(error)) return foundation::fail(Code::not_found, "read " + path, "there is no such file");
  Listing listing;
  if (entry.is_directory(error)) {
    listing = Walk(path).list();
  } else {
    see(entry, listing);
    listing.files.push_back({entry.path(), entry.path().filename().string(), entry.file_size(error)});
    if (error) return foundation::fail(Code::io, "read " + path, "it is no file");
  }
  bundle::BundleReader reader({.at = at, .files_at = listing.newest});
  read_files(listing, reader, until);
  return std::move(reader).finish();
}

Result<bundle::Bundle> read_stream(std::istream& in, std::optional<WallTime> at, foundation::Milliseconds time) {
  bundle::BundleReader reader({.at = at, .files_at = foundation::SystemClock().wall()});
  reader.add("", pieces_of(in, kMaxFileBytes, std::chrono::steady_clock::now() + time));
  if (in.bad()) return foundation::fail(Code::io, "read standard input");
  return std::move(reader).finish();
}

}  // namespace ai_ops::diagnose

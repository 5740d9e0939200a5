#include "ai-ops/app/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace ai_ops::app {

using foundation::Code;
using foundation::Done;
using foundation::fail;
using foundation::Result;

namespace {

auto failed(std::string doing, const std::filesystem::path& file) {
  return fail(Code::io, std::move(doing) + " " + file.string(), std::strerror(errno));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return failed("read", file);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

Done replace_file(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path next = file;
  next += ".next";
  int descriptor = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return failed("write", next);
  bool written = ::write(descriptor, text.data(), text.size()) == ssize_t(text.size()) && ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!written || ::rename(next.c_str(), file.c_str()) != 0) return failed("write", file);
  return Done{};
}

}  // namespace ai_ops::app

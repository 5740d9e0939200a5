// A container's log as the advisor may see it. Pure but for the Pseudonyms given.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "api/cluster/log_tail.h"
#include "foundation/redaction/pseudonyms.h"

namespace api::reads {

// Asked for beyond what the reader wants, so that a key that begins above its first line is seen whole: an RSA key of
// 8192 bits has 100 lines.
inline constexpr int kLinesAbove = 110;
inline constexpr std::size_t kMaxLogLineBytes = 4 << 10;

// The last `tail_lines` lines, redacted as one text, then cleaned and cut. None of a log whose last line is so long
// that what can be shown begins inside it.
std::vector<std::string> log_lines(const cluster::LogTail& log, int tail_lines,
                                   foundation::redaction::Pseudonyms& pseudonyms);

}  // namespace api::reads

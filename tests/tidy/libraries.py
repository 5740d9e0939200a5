"""Which room may include which library. The first row whose prefix fits decides; what no row names is free."""
from cpp_text import includes
from repo import CPP, Repo, Report

ROWS = [
    ("boost/beast", ["foundation/http", "foundation/precompiled"]),
    ("boost/asio/ssl", ["foundation/http", "foundation/precompiled"]),
    ("boost/json", ["foundation/json"]),  # and the precompiled header, which is CMake's
    *((f"openssl/{name}", ["foundation/http", "foundation/crypto"]) for name in ("ssl.h", "err.h", "x509", "pem.h")),
    ("openssl/", ["foundation/crypto"]),  # EVP and what stands below it
    ("sodium", ["foundation/crypto"]),
    ("sqlite3.h", ["foundation/database"]),
    ("libpq-fe.h", ["foundation/database"]),
    ("prometheus/", ["foundation/telemetry"]),
    ("spdlog/", ["foundation/telemetry"]),
    ("histedit.h", ["cli/terminal"]),
]


def check(repo: Repo, report: Report) -> None:
    for path in repo.with_suffix(*CPP):
        room = path.rpartition("/")[0]
        for include in includes(repo.text(path)):
            row = next((rooms for prefix, rooms in ROWS if include.path.startswith(prefix)), None)
            if row is not None and room not in row:
                report.fail(path, include.line, f"<{include.path}> belongs to {' and '.join(row)}")


def check_headers_without_beast(repo: Repo, report: Report) -> None:
    """A file that includes Beast costs 20 s to build: it stays out of what others include."""
    for path in repo.with_suffix(".h"):
        for include in includes(repo.text(path)):
            if include.path.startswith("boost/beast"):
                report.fail(path, include.line, f"<{include.path}> in a header")

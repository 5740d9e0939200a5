"""Enough signed-in users for a load: a user may say 20 things at once and one more each second."""
import base64
import contextlib
import hashlib
import json
import pathlib
import secrets
import sqlite3
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHATS_EACH = 15  # below the burst of the control plane's rate limit
PATH = "/api/v1/workspaces/shop/ai/chat"
MESSAGE = "what is wrong?"


def seed(folder: pathlib.Path, kubeconfig: pathlib.Path) -> pathlib.Path:
    file = folder / "seed.toml"
    file.write_text((ROOT / "scripts/demo-seed.toml").read_text().replace("@kubeconfig@", str(kubeconfig)))
    return file


def users_for(chats: int) -> int:
    return chats // CHATS_EACH + 1


class Crowd:
    """Users and their sessions; each chat is the next one's, in turn."""

    def __init__(self, folder: pathlib.Path, programs: pathlib.Path, users: int):
        self.programs, self.file = programs, folder / "tokens"
        self.tokens = [base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode() for _ in range(users)]
        self.file.write_text("\n".join(self.tokens) + "\n")
        self.file.chmod(0o600)
        self.next = 0

    def move_in(self, database: pathlib.Path) -> None:
        """Straight into the tables of a control plane that does not run: hashing thousands of passwords takes minutes."""
        now = int(time.time() * 1000)
        names = [f"load-{number}" for number in range(len(self.tokens))]
        with contextlib.closing(sqlite3.connect(database)) as connection, connection:
            connection.executemany("INSERT INTO users (name, organization, display, password_hash, added_at)"
                                   " VALUES (?, 'demo', ?, '', ?)", [(name, name, now) for name in names])
            connection.executemany("INSERT INTO role_bindings (id, workspace, project, subject, role)"
                                   " VALUES (?, 'shop', '', ?, 'viewer')",
                                   [(f"binding-{name}", name) for name in names])
            connection.executemany("INSERT INTO sessions (id, user_name, opened_at, used_at) VALUES (?, ?, ?, ?)",
                                   [("sha256:" + hashlib.sha256(token.encode()).hexdigest(), name, now, now)
                                    for token, name in zip(self.tokens, names)])

    def chat(self, public: str, clients: int, requests: int, message: str = MESSAGE) -> dict:
        command = self._command(public, clients) + ["--requests", str(requests), "--message", message]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        self.next += requests
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def hold(self, public: str, streams: int):
        """So many open streams; gives how many there are."""
        process = subprocess.Popen(self._command(public, streams) + ["--hold", "--message", "hold"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield int(process.stdout.readline().split()[1])
        finally:
            process.stdin.close()
            process.wait()

    def _command(self, public: str, clients: int) -> list:
        return [str(self.programs / "bench-load-client"), "--url", public, "--path", PATH, "--tokens", str(self.file),
                "--first-token", str(self.next), "--clients", str(clients)]

"""An advisor that does what a test tells it: it holds the real certificate of hks-ai-ops and the tokens that it is sent.

This is the hijacked advisor of SECURITY.md: everything that its process could do, a test can do here.
"""
import http.server
import json
import pathlib
import queue
import ssl
import threading
import typing

from support import people


def context_of(pki: pathlib.Path, name: str = "ai-ops", server: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pki / "ca.crt")
    context.load_cert_chain(pki / f"{name}.crt", pki / f"{name}.key")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


class Turn:
    """One chat, or one question for findings, as the advisor receives it."""

    def __init__(self, advisor: "PlayedAdvisor", handler, token: str, body: dict):
        self.advisor, self.handler, self.token, self.body = advisor, handler, token, body
        self.seq = 0

    def send(self, event: str, **data) -> None:
        self.seq += 1
        self.send_bytes(f"id: {self.seq}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode())

    def send_bytes(self, data: bytes) -> None:
        self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.handler.wfile.flush()

    def call(self, method: str, path: str, body=None, token: str = None, context=None):
        """A call back to the internal API: status and parsed body."""
        status, _, reply = people.request(self.advisor.internal, method, path, body, token or self.token,
                                          context=context or self.advisor.client_context)
        return status, reply

    def scale(self, name: str = "web", replicas: int = 5, call_id: str = "o1", **more):
        arguments = {"project": "shop", "kind": "Deployment", "name": name, "replicas": replicas}
        return self.call("POST", "/internal/v1/operations/scale", {"call_id": call_id, "arguments": arguments}, **more)

    def wait_for_hang_up(self) -> None:
        """Returns when the control plane has closed the connection."""
        self.handler.connection.settimeout(30)
        try:
            while self.handler.connection.recv(1024):
                pass
        except (ConnectionError, ssl.SSLError):
            pass


class Read(typing.NamedTuple):
    """One question of a turn that only reads."""
    advisor: "PlayedAdvisor"
    method: str
    path: str
    token: str

    def call(self, method: str, path: str, body=None):
        status, _, reply = people.request(self.advisor.internal, method, path, body, self.token, context=self.advisor.client_context)
        return status, reply


def nothing_found(turn: Turn) -> None:
    turn.send("checked", version="1", objects=1, workloads=1, skipped=[])


class PlayedAdvisor:
    """Serves POST /v1/chat over mutual TLS with `play(turn)`, whatever that does, POST /v1/findings with `find(turn)`, and every other
    request with the status and the body of `remember(read)`."""

    def __init__(self, listener):
        self.listener = listener
        self.internal = ""
        self.client_context = None
        self.play = lambda turn: None
        self.find = nothing_found
        self.remember = lambda read: (404, None)
        self.failures: queue.Queue = queue.Queue()
        self.server = None

    def start(self, pki: pathlib.Path, internal: str) -> None:
        self.internal, self.client_context = internal, context_of(pki)
        advisor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                turn = Turn(advisor, self, self.headers["Authorization"].removeprefix("Bearer "), body)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.flush()
                try:
                    (advisor.find if self.path == "/v1/findings" else advisor.play)(turn)
                    self.wfile.write(b"0\r\n\r\n")
                except (ConnectionError, ssl.SSLError, TimeoutError):
                    self.close_connection = True
                except Exception as problem:  # the test's own assertion: shown by finish()
                    advisor.failures.put(problem)
                    self.close_connection = True

            def do_GET(self):
                status, reply = 500, None
                try:
                    status, reply = advisor.remember(Read(advisor, self.command, self.path, self.headers["Authorization"].removeprefix("Bearer ")))
                except Exception as problem:
                    advisor.failures.put(problem)
                data = b"" if status == 204 else reply if isinstance(reply, bytes) else json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                if status != 204:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_DELETE = do_GET

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(self.listener.getsockname(), Handler, bind_and_activate=False)
        self.server.socket.close()
        self.server.socket = context_of(pki, server=True).wrap_socket(self.listener, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def finish(self) -> None:
        """Raises what a script raised."""
        if not self.failures.empty():
            raise self.failures.get()

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()

"""A source of models on loopback, as Ollama pulls from: the store of one Ollama, served over HTTPS."""
import http.server
import json
import pathlib
import re
import ssl
import threading

MANIFEST = re.compile(r"^/v2/library/([a-z0-9.]+)/manifests/([a-z0-9.]+)$")
BLOB = re.compile(r"^/v2/library/[a-z0-9.]+/blobs/sha256:([0-9a-f]{64})$")
PLACE = re.compile(r"^/places/([0-9a-f]{64})$")  # where a blob lies: Ollama takes it from another host only
RANGE = re.compile(r"^bytes=(\d+)-(\d+)$")


class ModelSource:
    """`store`: the folder OLLAMA_MODELS of an Ollama that has the models under library/. Other Ollamas trust it by
    SSL_CERT_FILE=authority.certificate("ca") and call a model self.name("NAME:TAG")."""

    def __init__(self, store: pathlib.Path, authority):
        authority.server("model-source")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate("model-source"), authority.key("model-source"))
        self.requests: list = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(store, self.requests))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def name(self, model: str) -> str:
        return f"localhost:{self.server.server_address[1]}/library/{model}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def find(store: pathlib.Path, path: str):
    if found := MANIFEST.match(path):
        return next(store.glob(f"manifests/*/library/{found[1]}/{found[2]}"), None)
    found = PLACE.match(path)
    return store / f"blobs/sha256-{found[1]}" if found else None


def handler(store: pathlib.Path, requests: list):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self):
            self.answer(with_body=False)

        def do_GET(self):
            self.answer(with_body=True)

        def answer(self, with_body: bool) -> None:
            requests.append(f"{self.command} {self.path}")
            if blob := BLOB.match(self.path):
                place = f"https://127.0.0.1:{self.server.server_address[1]}/places/{blob[1]}"
                return self.reply(307, b"", with_body, {"Location": place})
            file = find(store, self.path)
            if file is None or not file.exists():
                return self.reply(404, json.dumps({"errors": [{"code": "MANIFEST_UNKNOWN"}]}).encode(), with_body)
            data = file.read_bytes()
            if part := RANGE.match(self.headers.get("Range", "")):
                return self.reply(206, data[int(part[1]):int(part[2]) + 1], with_body)
            self.reply(200, data, with_body)

        def reply(self, status: int, body: bytes, with_body: bool, headers: dict = {}) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler

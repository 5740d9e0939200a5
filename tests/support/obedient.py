"""A model server that speaks Ollama's protocol and whose model obeys everybody: hijacked-model thinks, this carries its words."""
import http.server
import json
import subprocess
import threading

from support.stage import PROGRAMS

NAME = "hijacked"
SHOWN = {"capabilities": ["completion"], "model_info": {"general.architecture": "x", "x.context_length": 8192}}


class ObedientModel:
    """`say`: what it answers whatever it is asked; None: what its brain says."""

    def __init__(self):
        self.asked: list = []
        self.say = None
        self.brain = subprocess.Popen([PROGRAMS / "hijacked-model"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lock = threading.Lock()
        model = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, body: bytes, kind: str = "application/json") -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                self.answer(json.dumps({"models": [{"name": NAME, "model": NAME}]}).encode())

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/api/show":
                    return self.answer(json.dumps(SHOWN).encode())
                lines = [{"message": model.think(body), "done": False}, {"message": {"content": ""}, "done": True, "done_reason": "stop"}]
                self.answer("".join(json.dumps(line) + "\n" for line in lines).encode(), "application/x-ndjson")

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.flags = ["--model", NAME, "--model-api", "ollama", "--model-url", "http://127.0.0.1:%d" % self.server.server_port]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def think(self, body: dict) -> dict:
        with self.lock:
            self.asked.append(body)
            if self.say is not None:
                return {"role": "assistant", "content": self.say}
            self.brain.stdin.write(json.dumps(body) + "\n")
            self.brain.stdin.flush()
            return json.loads(self.brain.stdout.readline())

    def texts(self) -> str:
        """All that it was shown beside its instructions."""
        return "\n".join(message["content"] for body in self.asked for message in body["messages"] if message["role"] == "user")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.brain.stdin.close()
        self.brain.wait()

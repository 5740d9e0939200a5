"""Every route of both services, and how to reach them all: the routes come from the programs' own tables."""
import re
import typing

from support import advisor, wire
from support.people import request
from support.stage import Stage, routes

ROUTES = [{**row, "program": program, "id": f"{program.removeprefix('hks-')} {row['method']} {row['pattern']}"}
          for program in ("hks-control-plane", "hks-ai-ops") for row in routes(program)]
SOMETHING = "019b7d5a-0c1e-7000-8a3f-5d2c9e4b7a10"
NAMES = {"workspace": "shop", "organization": "demo", "user": "vic", "operation": "scale", "kind": "Deployment", "project": "shop",
         "name": "web"}


def path_of(row) -> str:
    return re.sub(r"{(\w+)}", lambda found: NAMES.get(found[1], SOMETHING), row["pattern"])


class Doors(typing.NamedTuple):
    """The listeners of both services."""
    addresses: dict
    contexts: dict  # by address, of the listeners with TLS: that of the other service, who may call there

    def of(self, row):
        address = self.addresses[row["program"], row["listener"]]
        return address, self.contexts.get(address)


def open_doors(stage: Stage) -> Doors:
    """A real hks-ai-ops stands beside the played one, with the same certificate: the tokens of that one are good for it too."""
    stage.system.start_ai_ops("--max-turns", "1", sockets={"second-chat": "--listen", "ai-ops-ops": "--ops-listen"})
    stage.system.wait_for("hks-ai-ops")
    at = stage.system.addresses
    chat = "https://" + at["second-chat"]
    return Doors({("hks-control-plane", "public"): stage.public, ("hks-control-plane", "internal"): stage.internal,
                  ("hks-control-plane", "ops"): "http://" + at["control-plane-ops"],
                  ("hks-ai-ops", "chat"): chat, ("hks-ai-ops", "ops"): "http://" + at["ai-ops-ops"]},
                 {stage.internal: advisor.context_of(stage.data / "pki"),
                  chat: advisor.context_of(stage.data / "pki", "control-plane")})


def check_both_serve(played: Stage, doors: Doors) -> None:
    assert request(played.public, "GET", "/api/v1/me", token=played.person("erin").token)[0] == 200
    assert request(doors.addresses["hks-ai-ops", "ops"], "GET", "/health/ready")[0] == 200
    statuses = []
    played.play(lambda turn: statuses.append(turn.call("GET", "/internal/v1/operations")[0]), "what is wrong?")
    assert statuses == [200]


HEAD_TIME_S, BODY_TIME_S = 10, 30  # http::Limits


def begin_slow_clients(doors: Doors) -> list:
    """Of every route one whose head never ends and one whose body does not, and of TLS one that never begins; each with its limit."""
    clients = []
    for row in ROUTES:
        head = wire.head(row["method"], path_of(row), "X-Slow: ")[:-4]
        clients.append((HEAD_TIME_S, wire.SlowClient(f"the head of {row['id']}", wire.Wire(*doors.of(row)), head, b"x" * 1000)))
        if row["method"] in ("POST", "PATCH"):
            body = wire.head(row["method"], path_of(row), "Content-Type: application/json", "Content-Length: 4000") + b'{"'
            clients.append((BODY_TIME_S, wire.SlowClient(f"the body of {row['id']}", wire.Wire(*doors.of(row)), body, b"x" * 60)))
    for address in doors.addresses.values():
        if address.startswith("https"):
            clients.append((HEAD_TIME_S, wire.SlowClient(f"no handshake with {address}", wire.Wire(address), b"", b"")))
    return clients

"""The signing keys of Internal JWTs: publish, wait, sign, retire. Chats go on meanwhile; a key that is retired or revoked is refused; and
no token makes anybody fetch keys. The ten minutes of each step pass in the rows of the ring: what is waited for is what must be true."""
import collections
import itertools
import json
import queue
import re
import secrets
import subprocess
import threading

import pytest

from support import advisor, issuer, people
from support.people import request
from support.stage import PROGRAMS, Stage, eventually

STEP_MS = 600_000  # kPublishBeforeSigning, kKeepAfterSigning
CHATTERS, USERS_EACH = 4, 3  # several, since each may chat only so often
USERS = [f"chatter-{number}" for number in range(CHATTERS * USERS_EACH)]
ADVISOR_SOCKETS = {"second-chat": "--listen", "ai-ops-ops": "--ops-listen"}
HELD = "a message whose turn the test holds open"


class Rotating:
    """A control plane and a real hks-ai-ops, and between them a relay that sees the tokens of their chats."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.lock, self.live, self.last = threading.Lock(), collections.Counter(), ""
        self.held: queue.Queue = queue.Queue()
        stage.start_with_played_advisor()
        stage.advisor.play = self.play
        self.start_advisor(HKS_KEY_REFRESH="1")
        self.contexts = {"advisor": advisor.context_of(stage.data / "pki", "control-plane"), "control plane": stage.advisor.client_context}

    def start_advisor(self, **environment) -> None:
        self.stage.system.start_ai_ops(sockets=ADVISOR_SOCKETS, environment=environment)
        self.stage.system.wait_for("hks-ai-ops")
        self.chat = "https://" + self.stage.system.addresses["second-chat"]

    def play(self, turn) -> None:
        kid = issuer.header_of(turn.token)["kid"]
        with self.lock:
            self.live[kid] += 1
            self.last = turn.token
        try:
            if turn.body["message"] == HELD:
                done = threading.Event()
                self.held.put((turn, done))
                assert done.wait(120)
            else:
                self.relay(turn)
        finally:
            with self.lock:
                self.live[kid] -= 1

    def relay(self, turn) -> None:
        connection = people.connect(self.chat, self.contexts["advisor"])
        try:
            connection.request("POST", "/v1/chat", json.dumps(turn.body),
                               {"Content-Type": "application/json", "Authorization": f"Bearer {turn.token}"})
            reply = connection.getresponse()
            assert reply.status == 200, reply.read()
            while data := reply.read1(1 << 16):
                turn.send_bytes(data)
        finally:
            connection.close()

    def published(self) -> list:
        status, _, keys = request(self.stage.internal, "GET", "/.well-known/jwks.json", context=self.contexts["control plane"])
        assert status == 200
        return [key["kid"] for key in keys["keys"]]

    def statuses(self, token: str) -> dict:
        """What both services say to a token."""
        ways = {"control plane": (self.stage.internal, "/internal/v1/operations"), "advisor": (self.chat, "/v1/models")}
        return {who: request(address, "GET", path, token=token, context=self.contexts[who])[0] for who, (address, path) in ways.items()}

    def refused_for_their_kid(self) -> float:
        return self.stage.metric('hks_internal_tokens_refused_total{reason="kid_unknown"}')

    def rotate_keys(self, *more) -> str:
        return subprocess.run([PROGRAMS / "hks-control-plane", "rotate-keys", "--data", self.stage.data, *more],
                              capture_output=True, text=True, check=True, timeout=60).stdout

    def publish_next(self, folder) -> tuple:
        """The issuers of the key that signs and of the next one, which both services know."""
        old = issuer.Issuer(self.stage.data, folder)
        said = self.rotate_keys()
        new_kid = next(kid for kid in re.findall(r"^(\S+) signs from", said, re.M) if kid != old.kid)
        eventually(lambda: set(self.published()) == {old.kid, new_kid})
        new = issuer.Issuer(self.stage.data, folder, new_kid)
        eventually(lambda: self.statuses(self.signed_by(new))["advisor"] == 200)
        return old, new

    def signed_by(self, one: issuer.Issuer, **header) -> str:
        """The last chat's token, as that key would have signed it."""
        return one.token({**issuer.header_of(self.last), "kid": one.kid, **header}, issuer.claims_of(self.last))

    def pass_a_step(self) -> None:
        self.stage.database("UPDATE signing_keys SET published_at = published_at - ?1, signs_from = signs_from - ?1,"
                            " signs_until = signs_until - ?1, retires_at = retires_at - ?1", STEP_MS)

    def finish_rotation(self, new: issuer.Issuer) -> None:
        for _ in range(2):
            self.pass_a_step()
        eventually(lambda: self.published() == [new.kid])


@pytest.fixture(scope="module")
def rotating(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment, Stage(tmp_path_factory.mktemp("rotating")) as stage:
        environment.setenv("HKS_KEY_REFRESH", "1")
        more = [f'\n[[users]]\nname = "{name}"\ndisplay = "Chatter"\norganization = "demo"\n'
                'bindings = [{ workspace = "shop", role = "viewer" }]\n' for name in USERS]
        stage.seed.write_text(stage.seed.read_text() + "".join(more))
        yield Rotating(stage)


@pytest.fixture
def chatted(rotating):
    """With a token to look at."""
    rotating.stage.person("erin").say("what is wrong?")
    rotating.stage.advisor.finish()
    return rotating


class Chatter(threading.Thread):
    """Chats without a pause, as one of its users after the other; who has chatted too often is passed over."""

    def __init__(self, users: list):
        super().__init__(daemon=True)
        self.users, self.stopped = users, threading.Event()
        self.chats, self.held_back, self.failures = 0, 0, []
        self.start()

    def run(self) -> None:
        for person in itertools.cycle(self.users):
            if self.stopped.is_set():
                return
            try:
                events = person.say("is web well?")
                if events[-1].get("outcome") != "answered":
                    self.failures.append(events)
                self.chats += 1
            except people.Refused as refused:
                self.held_back += 1
                if refused.problem["code"] != "rate_limited":
                    self.failures.append(refused)
            except Exception as problem:
                self.failures.append(problem)

    def end(self) -> None:
        self.stopped.set()
        self.join(60)


# --- 7 of the ten failures: `keys[0]`, `kid` ignored, cached for ever: rotation is an outage and a revoked key is accepted ---

def test_07_keys_rotate_under_load_without_a_failed_request_and_a_retired_key_is_refused(chatted, tmp_path):
    stage, rotations = chatted.stage, 2
    chatters = [Chatter([stage.person(name) for name in USERS[first::CHATTERS]]) for first in range(CHATTERS)]
    try:
        for _ in range(rotations):
            before = sum(chatter.chats for chatter in chatters)
            with holding_a_turn(chatted) as held:
                old, new = chatted.publish_next(tmp_path)
                assert issuer.header_of(held.token)["kid"] == old.kid
                chatted.pass_a_step()
                eventually(lambda: issuer.header_of(chatted.last)["kid"] == new.kid)
                assert chatted.statuses(held.token) == {"control plane": 200, "advisor": 200}, "a turn outlives the signing of its key"
            eventually(lambda: not chatted.live[old.kid])
            chatted.pass_a_step()
            eventually(lambda: chatted.published() == [new.kid])
            eventually(lambda: chatted.statuses(chatted.signed_by(old))["advisor"] == 401)
            refused = chatted.refused_for_their_kid()
            assert chatted.statuses(held.token) == {"control plane": 401, "advisor": 401}
            assert chatted.refused_for_their_kid() == refused + 1, "at the control plane too for its key"
            eventually(lambda: sum(chatter.chats for chatter in chatters) > before + CHATTERS)
    finally:
        for chatter in chatters:
            chatter.end()
    stage.advisor.finish()
    chats, held_back = (sum(getattr(chatter, name) for chatter in chatters) for name in ("chats", "held_back"))
    print(f"\n{chats} chats over {rotations} rotations, {held_back} held back by the limit of chats")
    assert not [failure for chatter in chatters for failure in chatter.failures][:3]
    assert chats > rotations * CHATTERS


class holding_a_turn:
    """A turn that is open within the block."""

    def __init__(self, rotating: Rotating):
        self.rotating = rotating

    def __enter__(self):
        self.user = threading.Thread(target=lambda: self.rotating.stage.person("erin").say(HELD), daemon=True)
        self.user.start()
        turn, self.done = self.rotating.held.get(timeout=30)
        return turn

    def __exit__(self, *_):
        self.done.set()
        self.user.join(30)


def test_07_a_key_is_chosen_by_its_kid_and_no_other_one_is_tried(chatted, tmp_path):
    old, new = chatted.publish_next(tmp_path)
    with holding_a_turn(chatted):
        for right in (old, new):
            assert chatted.statuses(chatted.signed_by(right)) == {"control plane": 200, "advisor": 200}
        for signer, kid in ((old, new.kid), (new, old.kid), (old, "x"), (new, chatted.published()[0][:-1])):
            assert chatted.statuses(chatted.signed_by(signer, kid=kid)) == {"control plane": 401, "advisor": 401}
    chatted.finish_rotation(new)


def test_07_a_revoked_key_is_refused_in_mid_turn_and_new_chats_go_on(chatted):
    with holding_a_turn(chatted) as stolen:
        kid = issuer.header_of(stolen.token)["kid"]
        assert chatted.statuses(stolen.token) == {"control plane": 200, "advisor": 200}
        assert kid not in chatted.rotate_keys("--revoke")
        eventually(lambda: chatted.statuses(stolen.token) == {"control plane": 401, "advisor": 401})
        assert stolen.scale("web", 5)[0] == 401
    erin = chatted.stage.person("erin")
    eventually(lambda: erin.say("is web well?")[-1].get("outcome") == "answered")
    assert issuer.header_of(chatted.last)["kid"] != kid and chatted.stage.replicas("web") == 3


# --- keys are fetched in the background, and only there ---

FLOOD = 1_500


def flood(address: str, path: str, context, token: str) -> set:
    """The statuses that tokens of FLOOD kids get, which nobody has."""
    rest, statuses = token[token.index("."):], set()
    connection = people.connect(address, context)
    for _ in range(FLOOD):
        header = json.dumps({"alg": "ES256", "kid": secrets.token_urlsafe(32), "typ": "hks-internal+jwt"})
        connection.request("GET", path, headers={"Authorization": "Bearer " + issuer.encode(header) + rest})
        reply = connection.getresponse()
        reply.read()
        statuses.add(reply.status)
    connection.close()
    return statuses


def resident_kib(stage: Stage, program: str) -> int:
    with open(f"/proc/{stage.process(program).pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def test_a_flood_of_unknown_kids_fetches_no_key_and_leaves_nothing_behind(chatted):
    stage = chatted.stage
    stage.kill("hks-ai-ops")
    chatted.start_advisor(HKS_KEY_REFRESH="120", ASAN_OPTIONS="quarantine_size_mb=1")  # memory is given back; keys are not due meanwhile
    answered = lambda: stage.metric('hks_http_requests_total{listener="internal",status="2xx"}')  # noqa: E731
    ways = [(chatted.chat, "/v1/models", chatted.contexts["advisor"]),
            (stage.internal, "/internal/v1/operations", chatted.contexts["control plane"])]
    assert flood(*ways[0], chatted.last) == {401}
    fetches, before = answered(), resident_kib(stage, "hks-ai-ops")
    assert [flood(*way, chatted.last) for way in ways] == [{401}, {401}]
    grown = resident_kib(stage, "hks-ai-ops") - before
    assert answered() == fetches, "nothing was fetched"
    print(f"\n{2 * FLOOD} unknown kids at the advisor: {answered() - fetches:.0f} fetches, {grown} KiB more")
    assert grown < 4096
    _, _, metrics = request("http://" + stage.system.addresses["ai-ops-ops"], "GET", "/metrics")
    assert re.findall(r"^hks_internal_tokens_refused_total.*", metrics, re.M) == [
        f'hks_internal_tokens_refused_total{{reason="kid_unknown"}} {2 * FLOOD}'], "one row, whatever the kids"
    with holding_a_turn(chatted) as turn:
        assert chatted.statuses(turn.token) == {"control plane": 200, "advisor": 200}, "and the service still answers"


@pytest.mark.parametrize("program", ["hks-control-plane", "hks-ai-ops"])
@pytest.mark.parametrize("seconds", ["0", "121", "-1", "x"])
def test_keys_are_looked_at_often_enough_to_be_known_before_they_sign(program, seconds):
    refused = subprocess.run([PROGRAMS / program, "--key-refresh", seconds], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2 and "--key-refresh" in refused.stdout + refused.stderr

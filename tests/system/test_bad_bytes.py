"""Whatever bytes come to whatever listener of either service: a clear 4xx or a closed connection, and nothing is left behind.
test_routes.py sends bodies that are not ours, test_slow_clients.py sends what never ends."""
import random
import resource

import pytest

from support import wire
from support.doors import check_both_serve
from support.people import named, read_events, request
from support.stage import eventually

LISTENERS = {  # a path that is there, and one that reads a body where there is one
    ("hks-control-plane", "public"): ("/api/v1/me", "/api/v1/sessions"),
    ("hks-control-plane", "internal"): ("/.well-known/jwks.json", "/internal/v1/operations/scale"),
    ("hks-control-plane", "ops"): ("/health/live", None),
    ("hks-ai-ops", "chat"): ("/v1/models", "/v1/chat"),
    ("hks-ai-ops", "ops"): ("/health/live", None),
}
LISTENER = pytest.mark.parametrize("listener", LISTENERS, ids="-".join)
OPS = {"hks-control-plane": "control-plane-ops", "hks-ai-ops": "ai-ops-ops"}
FLOOD = 500  # requests in one write
IDLE = {True: 150, False: 2000}  # connections at once, with TLS and without


def live(stage) -> dict:
    return {(name, of): stage.metric(name, of) for name in ("hks_tasks_live", "hks_connections_live") for of in OPS.values()}


@pytest.fixture(scope="module")
def before(played_stage, doors):
    """What is live before it begins; afterwards both services still answer a chat."""
    with_a_chat(played_stage, doors)
    yield live(played_stage)
    with_a_chat(played_stage, doors)


@pytest.fixture(autouse=True)
def nothing_is_left(played, before):
    yield
    eventually(lambda: all(now <= before[key] for key, now in live(played).items()), seconds=30)


def with_a_chat(played, doors) -> None:
    """A turn through the control plane, which the real advisor answers too."""
    check_both_serve(played, doors)
    chat = doors.addresses["hks-ai-ops", "chat"]
    events = []

    def play(turn):
        body = {"turn": turn.body["turn"], "conversation_id": turn.body["conversation_id"], "message": "what is wrong?", "commands": []}
        status, _, reply = request(chat, "POST", "/v1/chat", body, token=turn.token, context=doors.contexts[chat])
        assert status == 200, reply
        events.extend(read_events(line.encode() for line in reply.splitlines(keepends=True)))
    played.play(play, "what is wrong?")
    assert named(events, "delta"), events


def answers_to(address: str, context, data: bytes) -> list:
    """The replies to these bytes, after which no more come, until the connection ends."""
    with wire.Wire(address, context) as client:
        client.send(data)
        client.end()
        return client.replies()


def last_is_refused(replies: list) -> bool:
    """Nothing, or a 4xx (501 for a method that nobody knows) that says why and ends the connection."""
    if not replies:
        return True
    status, headers, problem = replies[-1]
    return (400 <= status < 500 or status == 501) and headers["Connection"] == "close" and bool(problem["code"] and problem["detail"])


def get(path: str, *headers: str) -> bytes:
    return wire.head("GET", path, *headers)


def no_requests(path: str) -> dict:
    """What is no request, or one that two servers could read in two ways."""
    good = get(path)
    return {
        "headers_without_end": get(path, *("X-Many: y" for _ in range(100_000))),
        "a_header_too_long": get(path, "X-Long: " + "y" * 1_000_000),
        "a_target_too_long": get(path + "?" + "x" * 100_000),
        "a_method_too_long": b"G" * 100_000 + good[3:],
        "no_line_end": b"A" * 100_000,
        "only_line_ends": b"\r\n" * 50_000,
        "a_nul_in_a_value": get(path, "X-Nul: a\0b"),
        "a_nul_in_a_name": get(path, "X-N\0ul: a"),
        "a_folded_line": get(path, "X-Folded: a\r\n b"),
        "a_line_feed_alone": good.replace(b"\r\n", b"\n"),
        "a_carriage_return_alone": get(path, "X-Bare: a\rHost: b"),
        "no_colon": get(path, "no colon here"),
        "no_name": get(path, ": value"),
        "a_space_before_the_colon": get(path, "X-Space : value"),
        "a_name_that_is_no_token": get(path, "X-(y): value"),
        "no_host": b"GET %s HTTP/1.1\r\n\r\n" % path.encode(),
        "two_hosts": get(path, "Host: elsewhere"),
        "a_host_that_is_none": b"GET %s HTTP/1.1\r\nHost: a b\r\n\r\n" % path.encode(),
        "an_absolute_target": get("http://localhost" + path),
        "an_authority": get("localhost:80"),
        "a_star": get("*"),
        "a_tunnel": wire.head("CONNECT", "localhost:80"),
        "dots": get(path + "/../.." + path),
        "escaped_dots": get(path + "/%2e%2e" + path),
        "an_escaped_nul": get(path + "%00"),
        "a_fragment": get(path + "#x"),
        "a_space_in_the_target": get(path + " x"),
        "http_0_9": b"GET %s\r\n" % path.encode(),
        "http_1_0": b"GET %s HTTP/1.0\r\n\r\n" % path.encode(),
        "http_2": b"GET %s HTTP/2.0\r\nHost: x\r\n\r\n" % path.encode(),
        "http_9_9": b"GET %s HTTP/9.9\r\nHost: x\r\n\r\n" % path.encode(),
        "the_preface_of_http_2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",
        "websocket_frames": b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        "a_redis_command": b"*1\r\n$4\r\nPING\r\n",
        "a_mail_greeting": b"EHLO localhost\r\n",
    }


def no_bodies(path: str) -> dict:
    """Bodies whose end two servers could see in two places."""
    def post(*headers: str, body: bytes = b"") -> bytes:
        return wire.head("POST", path, "Content-Type: application/json", *headers) + body
    chunked = "Transfer-Encoding: chunked"
    chunks = {"a_negative_chunk": b"-1\r\n", "a_huge_chunk": b"ffffffffffffffff\r\nx", "a_chunk_over_64_bits": b"1ffffffffffffffff\r\nx",
              "a_signed_chunk": b"+5\r\nhello\r\n0\r\n\r\n", "a_chunk_with_0x": b"0x5\r\nhello\r\n0\r\n\r\n", "no_chunk": b"\r\n\r\n",
              "a_chunk_that_is_longer": b"2\r\nhello\r\n0\r\n\r\n", "a_chunk_extension_too_long": b"5;" + b"x" * 20_000 + b"\r\nhello\r\n0\r\n\r\n",
              "trailers_too_long": b"0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n", "a_chunk_without_end": b"5\r\nhel"}
    return {
        **{name: post(chunked, body=body) for name, body in chunks.items()},
        "length_and_chunked": post("Content-Length: 5", chunked, body=b"0\r\n\r\n"),
        "chunked_and_length": post(chunked, "Content-Length: 5", body=b"0\r\n\r\n"),
        "two_lengths": post("Content-Length: 5", "Content-Length: 6", body=b"hello!"),
        "the_same_length_twice": post("Content-Length: 5", "Content-Length: 5", body=b"hello"),
        "a_list_of_lengths": post("Content-Length: 5, 5", body=b"hello"),
        "a_negative_length": post("Content-Length: -5", body=b"hello"),
        "a_signed_length": post("Content-Length: +5", body=b"hello"),
        "a_length_in_hex": post("Content-Length: 0x5", body=b"hello"),
        "a_length_over_64_bits": post("Content-Length: 99999999999999999999", body=b"hello"),
        "a_length_too_long": post("Content-Length: 5", body=b"hel"),
        "another_encoding": post("Transfer-Encoding: gzip", body=b"hello"),
        "two_encodings": post("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
        "chunked_twice": post("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"),
        "chunked_in_two_lines": post(chunked, chunked, body=b"0\r\n\r\n"),
        "almost_chunked": post("Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
        "another_expectation": post("Expect: the unexpected", "Content-Length: 5", body=b"hello"),
    }


# What ends before it is wrong: hung up on, as a client that has gone.
CUT = {"http_0_9", "a_redis_command", "a_mail_greeting", "a_chunk_without_end", "a_huge_chunk", "a_length_too_long"}


@LISTENER
def test_what_is_no_request_is_refused_at_every_listener(doors, listener):
    address, (path, _) = doors.addresses[listener], LISTENERS[listener]
    for name, data in no_requests(path).items():
        replies = answers_to(address, doors.contexts.get(address), data)
        assert last_is_refused(replies), (name, replies)
        assert bool(replies) == (name not in CUT), name


@LISTENER
def test_a_body_with_two_readings_is_refused_at_every_listener(doors, listener):
    address, (path, reading) = doors.addresses[listener], LISTENERS[listener]
    for name, data in no_bodies(reading or path).items():
        replies = answers_to(address, doors.contexts.get(address), data)
        assert len(replies) <= 1 and last_is_refused(replies), (name, replies)
        assert bool(replies) == (name not in CUT or not reading), name  # who reads none says so at once


@LISTENER
def test_what_follows_a_request_is_not_taken_for_a_part_of_it(doors, listener):
    address, (path, _) = doors.addresses[listener], LISTENERS[listener]
    with wire.Wire(address, doors.contexts.get(address)) as client:
        client.send(get(path) + b"\0garbage\r\n\r\n")
        replies = client.replies()
    assert len(replies) == 2 and replies[0][0] in (200, 401) and last_is_refused(replies), replies


@LISTENER
def test_random_bytes_and_half_requests_leave_both_services_up(doors, listener):
    address, (path, _) = doors.addresses[listener], LISTENERS[listener]
    chance = random.Random(f"bad bytes at {listener}")
    good = get(path, "Authorization: Bearer a.b.c")
    blobs = [chance.randbytes(chance.randrange(1, 5000)) for _ in range(20)]
    blobs += [good[:chance.randrange(1, len(good) - 1)] for _ in range(10)]
    for _ in range(20):
        changed = bytearray(good)
        changed[chance.randrange(len(good))] = chance.randrange(256)
        blobs.append(bytes(changed))
    for context in {None, doors.contexts.get(address)}:
        for data in blobs:
            assert all(status <= 501 and status != 500 for status, _, _ in answers_to(address, context, data)), data


@LISTENER
def test_another_protocol_than_the_listeners_is_hung_up_on(doors, listener):
    """TLS where HTTP is spoken, and HTTP or broken TLS where TLS is."""
    address, (path, _) = doors.addresses[listener], LISTENERS[listener]
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    records = {"a hello": hello + bytes(505), "half a hello": hello, "another version": b"\x16\x09\x09" + hello[3:], "an alert": b"\x15\x03\x03\0\2\2\x28",
               "data at once": b"\x17\x03\x03\0\x20" + bytes(32), "a record too long": b"\x16\x03\x01\xff\xff" + bytes(70_000),
               "a hello of SSL 2": b"\x80\x2e\x01\x00\x02\0\x15\0\0\0\x10" + bytes(40)}
    if address.startswith("https"):
        records["plain HTTP"] = get(path)
    for name, data in records.items():
        assert last_is_refused(answers_to(address, None, data)), name


@LISTENER
def test_a_flood_of_pipelined_requests_is_answered_in_order(doors, listener):
    address, (path, _) = doors.addresses[listener], LISTENERS[listener]
    with wire.Wire(address, doors.contexts.get(address)) as client:
        client.send((get(path) * (FLOOD - 1)) + get("/nowhere", "Connection: close"))
        statuses = [status for status, _, _ in client.replies()]
    assert len(statuses) == FLOOD and set(statuses[:-1]) <= {200, 401} and statuses[-1] == 404


@LISTENER
def test_idle_connections_hold_nobody_back(played, doors, listener):
    address = doors.addresses[listener]
    context = doors.contexts.get(address)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    idle = []
    try:
        for _ in range(IDLE[context is not None]):
            idle.append(wire.Wire(address, context))
        of = OPS[listener[0]]
        eventually(lambda: played.metric("hks_connections_live", of) >= len(idle))
        check_both_serve(played, doors)
    finally:
        for one in idle:
            one.socket.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

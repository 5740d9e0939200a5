"""An API as its OpenAPI document says: requests made of its schemas, and every answer held against it."""
import functools
import http.cookiejar
import json
import pathlib
import sys

import hypothesis
import requests
import schemathesis
from hypothesis import strategies
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tidy"))
import contracts  # noqa: E402
import json_schema  # noqa: E402
import repo  # noqa: E402

from support import people  # noqa: E402

EXAMPLES = 10  # of an operation in each mode
BODY_HOLDS = checks.response_schema_conformance
IS_REFUSED = checks.negative_data_rejection
HOLDS = [checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance, BODY_HOLDS, IS_REFUSED]
DOCUMENTS = contracts.documents(repo.Repo(ROOT))


@functools.cache
def operations_of(document: str) -> dict:
    """By operationId."""
    schema = schemathesis.openapi.from_path(ROOT / "contracts" / document)
    found = (result.ok() for result in schema.get_all_operations())
    return {operation.definition.raw["operationId"]: operation for operation in found}


class Api:
    def __init__(self, document: str, address: str, ca: pathlib.Path = None, certificate: tuple = None):
        """With `ca` over TLS, as the holder of `certificate` (its file and its key's)."""
        self.document, self.address = document, address
        self.operations = operations_of(document)
        self.session = requests.Session()
        self.session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))  # who asks is told by the token alone
        self.tls = {"verify": str(ca), "cert": tuple(map(str, certificate))} if ca else {}
        self.statuses = {name: set() for name in self.operations}

    def ask(self, name: str, token: str, path: dict = {}, body=None, query: dict = {}) -> requests.Response:
        more = {} if body is None else {"body": body, "media_type": "application/json"}
        case = self.operations[name].Case(path_parameters=path, query=query, **more)
        return self.send(name, case, token)

    def send(self, name: str, case, token: str, **headers) -> requests.Response:
        """The answer, which is what the document says."""
        case.headers = {key: value for key, value in (case.headers or {}).items() if key != "Authorization"} | headers
        if token:
            case.headers["Authorization"] = f"Bearer {token}"
        response = self.session.request(**case.as_transport_kwargs(base_url=self.address), **self.tls)
        self.statuses[name].add(response.status_code)
        told = f"{name}: {response.status_code} {response.text[:500]} for {case.as_curl_command()[:1500]}"
        listed = case.operation.definition.raw["responses"]
        assert response.status_code < 500 or str(response.status_code) in listed, told
        lines = streamed(response)
        # A stream is looked at below; that a 413 refuses what is wrong is not known there.
        beside = [BODY_HOLDS] * (lines is not None) + [IS_REFUSED] * (response.status_code == 413)
        try:
            case.validate_response(response, checks=[check for check in HOLDS if check not in beside])
        except FailureGroup as failures:  # no Exception, so that who catches those would lose it
            raise AssertionError(f"{failures.exceptions} {told}") from None
        for line in lines or []:
            self.check_line(listed["200"], response.headers["Content-Type"].split(";")[0], line, told)
        return response

    def check_line(self, answer: dict, kind: str, line, told: str) -> None:
        """Of a stream, whose schema is that of each of its lines or events."""
        errors = json_schema.Validator(DOCUMENTS).errors(self.document, answer["content"][kind]["schema"], line)
        assert not errors, f"{errors} in {line} of {told}"

    def explore(self, name: str, live: dict, tokens: dict) -> None:
        """Answers of generated requests, right and wrong ones; most of them about what is there, as somebody who may."""
        operation = self.operations[name]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                cases = operation.as_strategy(generation_mode=mode)
                self._explore(name, cases, live, tokens)
            except hypothesis.errors.Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE, f"no request of {name} can be made"  # nothing in it can be wrong

    def _explore(self, name: str, cases, live: dict, tokens: dict) -> None:
        mostly = strategies.sampled_from([True, True, True, False])

        @hypothesis.seed(1)
        @hypothesis.settings(max_examples=EXAMPLES, database=None, deadline=None, phases=[hypothesis.Phase.generate],
                             suppress_health_check=list(hypothesis.HealthCheck))
        @hypothesis.given(case=cases, is_live=mostly, who=strategies.sampled_from(sorted(tokens)), client=strategies.integers(1, 250))
        def run(case, is_live, who, client):
            if is_live:
                path = case.path_parameters or {}
                case.path_parameters = {key: live.get((name, key), live.get(key, value)) for key, value in path.items()}
            self.send(name, case, tokens[who], **{"X-Forwarded-For": f"10.1.1.{client}"})  # so that no client is held back alone
        run()

    def unreached(self) -> dict:
        """Operations without a 2xx, and what they answered."""
        return {name: sorted(statuses) for name, statuses in self.statuses.items() if not any(200 <= status < 300 for status in statuses)}


def streamed(response: requests.Response) -> list | None:
    """The lines or events of a streamed answer; None for another."""
    kind = response.headers.get("Content-Type", "").split(";")[0]
    if kind == "application/x-ndjson":
        return [json.loads(line) for line in response.content.splitlines()]
    if kind == "text/event-stream":
        return list(people.read_events(response.content.splitlines(keepends=True)))
    return None

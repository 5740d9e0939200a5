"""A user's conversations: what is remembered, who may read it, what follow-ups mean, and what an advisor may say of it."""
import json
import sqlite3
import uuid

import pytest

from support.people import Person, Refused, named, only, text_of
from support.stage import Stage, eventually, routes

CONVERSATIONS = "/api/v1/workspaces/shop/conversations"


def say(person, message: str, conversation: str, **more) -> list:
    return person.say(message, conversation_id=conversation, **more)


@pytest.fixture
def talk(whole):
    """Says messages of one new conversation, as erin; `web` has 3 replicas."""
    whole.reset_web()
    conversation = str(uuid.uuid4())
    erin = whole.person("erin")
    eventually(lambda: "3" in text_of(erin.say("how many replicas does web have?")))
    return lambda message: say(erin, message, conversation)


# --- list, read, delete ---

def test_a_conversation_is_listed_read_and_deleted(whole):
    erin, conversation = whole.person("erin"), str(uuid.uuid4())
    turn = only(say(erin, "why is checkout failing?", conversation), "turn")
    answer = text_of(say(erin, "and cart?", conversation))
    listed = erin.get(CONVERSATIONS)["conversations"][0]
    assert listed["id"] == conversation and listed["title"] == "why is checkout failing?" and listed["turns"] == 2
    read = erin.get(f"{CONVERSATIONS}/{conversation}")
    assert read["id"] == conversation and [one["message"] for one in read["turns"]] == ["why is checkout failing?", "and cart?"]
    assert read["turns"][0]["turn_id"] == turn["turn_id"] and read["turns"][1]["answer"] == answer
    assert {"kind": "Deployment", "project": "shop", "name": "checkout"} in read["turns"][0]["objects"]
    assert erin.ask("DELETE", f"{CONVERSATIONS}/{conversation}") == (204, "")
    for method in ("GET", "DELETE"):
        status, problem = erin.ask(method, f"{CONVERSATIONS}/{conversation}")
        assert status == 404 and problem["code"] == "not_found"
    assert conversation not in json.dumps(erin.get(CONVERSATIONS))


def test_it_is_remembered_over_a_restart(mortal):
    erin, conversation = mortal.person("erin"), str(uuid.uuid4())
    say(erin, "why is checkout failing?", conversation)
    mortal.restart("hks-ai-ops")
    assert len(eventually(lambda: read_or_none(erin, conversation))["turns"]) == 1
    assert "checkout" in text_of(eventually(lambda: answered(erin, "its logs", conversation)))


def read_or_none(person, conversation: str):
    status, reply = person.ask("GET", f"{CONVERSATIONS}/{conversation}")
    return reply if status == 200 else None


def answered(person, message: str, conversation: str):
    """The events, once the advisor can be reached again."""
    events = say(person, message, conversation)
    return events if named(events, "done") else None


def test_another_user_finds_none_of_it(whole):
    conversation = str(uuid.uuid4())
    say(whole.person("erin"), "why is checkout failing?", conversation)
    for name in ("vic", "ada"):
        other = whole.person(name)
        assert conversation not in json.dumps(other.get(CONVERSATIONS))
        for method in ("GET", "DELETE"):
            assert other.ask(method, f"{CONVERSATIONS}/{conversation}")[0] == 404
    vic = whole.person("vic")
    assert "Whose logs?" in text_of(say(vic, "its logs", conversation)), "the same id is another conversation"
    assert len(whole.person("erin").get(f"{CONVERSATIONS}/{conversation}")["turns"]) == 1


def test_another_workspace_finds_none_of_it(whole):
    conversation = str(uuid.uuid4())
    say(whole.person("erin"), "why is checkout failing?", conversation)
    gus = whole.person("gus")
    theirs = "/api/v1/workspaces/globex/conversations"
    assert conversation not in json.dumps(gus.get(theirs))
    assert gus.ask("GET", f"{theirs}/{conversation}")[0] == 404
    for path in (CONVERSATIONS, f"{CONVERSATIONS}/{conversation}"):
        assert gus.ask("GET", path)[0] == 404, "not a member of it"


@pytest.mark.parametrize("no_id", ["x", "..%2f..%2fhealth", "019b7d5a-0c1e-7001-8a3f-5d2c9e4b7a1", "%00"])
def test_what_is_no_id_is_not_asked_for(whole, no_id):
    turns = whole.database("SELECT count(*) FROM turns")
    status, problem = whole.person("erin").ask("GET", f"{CONVERSATIONS}/{no_id}")
    assert (status, problem["code"]) in ((404, "not_found"), (400, "malformed_request"))
    assert whole.database("SELECT count(*) FROM turns") == turns


# --- follow-ups in a real chat ---

def test_and_cart(talk):
    talk("why is checkout failing?")
    assert "cart 2/2" in text_of(talk("and cart?"))
    read = named(talk("its logs"), "tool")[0]
    assert read["name"] == "get_logs" and read["arguments"]["pod"].startswith("cart-")
    report = text_of(talk("what about report?"))
    assert "report" in report and "cart" not in report


def test_undo_that_is_a_proposal(whole, talk):
    assert only(talk("scale web to 5"), "operation")["state"] == "executed"
    eventually(lambda: "5" in text_of(whole.person("erin").say("how many replicas does web have?")))
    events = talk("undo that")
    proposal = only(events, "proposal")
    assert proposal["operation"] == "scale" and proposal["arguments"]["replicas"] == 3
    assert only(events, "done")["outcome"] == "waiting" and whole.replicas("web") == 5
    assert not named(talk("yes"), "operation") and whole.replicas("web") == 5
    status, _ = whole.person("erin").decide(proposal)
    assert status == 200 and whole.replicas("web") == 3


def test_undo_that_says_why_it_cannot(whole, talk):
    nothing = talk("undo that")
    assert not named(nothing, "proposal") and "Nothing was changed" in text_of(nothing)
    talk("scale web to 5")
    whole.set_replicas("web", 4)
    eventually(lambda: "4" in text_of(whole.person("erin").say("how many replicas does web have?")))
    events = talk("undo that")
    assert not named(events, "proposal") and "no longer" in text_of(events)


def test_an_operation_by_reference_is_a_proposal(whole, talk):
    talk("how many replicas does web have?")
    events = talk("scale it to 4")
    assert only(events, "proposal")["arguments"] == {"project": "shop", "kind": "Deployment", "name": "web", "replicas": 4}
    assert whole.replicas("web") == 3, "the control plane did not read it as a command"


# --- rights that have gone ---

@pytest.fixture(scope="module")
def two_projects(tmp_path_factory):
    """Workspace shop has the projects shop and globex."""
    with Stage(tmp_path_factory.mktemp("projects")) as stage:
        stage.seed.write_text(stage.seed.read_text().replace('projects = ["shop"]', 'projects = ["shop", "globex"]'))
        yield stage.start_whole()


def test_what_a_removed_role_showed_is_withheld(two_projects):
    ada = two_projects.person("ada")
    members = "/api/v1/workspaces/shop/members"
    bindings = {}
    for project in ("shop", "globex"):
        status, bindings[project] = ada.ask("POST", members, {"user": "vic", "role": "viewer", "project": project})
        assert status == 201, bindings
    whole_workspace = next(row for row in ada.get(members)["members"] if row["user"] == "vic" and row["project"] is None)
    assert ada.ask("DELETE", f"{members}/{whole_workspace['id']}")[0] == 204
    vic, about, list_all = two_projects.person("vic"), str(uuid.uuid4()), str(uuid.uuid4())
    say(vic, "why is checkout failing?", about)
    say(vic, "what is wrong?", list_all)
    assert "checkout" in json.dumps(vic.get(f"{CONVERSATIONS}/{about}"))
    assert "checkout" in json.dumps(vic.get(f"{CONVERSATIONS}/{list_all}"))

    assert ada.ask("DELETE", f"{members}/{bindings['shop']['id']}")[0] == 204
    for path in (CONVERSATIONS, f"{CONVERSATIONS}/{about}", f"{CONVERSATIONS}/{list_all}"):
        shown = json.dumps(vic.get(path))
        assert "checkout" not in shown and "payments-api" not in shown, shown
    withheld = vic.get(f"{CONVERSATIONS}/{about}")["turns"][0]
    assert withheld["message"] == withheld["answer"] == "<withheld>" and withheld["objects"] == []
    assert "Whose logs?" in text_of(say(vic, "its logs", about)), "a follow-up does not mean it either"


def new_viewer(stage, name: str, workspace: str, **binding):
    """Of demo, with that binding alone; and its id."""
    ada = stage.person("ada")
    assert ada.ask("POST", "/api/v1/organizations/demo/users", {"name": name, "password": "correct horse battery"})[0] == 201
    status, bound = ada.ask("POST", f"/api/v1/workspaces/{workspace}/members", {"user": name, "role": "viewer", **binding})
    assert status == 201, bound
    return Person(stage.public, name, "correct horse battery"), bound["id"]


def a_role_that_is_lowered(stage):
    """From editor of the whole workspace to viewer of the other project."""
    person, bound = new_viewer(stage, "lowered", "shop", role="editor")
    members = "/api/v1/workspaces/shop/members"

    def take():
        assert stage.person("ada").ask("POST", members, {"user": "lowered", "role": "viewer", "project": "globex"})[0] == 201
        assert stage.person("ada").ask("DELETE", f"{members}/{bound}")[0] == 204
    return "shop", person, take


def a_project_that_is_removed(stage):
    """From the workspace itself: its role stays."""
    ada, workspaces = stage.person("ada"), "/api/v1/organizations/demo/workspaces"
    body = {"name": "own", "projects": ["shop", "globex"], "kubeconfig": stage.kubeconfig.read_text()}
    assert ada.ask("POST", workspaces, body)[0] == 201
    person, _ = new_viewer(stage, "remaining", "own")
    eventually(lambda: "checkout" in str(person.ask("GET", "/api/v1/workspaces/own/names")[1]), every=0.2)
    return "own", person, lambda: ada.ask("PATCH", f"{workspaces}/own", {"projects": ["globex"]})


def a_deny(stage):
    """Of one project, beside the role of the whole workspace, which stays."""
    person, _ = new_viewer(stage, "denied", "shop")
    deny = {"user": "denied", "role": "viewer", "project": "shop", "effect": "deny"}
    return "shop", person, lambda: stage.person("ada").ask("POST", "/api/v1/workspaces/shop/members", deny)


@pytest.mark.parametrize("way", [a_role_that_is_lowered, a_project_that_is_removed, a_deny])
def test_titles_lists_and_answers_withhold_what_may_no_longer_be_seen(two_projects, way):
    workspace, person, take = way(two_projects)
    conversations, about = f"/api/v1/workspaces/{workspace}/conversations", str(uuid.uuid4())
    for message in ("why is checkout failing?", "its logs"):
        person.say(message, workspace, conversation_id=about)
    before = person.get(conversations)["conversations"]
    assert "checkout" in before[0]["title"] and "5433" in json.dumps(person.get(f"{conversations}/{about}"))
    take()

    def shown():
        """Once the cluster of a changed workspace has been read anew."""
        status, names = person.ask("GET", f"/api/v1/workspaces/{workspace}/names")
        return status == 200 and names["names"] and "".join(json.dumps(person.get(path)) for path in (conversations, f"{conversations}/{about}"))
    text = eventually(shown, every=0.2)
    assert "checkout" not in text and "5433" not in text and "postgres" not in text, text
    assert person.get(conversations)["conversations"][0]["turns"] == before[0]["turns"], "that they were there is no secret"
    assert "Whose logs?" in text_of(person.say("its logs", workspace, conversation_id=about)), "a follow-up does not mean it either"


# --- an advisor that must not be believed ---

def test_a_read_turns_token_is_refused_by_every_operation_route(played):
    rows = [row for row in routes("hks-control-plane") if row["listener"] == "internal" and row["method"] == "POST"]
    assert rows
    answers = []

    def remember(read):
        for row in rows:
            path = row["pattern"].replace("{operation}", "scale")
            body = {"call_id": "o1", "arguments": {"project": "shop", "kind": "Deployment", "name": "web", "replicas": 5}}
            answers.append(read.call(row["method"], path, body))
        return 200, {"conversations": []}
    with remembering(played, remember):
        assert played.person("erin").get(CONVERSATIONS) == {"conversations": []}
    played.advisor.finish()
    assert len(answers) == len(rows)
    for status, problem in answers:
        assert status == 403 and problem["reason"]["code"] == "read_turn", problem
    assert played.replicas("web") == 3


def test_a_read_turns_token_is_dead_with_its_answer(played):
    tokens = []

    def remember(read):
        assert read.call("GET", "/internal/v1/workspaces/shop/snapshot")[0] == 200
        tokens.append(read)
        return 200, {"conversations": []}
    with remembering(played, remember):
        played.person("erin").get(CONVERSATIONS)
    played.advisor.finish()
    assert tokens[0].call("GET", "/internal/v1/workspaces/shop/snapshot")[0] == 401


GOOD = {"id": "019b7d5a-0c1e-7002-8a3f-5d2c9e4b7a10", "title": "hello", "began_at": "2026-01-02T03:04:05.000Z",
        "last_at": "2026-01-02T03:04:05.000Z", "turns": 1}
LIES = {"nothing": b"", "no JSON": b"<html>", "another shape": [], "another member": {"chats": []},
        "no id": {"conversations": [{**GOOD, "id": "../../users"}]}, "a number": {"conversations": [{**GOOD, "title": 5}]},
        "a flood": {"conversations": [GOOD] * 201}, "a long title": {"conversations": [{**GOOD, "title": "x" * 401}]}}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_what_the_advisor_says_is_checked(played, lie):
    with remembering(played, lambda read: (200, lie)):
        with pytest.raises(Refused) as refused:
            played.person("erin").get(CONVERSATIONS)
    assert refused.value.status == 503 and refused.value.problem["code"] == "unavailable"


def test_only_known_members_and_visible_text_come_through(played):
    said = {**GOOD, "title": "a\x1b[2J\u202eb", "approve": "https://evil.example"}
    with remembering(played, lambda read: (200, {"conversations": [said], "html": "<script>"})):
        assert played.person("erin").get(CONVERSATIONS) == {"conversations": [{**GOOD, "title": "a[2Jb"}]}


@pytest.mark.parametrize("status", [400, 401, 403, 409, 500, 503])
def test_an_advisor_that_refuses_is_unavailable(played, status):
    with remembering(played, lambda read: (status, {"detail": "a secret of the advisor"})):
        got, problem = played.person("erin").ask("GET", f"{CONVERSATIONS}/{GOOD['id']}")
    assert got == 503 and "secret" not in json.dumps(problem)


def test_a_conversation_that_is_being_answered_is_not_deleted(played):
    seen = []

    def play(turn):
        seen.append(played.person("erin").ask("DELETE", f"{CONVERSATIONS}/{turn.body['conversation_id']}"))
    played.play(play, "what is wrong?")
    assert seen[0][0] == 409 and seen[0][1]["code"] == "conversation_busy"


class remembering:
    """The played advisor answers reads so, meanwhile."""

    def __init__(self, stage, remember):
        self.advisor, self.remember = stage.advisor, remember

    def __enter__(self):
        self.before, self.advisor.remember = self.advisor.remember, self.remember

    def __exit__(self, *_):
        self.advisor.remember = self.before


# --- old ones ---

def test_old_conversations_go_when_the_advisor_starts(mortal):

    erin, old, young = mortal.person("erin"), str(uuid.uuid4()), str(uuid.uuid4())
    for conversation in (old, young):
        say(erin, "why is checkout failing?", conversation)
    mortal.kill("hks-ai-ops")
    with sqlite3.connect(mortal.data / "ai-ops.db", timeout=20) as database:
        database.execute("UPDATE conversations SET last_at = last_at - ? WHERE id = ?", (31 * 24 * 3600 * 1000, old))
    mortal.start_again("hks-ai-ops")
    eventually(lambda: read_or_none(erin, young) and erin.ask("GET", f"{CONVERSATIONS}/{old}")[0] == 404)


def test_the_database_is_its_owners_alone(whole):
    assert (whole.data / "ai-ops.db").stat().st_mode & 0o077 == 0


# --- hks ---

def test_hks_conversations(whole, tmp_path):
    from test_hks import Hks
    hks, conversation = Hks(whole, "erin", tmp_path), str(uuid.uuid4())
    say(whole.person("erin"), "why is checkout failing?", conversation)
    assert "why is checkout failing?" in hks.run("conversations").stdout
    assert "> why is checkout failing?" in hks.run("conversations", "show", conversation).stdout
    assert hks.json("conversations", "show", conversation)["id"] == conversation
    assert hks.run("conversations", "delete", conversation).stdout == " Deleted.\n"
    assert hks.run("conversations", "show", conversation).returncode == 1

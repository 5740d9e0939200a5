"""What the advisor relies on of a real Ollama; the imposter in ai-ops/llm plays what is seen here, and worse."""
import json

import ollama_server
import pytest

from support.people import connect, request
from support.stage import eventually

MODEL = ollama_server.MODEL
ANSWER = {"type": "object", "properties": {"status": {"enum": ["good", "bad"]}}, "required": ["status"],
          "additionalProperties": False}


def chat(server, text: str, **more):
    """Status and parsed lines of one native answer."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": text}], **more}
    status, headers, reply = request(server.url, "POST", "/api/chat", body)
    return status, [json.loads(line) for line in reply.splitlines()] if isinstance(reply, str) else [reply], headers


def test_it_is_the_version_that_was_built(ollama):
    assert ollama.get("/api/version") == {"version": "0.24.0"}


def test_it_has_the_model_and_says_what_that_can_do(ollama):
    assert MODEL in {model["name"] for model in ollama.get("/api/tags")["models"]}
    status, _, shown = request(ollama.url, "POST", "/api/show", {"model": MODEL})
    assert status == 200 and {"completion", "tools"} <= set(shown["capabilities"])
    assert shown["model_info"]["llama.context_length"] == 8192 and "num_ctx" in shown["parameters"]


def test_an_answer_is_streamed_as_lines_and_counted(ollama):
    status, lines, headers = chat(ollama, "Say hello.", options={"num_predict": 20})
    assert status == 200 and headers["Content-Type"] == "application/x-ndjson"
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert "".join(line["message"]["content"] for line in lines)
    assert lines[-1]["done_reason"] in ("stop", "length") and lines[-1]["prompt_eval_count"] > 0
    assert 0 < lines[-1]["eval_count"] <= 20


def test_a_schema_is_kept(ollama):
    _, lines, _ = chat(ollama, "Is a crash good or bad?", format=ANSWER, stream=False, options={"num_predict": 50})
    assert json.loads(lines[0]["message"]["content"])["status"] in ("good", "bad")


def ask_too_much(ollama, **more):
    messages = [{"role": "user", "content": f"Line {line}: " + "pod " * 50} for line in range(6)]
    return request(ollama.url, "POST", "/api/chat", {"model": MODEL, "messages": messages, "stream": False,
                                                     "options": {"num_ctx": 128, "num_predict": 1}, **more})


def test_a_prompt_that_is_too_long_is_cut_without_a_word(ollama):
    status, _, reply = ask_too_much(ollama)
    assert status == 200 and "error" not in reply
    assert reply["prompt_eval_count"] <= 128


def test_it_is_refused_where_that_is_asked_for(ollama):
    status, _, reply = ask_too_much(ollama, truncate=False)
    assert status == 400 and "exceeds the context length" in reply["error"]


@pytest.mark.parametrize("path", ["/api/chat", "/v1/chat/completions"])
def test_a_model_that_it_has_not_is_404(ollama, path):
    status, _, reply = request(ollama.url, "POST", path, {"model": "nope", "messages": [{"role": "user", "content": "?"}]})
    assert status == 404
    error = reply["error"] if path == "/api/chat" else reply["error"]["message"]
    assert "nope" in error and "not found" in error


def test_the_other_api_streams_events_and_ends_with_done(ollama):
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 10, "stream": True}
    status, headers, reply = request(ollama.url, "POST", "/v1/chat/completions", body)
    assert status == 200 and headers["Content-Type"] == "text/event-stream"
    frames = [line.removeprefix("data: ") for line in reply.splitlines() if line]
    assert frames[-1] == "[DONE]"
    assert all(json.loads(frame)["object"] == "chat.completion.chunk" for frame in frames[:-1])


def test_a_hang_up_ends_the_work(ollama, tap):
    tap.forget()
    connection = connect(tap.url)
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Count to one thousand."}], "options": {"num_predict": 4000}}
    connection.request("POST", "/api/chat", json.dumps(body))
    eventually(lambda: tap.pieces() > 3, seconds=60)
    assert ollama.is_working()
    connection.close()
    eventually(lambda: not ollama.is_working())
    chat(ollama, "Hello.", options={"num_predict": 1})  # which waits for the one before, where that goes on


def test_it_says_which_model_is_loaded(ollama):
    chat(ollama, "Hello.", options={"num_predict": 1})
    assert [model["name"] for model in ollama.get("/api/ps")["models"]] == [MODEL]

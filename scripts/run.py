"""Starts the demo on embedded defaults, opens the chat, and stops everything again.

The programs are built already (./run does that). Progress goes to standard error, the answer to standard output.
"""
# usage: ./run [--once MESSAGE [--approve OPERATION:KIND/NAME]] [--as admin|editor|viewer] [--output text|json]
# usage:       [--ollama URL --model NAME | --ollama local] [--kubeconfig FILE] [--data DIR]
# usage:
# usage:   --once MESSAGE    ask once, print the answer, stop; exit 0 answered or executed, 1 failed, 3 refused, 4 waiting
# usage:   --approve WHAT    with --once: approve one proposal that is exactly this (scale:Deployment/web), not of high risk
# usage:   --as ROLE         who asks: admin (ada), editor (erin, the default) or viewer (vic)
# usage:   --output json     events as JSON lines
# usage:   --ollama URL      answer with a model of this Ollama server; --model NAME says which
# usage:   --ollama local    build the real Ollama (ten minutes, once a machine) and start it with a tiny model, to see it work
# usage:   --kubeconfig FILE a cluster of your own instead of the demo cluster; its namespace "shop" becomes the workspace
# usage:   --data DIR        where everything is kept (default ./data)
import argparse
import contextlib
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import ollama_server
import service_processes as services

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = pathlib.Path(os.environ.get("HKS_PROGRAMS", ROOT / "build/release/bin"))
USERS = {"admin": "ada", "editor": "erin", "viewer": "vic"}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", add_help=False)
    parser.add_argument("--once", metavar="MESSAGE")
    parser.add_argument("--approve", metavar="OPERATION:KIND/NAME")
    parser.add_argument("--as", dest="role", choices=USERS, default="editor")
    parser.add_argument("--output", choices=["text", "json"], default="text")
    parser.add_argument("--ollama", metavar="URL|local")
    parser.add_argument("--model", metavar="NAME")
    parser.add_argument("--kubeconfig", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "data")
    options = parser.parse_args()
    if options.approve is not None and options.once is None:
        parser.error("--approve is for --once; at the prompt you are asked")
    if options.ollama == "local":
        if options.model not in (None, ollama_server.MODEL):
            parser.error(f"--ollama local has {ollama_server.MODEL} and no other model")
        options.model = ollama_server.MODEL
    elif (options.ollama is None) != (options.model is None):
        parser.error("--ollama URL and --model NAME belong together")
    elif options.ollama is not None and not options.ollama.startswith(("http://", "https://")):
        parser.error("--ollama takes a URL, or the word local")
    return options


def somebody_runs(data: pathlib.Path) -> bool:
    """The control plane of another ./run holds the lock of this data folder."""
    lock = data / "lock"
    if not lock.exists():
        return False
    with open(lock) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def start_ollama(data: pathlib.Path, stopping: contextlib.ExitStack) -> str:
    """Its URL."""
    built = ollama_server.build()
    started = time.monotonic()
    ollama = ollama_server.Ollama(built, data / "ollama", data / "log/ollama.log")
    stopping.callback(ollama.stop)
    ollama.start().create_tiny_model()
    say(f" ✓ ollama              {ollama.url}   {ollama_server.MODEL}   {time.monotonic() - started:.1f} s")
    return ollama.url


def ask(options: argparse.Namespace, server: str) -> int:
    """Signs in and runs the command line on the user's terminal; its exit code."""
    user = USERS[options.role]
    passwords = dict(line.split() for line in (options.data / "demo-users.txt").read_text().splitlines())
    session = options.data / f"session-{user}.json"
    hks = [str(PROGRAMS / "hks"), "--server", server, "--session-file", str(session)]
    signed_in = subprocess.run([*hks, "login", "--user", user, "--password-stdin"],
                               input=passwords[user] + "\n", text=True, stdout=subprocess.DEVNULL)
    if signed_in.returncode != 0:
        return signed_in.returncode
    chat = [*hks, "--workspace", "shop", "--output", options.output, "chat"]
    if options.once is not None:
        approve = ["--approve", options.approve] if options.approve is not None else []
        return subprocess.run([*chat, "--once", options.once, *approve]).returncode
    say(f"\n Signed in as {user} ({options.role}).  Passwords of all: {os.path.relpath(options.data / 'demo-users.txt')}")
    say(" Ask anything. Try:  what is wrong?   ·   why is checkout failing?   ·   scale web to 5\n")
    return subprocess.run(chat).returncode


def main() -> int:
    options = arguments()
    options.data = options.data.resolve()
    state = options.data / "run.json"
    if somebody_runs(options.data):
        if options.once is None:
            say("Another ./run uses this data folder; close it, or ask it with --once.")
            return 1
        if options.model is not None:
            say("Another ./run uses this data folder and answers with its own model; leave --ollama away, or close it.")
            return 1
        return ask(options, json.loads(state.read_text())["public"])
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    system = services.System(PROGRAMS, options.data, log=options.data / "log")
    stopping = contextlib.ExitStack()
    try:
        if options.model is not None:
            url = start_ollama(options.data, stopping) if options.ollama == "local" else options.ollama
            system.model_flags = ["--model", options.model, "--model-url", url]
        stopping.callback(system.stop)
        if options.kubeconfig:
            kubeconfig = options.kubeconfig.resolve()
        else:
            started = time.monotonic()
            address, kubeconfig = system.start_demo_cluster()
            say(f" ✓ demo cluster        {address}   workspace \"shop\"   {time.monotonic() - started:.1f} s")
        seed = options.data / "seed.toml"
        seed.write_text((ROOT / "scripts/demo-seed.toml").read_text().replace("@kubeconfig@", str(kubeconfig)))
        started = time.monotonic()
        public = system.start_services(seed, public_port=8080)
        state.write_text(json.dumps({"public": public}))
        say(f" ✓ control plane       {public}     ✓ ai-ops   {time.monotonic() - started:.1f} s")
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the chat from here on; when that ends, so does everything
        return ask(options, public)
    except services.NotStarted as problem:
        say(f" ✗ {problem}")
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stopping.close()


if __name__ == "__main__":
    sys.exit(main())

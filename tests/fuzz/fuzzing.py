"""Runs libFuzzer on one target: as ./test does (test_targets.py), or for minutes (tests/fuzz/run)."""
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/fuzz"
FOLDER = ROOT / "build/fuzz"
MAX_INPUT_BYTES = 4096
INPUT_TIME_S = 10
MEMORY_MB = 2048
CORPUS_FILES, CORPUS_BYTES = 60, 100_000  # kept of a target
SHORT_RUNS = 4000
SHORT_RUNS_OF = {"bundle": 1000, "kubernetes_object": 1000, "jwt": 2000, "openai_stream": 2000, "ollama_stream": 2000}  # whose runs take longer
MACHINE_NAME = re.compile(r"[0-9a-f]{40}")  # of an input that the fuzzer found; people give theirs words


class Broken(Exception):
    """A law or a sanitizer was broken; the message tells how."""


def program(preset: str) -> pathlib.Path:
    folder = pathlib.Path(os.environ.get("HKS_PROGRAMS", ROOT / "build/dev/bin")) if preset == "dev" else FOLDER / "bin"
    return folder / "fuzz"


def targets(preset: str) -> list:
    return subprocess.run([program(preset), "--targets"], capture_output=True, text=True, check=True).stdout.split()


def fuzz(preset: str, target: str, log: pathlib.Path, *options: str, new: pathlib.Path, more: tuple = ()) -> str:
    """One run of libFuzzer from the corpus and the folders `more`, whose new inputs go to the folder `new`; what it printed."""
    for folder in (new, FOLDER / "broken", log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    dictionary = HERE / "dictionaries" / f"{target}.dict"
    command = [program(preset), f"--target={target}", f"-max_len={MAX_INPUT_BYTES}", f"-timeout={INPUT_TIME_S}",
               f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={FOLDER}/broken/{target}-", "-print_final_stats=1",
               *([f"-dict={dictionary}"] if dictionary.exists() else []), *options, new, HERE / "corpus" / target, *more]
    with open(log, "w") as file:
        status = subprocess.run([str(word) for word in command], cwd=ROOT, stdout=file, stderr=subprocess.STDOUT).returncode
    text = log.read_text(errors="replace")
    if status != 0:
        told = [line for line in text.splitlines() if re.search(r"LAW BROKEN|ERROR|runtime error|SUMMARY|Test unit", line)]
        raise Broken("\n".join(told or text.splitlines()[-20:]))
    return text


def short(target: str) -> str:
    """The corpus, and the same variations of it at every run."""
    new = FOLDER / "short" / target
    shutil.rmtree(new, ignore_errors=True)
    runs = SHORT_RUNS_OF.get(target, SHORT_RUNS)
    return fuzz("dev", target, ROOT / f"build/reports/fuzz-{target}.log", "-seed=1", f"-runs={runs}", "-keep_seed=1", new=new)


def for_minutes(target: str, minutes: float) -> str:
    seconds = max(1, round(60 * minutes))
    return fuzz("fuzz", target, FOLDER / f"logs/{target}.log", f"-max_total_time={seconds}", new=FOLDER / "found" / target)


def keep(target: str) -> None:
    """The corpus and what was found: fewest inputs that reach all their code, and of these as many as a corpus may hold."""
    merged, corpus = FOLDER / "merged" / target, HERE / "corpus" / target
    shutil.rmtree(merged, ignore_errors=True)
    fuzz("fuzz", target, FOLDER / f"logs/{target}-merge.log", "-set_cover_merge=1", "-use_counters=0", new=merged,
         more=(FOLDER / "found" / target,))
    for file in corpus.iterdir():
        if MACHINE_NAME.fullmatch(file.name):
            file.unlink()
    named = {file.read_bytes() for file in corpus.iterdir()}
    found = sorted((file for file in merged.iterdir() if file.read_bytes() not in named), key=lambda file: (file.stat().st_size, file.name))
    room = max(0, min(CORPUS_FILES - len(named), len(found)))
    size = sum(map(len, named))
    for i in range(room):  # small ones and large ones
        file = found[i * len(found) // room]
        size += file.stat().st_size
        if size <= CORPUS_BYTES:
            shutil.copyfile(file, corpus / file.name)


def figure(name: str, text: str) -> int:
    found = re.findall(rf"stat::{name}:\s+(\d+)", text)
    return int(found[-1]) if found else 0

"""eval-advisor and the model that it may ask."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("HKS_PROGRAMS", ROOT / "build/dev/bin")) / "eval-advisor"


class Advisor:
    def __init__(self, model: str | None, url: str | None):
        self.model, self.url = model, url

    def answers(self, command: str, lines: list, with_model: bool = True) -> list:
        """One answer a line, in order."""
        asks = ["--model", self.model, "--model-url", self.url] if self.model and with_model else []
        with tempfile.TemporaryFile("w+") as given:
            given.writelines(json.dumps(line) + "\n" for line in lines)
            given.seek(0)
            out = []
            with subprocess.Popen([PROGRAM, command, *asks], stdin=given, stdout=subprocess.PIPE, text=True) as process:
                for line in process.stdout:
                    out.append(json.loads(line))
                    if sys.stderr.isatty():
                        print(f"\r{len(out)} of {len(lines)} ", end="", file=sys.stderr)
        if process.returncode != 0 or len(out) != len(lines):
            raise SystemExit(f"{PROGRAM.name} {command} ended with {process.returncode} after {len(out)} of {len(lines)} lines")
        return out


@contextlib.contextmanager
def model_server(model: str | None, url: str | None):
    """The URL to ask: the given one, or that of a real Ollama with the tiny models for as long as this lasts."""
    if url or not model:
        yield url
        return
    import ollama_server
    import watched
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        server = ollama_server.Ollama(ollama_server.build(), folder, folder / "ollama.log")
        try:
            server.start().create_tiny_model()
            server.create(watched.PLAIN, watched.PLAIN_MODELFILE)
            yield server.url
        finally:
            server.stop()


def table(head: list, rows: list) -> str:
    """Columns for a person and for Markdown."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))) + " |"
             for row in cells]
    rule = "|" + "|".join("-" * (width + 1) + ("-" if i == 0 else ":") for i, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])

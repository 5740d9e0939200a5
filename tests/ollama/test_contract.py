"""The model seam's contract (ai-ops/llm/server_real_test.cc) against the real server, by both of its APIs."""
import os
import subprocess

import ollama_server
import pytest

from support.stage import PROGRAMS

PROGRAM = PROGRAMS / "ai_ops_llm_test"
ONLY_REAL = "--gtest_filter=*/RealServer.*"


def against(url: str) -> dict:
    return {**os.environ, "HKS_OLLAMA_URL": url, "HKS_OLLAMA_MODEL": ollama_server.MODEL}


def cases() -> list:
    """As gtest lists them: a suite, then its cases indented."""
    listed = subprocess.run([PROGRAM, "--gtest_list_tests", ONLY_REAL], env=against("http://127.0.0.1:9"), capture_output=True,
                            text=True, check=True).stdout
    names, suite = [], ""
    for line in listed.splitlines():
        words = line.split("#")[0]
        if words.startswith("  "):
            names.append(suite + words.strip())
        elif words.strip().endswith("."):
            suite = words.strip()
    return names


@pytest.mark.parametrize("case", cases())
def test_real_server(ollama, case):
    done = subprocess.run([PROGRAM, f"--gtest_filter={case}"], env=against(ollama.url), capture_output=True, text=True)
    assert done.returncode == 0 and "1 test" in done.stdout, done.stdout[-3000:] + done.stderr[-3000:]

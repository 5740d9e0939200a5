"""Flags over environment over file; an unknown key is an error, never ignored."""
import os
import subprocess

import pytest

from support.stage import PROGRAMS


def run(program: str, *arguments, **environment):
    return subprocess.run([PROGRAMS / program, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **environment})


@pytest.mark.parametrize("program", ["hks-control-plane", "hks-ai-ops"])
def test_an_unknown_key_or_flag_is_a_usage_error(program, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('no-such-key = "x"\n')
    with_file = run(program, "--config", file)
    assert with_file.returncode == 2 and "no-such-key" in with_file.stdout + with_file.stderr
    assert run(program, "--no-such-flag").returncode == 2


def test_certificates_are_made_once_and_the_advisor_never_needs_the_ca_key(tmp_path):
    assert run("hks-control-plane", "certificates", "--data", tmp_path / "data").returncode == 0
    pki = tmp_path / "data/pki"
    names = {"ca.crt", "ca.key", "control-plane.crt", "control-plane.key", "ai-ops.crt", "ai-ops.key"}
    assert {file.name for file in pki.iterdir()} == names
    before = {file.name: file.read_bytes() for file in pki.iterdir()}
    assert all(file.stat().st_mode & 0o77 == 0 for file in pki.glob("*.key"))
    assert run("hks-control-plane", "certificates", "--data", tmp_path / "data").returncode == 0
    assert {file.name: file.read_bytes() for file in pki.iterdir()} == before
    text = subprocess.run(["openssl", "x509", "-in", pki / "ai-ops.crt", "-noout", "-text"], capture_output=True, text=True).stdout
    assert "URI:spiffe://hks/ai-ops" in text and "DNS:ai-ops-svc" in text and "TLS Web Client Authentication" in text


def test_flag_over_environment_over_file(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(f'data = "{tmp_path}/from-file"\n')
    environment = {"HKS_DATA": str(tmp_path / "from-environment")}
    assert run("hks-control-plane", "certificates", "--config", file).returncode == 0
    assert run("hks-control-plane", "certificates", "--config", file, **environment).returncode == 0
    assert run("hks-control-plane", "certificates", "--config", file, "--data", tmp_path / "from-flag", **environment).returncode == 0
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"from-file", "from-environment", "from-flag"}


def test_the_demo_refuses_to_listen_beyond_loopback(tmp_path):
    refused = run("hks-control-plane", "--demo", "--data", tmp_path / "data", "--public-listen", "0.0.0.0:0",
                  "--internal-listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")
    assert refused.returncode == 1 and "loopback" in refused.stderr


def test_a_second_control_plane_on_the_same_data_is_refused(played):
    refused = run("hks-control-plane", "--data", played.data, "--public-listen", "127.0.0.1:0", "--internal-listen",
                  "127.0.0.1:0", "--ops-listen", "127.0.0.1:0")
    assert refused.returncode == 1 and "another control plane" in refused.stderr


@pytest.mark.parametrize("arguments, code, why", [
    (["--model", "tiny"], 2, "--model-url or --model-discover"),
    (["--model-url", "http://127.0.0.1:1"], 2, "--model"),
    (["--model", "tiny", "--model-url", "http://127.0.0.1:1", "--model-discover", "ollama:11434"], 2, "--model-discover"),
    (["--model", "tiny", "--model-url", "http://127.0.0.1:1", "--model-url", "https://llm.example.com"], 1, "--model-external"),
    (["--model", "tiny", "--model-discover", "llm.example.com:443"], 1, "--model-external"),
], ids=["no_server", "no_model", "both", "external_url", "external_name"])
def test_a_model_that_cannot_be_or_is_beyond_our_ground_is_refused_at_start(arguments, code, why, tmp_path):
    refused = run("hks-ai-ops", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", *arguments)
    assert refused.returncode == code and why in refused.stdout + refused.stderr

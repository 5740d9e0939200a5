"""Tokens that no control plane mints, rightly signed: by the signing key out of its database, with what every machine has."""
import base64
import json
import pathlib
import sqlite3
import subprocess

P256_BYTES = 32


def encode(data) -> str:
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header_of(token: str) -> dict:
    return json.loads(decode(token.split(".")[0]))


def claims_of(token: str) -> dict:
    return json.loads(decode(token.split(".")[1]))


def run(*command, sent: bytes = b"") -> bytes:
    return subprocess.run([str(part) for part in command], input=sent, capture_output=True, check=True).stdout


def raw_signature(der: bytes) -> bytes:
    """r || s of an ECDSA signature, which openssl writes as DER."""
    numbers, at = [], 2
    for _ in range(2):
        size = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + size], "big"))
        at += 2 + size
    return b"".join(number.to_bytes(P256_BYTES, "big") for number in numbers)


class Issuer:
    """One key of the ring: of that kid, or the one that signs now."""

    def __init__(self, data: pathlib.Path, folder: pathlib.Path, kid: str = ""):
        """The PEM goes into `folder`."""
        now = "CAST(strftime('%s') AS INTEGER) * 1000"
        which = "kid = ?" if kid else f"'' = ? AND signs_from <= {now} AND signs_until > {now}"
        connection = sqlite3.connect(data / "control-plane.db", timeout=20)
        self.kid, sealed = connection.execute(
            f"SELECT kid, sealed_pem FROM signing_keys WHERE {which} ORDER BY signs_from DESC", (kid,)).fetchone()
        connection.close()
        nonce, body = sealed[1:13], sealed[13:-16]  # foundation/crypto/sealed.cc; GCM is CTR from the counter 2 on, and a tag
        self.key = folder / f"{self.kid}.pem"
        self.key.touch(0o600)
        self.key.write_bytes(run("openssl", "enc", "-d", "-aes-256-ctr", "-K", (data / "sealing.key").read_bytes().hex(),
                                 "-iv", (nonce + (2).to_bytes(4, "big")).hex(), sent=body))
        self.public_der = run("openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER")
        self.public_pem = run("openssl", "pkey", "-in", self.key, "-pubout")

    def signature(self, part: str) -> bytes:
        return raw_signature(run("openssl", "dgst", "-sha256", "-sign", self.key, sent=part.encode()))

    def token(self, header, claims) -> str:
        """Of two objects, or of texts as they are."""
        part = ".".join(encode(one if isinstance(one, (str, bytes)) else json.dumps(one)) for one in (header, claims))
        return f"{part}.{encode(self.signature(part))}"

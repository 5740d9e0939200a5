"""The certificate authority of one real cluster: keys and leaves by openssl, in a folder that ends with the cluster."""
import pathlib
import subprocess

DAYS = "30"
SERVER_NAMES = "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.96.0.1"
# openssl's own configuration would add extensions of its own.
CONFIGURATION = "[req]\ndistinguished_name = name\n[name]\n"


class Authority:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        (folder / "openssl.cnf").write_text(CONFIGURATION)
        self._issue("ca", "/CN=hks-test-ca", ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,digitalSignature"])
        self._openssl("genrsa", "-out", "sa.key", "2048")
        self._openssl("rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub")

    def server(self, name: str) -> None:
        self._leaf(name, f"/CN={name}", [f"subjectAltName={SERVER_NAMES}", "extendedKeyUsage=serverAuth"])

    def client(self, name: str, user: str, group: str = "") -> None:
        """A certificate that signs in as `user`, a member of `group`."""
        self._leaf(name, (f"/O={group}" if group else "") + f"/CN={user}", ["extendedKeyUsage=clientAuth"])

    def certificate(self, name: str) -> pathlib.Path:
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> pathlib.Path:
        return self.folder / f"{name}.key"

    def _leaf(self, name: str, subject: str, extensions: list) -> None:
        common = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature,keyEncipherment"]
        self._issue(name, subject, common + extensions, "-CA", "ca.crt", "-CAkey", "ca.key")

    def _issue(self, name: str, subject: str, extensions: list, *more) -> None:
        self._openssl("req", "-x509", "-config", "openssl.cnf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                      "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", subject, "-days", DAYS,
                      *sum((["-addext", one] for one in extensions), []), *more)

    def _openssl(self, *arguments) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

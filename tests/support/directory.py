"""An LDAP directory for tests: OpenLDAP's own server, with a certificate that this run has signed."""

import ipaddress
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.timing import PATIENCE, eventually
from tests.support.tools import missing

SLAPD = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap")
# Any address of 127.0.0.0/8 is this machine; only 127.0.0.1 is among those that may be spoken to in plain text.
HOST = "127.0.0.2"
ROOT, ROOT_PASSWORD = "cn=root,dc=smelter", "root's"
_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
database mdb
suffix dc=smelter
rootdn {root}
rootpw {password}
directory {folder}
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""


@contextmanager
def directory(folder: Path, entries: dict[str, dict[str, Any]]) -> Iterator[tuple[int, int]]:
    """A running directory with these entries; gives its ports, plain and encrypted. `certificate.pem` lies in the
    folder."""
    ldap3 = pytest.importorskip("ldap3", reason="the extra “ldap” is not installed")
    if not SLAPD or not Path("/usr/lib/ldap/back_mdb.so").exists():
        missing("OpenLDAP's server is missing (Debian: apt install slapd)")
    _certify(folder)
    (folder / "slapd.conf").write_text(
        _CONFIGURATION.format(folder=folder, root=ROOT, password=ROOT_PASSWORD), encoding="utf-8"
    )
    plain, encrypted = _free_port(), _free_port()
    addresses = f"ldap://{HOST}:{plain}/ ldap://127.0.0.1:{plain}/ ldaps://{HOST}:{encrypted}/"
    process = subprocess.Popen(
        [SLAPD, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", addresses],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(plain)
        with ldap3.Connection(ldap3.Server("127.0.0.1", plain, get_info=ldap3.NONE), ROOT, ROOT_PASSWORD) as root:
            for entry, attributes in entries.items():
                assert root.add(entry, attributes=attributes), root.result
        yield plain, encrypted
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _certify(folder: Path) -> None:
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "directory")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    def answers() -> bool:
        try:
            socket.create_connection((HOST, port), PATIENCE).close()
        except OSError:
            return False
        return True

    eventually(answers)

"""The certificate of the local SMTP endpoint: self-signed, created at the first start and reused, so a client must be set up to trust it once.

No library serves: trustme creates an authority, which can sign for any name; a client that trusts this certificate trusts it for this machine only.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra.local import private_file

VALID_FOR = timedelta(days=825)  # the longest that Apple's systems take
RENEWED_BEFORE = timedelta(days=30)
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])


@dataclass(frozen=True)
class Certificate:
    path: Path
    """The certificate without its key. Clients are configured to trust it."""
    private: Path
    """The certificate with its key, readable by its owner only."""

    def server_context(self) -> ssl.SSLContext:
        """Returns a context with TLS 1.2 and newer, as SES."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.private)
        return context


def load_or_create(folder: Path, now: datetime) -> Certificate:
    """Returns the certificate in a folder. Creates it if it is missing or expires soon. Raises OSError if it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = Certificate(folder / "localhost.crt", folder / "localhost.pem")
    if not certificate.private.exists():
        with private_file.temporary(folder, _create(now)) as part, suppress(FileExistsError):
            os.link(part, certificate.private)  # if several runs start at once, all use the certificate of the first
    elif not _is_valid(certificate.private.read_bytes(), now):
        with private_file.temporary(folder, _create(now)) as part:
            part.replace(certificate.private)
    with private_file.temporary(folder, _public(certificate.private.read_bytes())) as part:
        part.chmod(0o644)  # a mail server that relays to this endpoint runs as another user
        part.replace(certificate.path)
    return certificate


def _is_valid(pem: bytes, now: datetime) -> bool:
    try:
        return now < x509.load_pem_x509_certificate(pem).not_valid_after_utc - RENEWED_BEFORE
    except ValueError:
        return False


def _public(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.PEM)


def _create(now: datetime) -> bytes:
    """Returns a key with its certificate, which is for this machine's own names and cannot sign others."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost"), *(x509.IPAddress(ipaddress.ip_address(ip)) for ip in ("127.0.0.1", "::1"))]
    certificate = (
        x509.CertificateBuilder(_NAME, _NAME, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()) + certificate.public_bytes(encoding)

"""Our own key and certificate towards the identity services: made once, self-signed, sent to the federation."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

KEY_BITS = 3072
# Federations read the key, not the dates; a certificate that outlives the installation spares everyone a change.
CERTIFICATE_LIVES = timedelta(days=3650)


def make_key(name: str, now: datetime) -> tuple[bytes, bytes]:
    """A new RSA key and its certificate, both in PEM.

    In: ``name``, whose it is, such as the site's host.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + CERTIFICATE_LIVES)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return private, certificate.public_bytes(serialization.Encoding.PEM)


def fingerprint(certificate: bytes) -> str:
    """The certificate's SHA-256 fingerprint as people compare them: pairs of digits with colons."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex(":").upper()


def fits(private: bytes, certificate: bytes) -> bool:
    """Whether a key and a certificate belong together. Raises: ValueError when either is none."""
    key = serialization.load_pem_private_key(private, password=None)
    return key.public_key() == x509.load_pem_x509_certificate(certificate).public_key()

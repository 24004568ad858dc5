# SPDX-License-Identifier: Apache-2.0
"""Certificates for https_test_server.py, made when it starts: good ones would expire in the repository."""
import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """An authority of its own; `files` are its certificate and key."""

    def __init__(self, directory, name):
        self._directory = directory
        # Each run has a name of its own: several may be in one computer's store at a time.
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Cardea test {name} {os.urandom(8).hex()}")])
        self._key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        certificate = self._sign(self._name, self._key, -3600, 3600, [
            (x509.BasicConstraints(True, None), True), (usage, True), (x509.SubjectAlternativeName(names), False)])
        self.der = certificate.public_bytes(serialization.Encoding.DER)
        self.files = self._write(name, certificate, self._key)

    def issue(self, name, names=("localhost",), addresses=("127.0.0.1",), begins=-3600, ends=3600):
        """the files of a certificate and its key; `begins` and `ends` in seconds from now"""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = [x509.DNSName(n) for n in names] + [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key, begins, ends, [
            (x509.BasicConstraints(False, None), True), (x509.SubjectAlternativeName(alternatives), False)])
        return self._write(name, certificate, key)

    def _sign(self, subject, key, begins, ends, extensions):
        now = datetime.datetime.utcnow()
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now + datetime.timedelta(seconds=begins))
        builder = builder.not_valid_after(now + datetime.timedelta(seconds=ends))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self._key, hashes.SHA256())

    def _write(self, name, certificate, key):
        paths = self._directory / f"{name}.pem", self._directory / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return paths

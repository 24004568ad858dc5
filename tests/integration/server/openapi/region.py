# SPDX-License-Identifier: Apache-2.0
"""Another region, as far as it signs: its relocation keys, and where it says that a user has gone."""
import struct

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from client import Signer, b64url, spki
from opaque import lp


class Region:
    def __init__(self, name):
        self.key = ed25519.Ed25519PrivateKey.generate()
        self.signer = Signer(f"region:{name}", self.key)
        seal = ec.generate_private_key(ec.SECP256R1()).public_key()
        point = seal.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        self.key_text = b64url(spki(self.key) + point)

    def forward(self, user):
        """To the server that is asked, of somebody it has never heard of."""
        return b64url(lp(b"cardea/v1/forward") + user + struct.pack(">I", 2) + lp(b"north") + lp(b"https://north.example")
                      + lp(spki(self.key)) + struct.pack(">Q", 1_800_000_000))

"""A mail server for one story: STARTTLS first, then a sign-in, then letters, each a line of JSON in a file."""

import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Box:
    def __init__(self, letters):
        self.letters = letters

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 there is nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "text": envelope.content.decode(),
        }
        with open(self.letters, "a") as file:
            file.write(json.dumps(letter) + "\n")
        return "250 taken"


def knows(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data == LoginPassword(b"time", b"open sesame")
    return AuthResult(success=good, handled=False, auth_data=data if good else None)


async def main(certificate, key, place, letters):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    make = lambda: SMTP(
        Box(letters),
        hostname="mail.test",
        tls_context=context,
        require_starttls=True,
        authenticator=knows,
        auth_required=True,
    )
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with open(place + ".part", "w") as file:
        file.write(str(port))
    os.rename(place + ".part", place)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))

"""Doubles of sign-in providers on loopback: an OpenID Connect issuer that checks what it is sent, and GitHub."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "cv-studio", "a secret of theirs"
Answer = tuple[int, Any]


@dataclass
class Provider:
    url: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001",
            "email": "marie@example.org",
            "email_verified": True,
            "name": "Marie Dupont",
        }
    )
    addresses: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"email": "old@example.org", "primary": False, "verified": True},
            {"email": "marie@example.org", "primary": True, "verified": True},
        ]
    )
    changed: dict[str, Any] = field(default_factory=dict)  # claims that are not as they should be; None: left out
    configured: dict[str, Any] = field(default_factory=dict)  # the same of the configuration
    algorithm: str = "RS256"
    plain: bool = False  # like LinkedIn: no verifier wanted, no nonce given
    answers: dict[str, Answer] = field(default_factory=dict)  # path → instead of the usual one
    waits: float = 0  # seconds, before an answer about a token
    keys: list[Any] = field(default_factory=lambda: [RSAKey.generate_key(2048, {"kid": "first"})])
    asked: list[str] = field(default_factory=list)  # paths
    grants: dict[str, dict[str, str]] = field(default_factory=dict)  # code → what was asked for with it
    tokens: set[str] = field(default_factory=set)

    def consent(self, address: str) -> dict[str, str]:
        """What someone who agrees brings back."""
        given = dict(parse_qsl(urlsplit(address).query))
        assert given["client_id"] == CLIENT_ID
        assert given["response_type"] == "code"
        if not self.plain:
            assert given["code_challenge_method"] == "S256"
        code = f"code-{len(self.grants)}"
        self.grants[code] = given
        return {"code": code, "state": given["state"]}

    def rotate(self) -> None:
        self.keys = [RSAKey.generate_key(2048, {"kid": f"key-{time.monotonic_ns()}"})]

    def answer(self, path: str, headers: dict[str, str], form: dict[str, str]) -> Answer:
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        return self._routes()[path](headers, form)

    def _routes(self) -> dict[str, Callable[[dict[str, str], dict[str, str]], Answer]]:
        return {
            "/.well-known/openid-configuration": lambda *_: (200, self._configuration()),
            "/jwks": lambda *_: (200, {"keys": [key.as_dict(private=False, use="sig") for key in self.keys]}),
            "/token": self._token,
            "/userinfo": lambda headers, _: self._signed_in(headers, self.person),
            "/login/oauth/access_token": self._token,
            "/api/v3/user": lambda headers, _: self._signed_in(
                headers, {"id": 583231, "login": "marie", "name": self.person["name"]}
            ),
            "/api/v3/user/emails": lambda headers, _: self._signed_in(headers, self.addresses),
        }

    def _configuration(self) -> dict[str, Any]:
        usual = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
        }
        return {name: value for name, value in (usual | self.configured).items() if value is not None}

    def _signed_in(self, headers: dict[str, str], body: Any) -> Answer:
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"message": "Bad credentials"}
        return 200, body

    def _token(self, headers: dict[str, str], form: dict[str, str]) -> Answer:
        time.sleep(self.waits)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        by_form = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if not by_form and headers.get("authorization") not in (f"Basic {basic}", f"Basic {plain}"):
            return 401, {"error": "invalid_client"}
        grant = self.grants.pop(form.get("code", ""), None)
        if grant is None or form["redirect_uri"] != grant["redirect_uri"] or form["grant_type"] != "authorization_code":
            return 400, {"error": "invalid_grant"}
        if self.plain and "code_verifier" in form:
            return 401, {"error": "invalid_client"}
        if not self.plain:
            hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() != grant["code_challenge"]:
                return 400, {"error": "invalid_grant", "error_description": "code verifier"}
        access = f"access-{time.monotonic_ns()}"
        self.tokens.add(access)
        token = {"access_token": access, "token_type": "bearer"}
        return 200, token if "nonce" not in grant else token | {"id_token": self._id_token(grant["nonce"])}

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        usual = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        if self.plain:
            del usual["nonce"]
        claims = {name: value for name, value in (usual | self.changed).items() if value is not None}
        key = self.keys[0]
        if self.algorithm == "none":
            head, body = (_encoded(part) for part in ({"alg": "none", "typ": "JWT"}, claims))
            return f"{head}.{body}."
        header = {"alg": self.algorithm, "kid": key.kid}
        if self.algorithm == "HS256":  # with what everyone can read as its secret
            signed = f"{_encoded(header)}.{_encoded(claims)}".encode()
            mac = hmac.digest(key.as_pem(private=False), signed, "sha256")
            return f"{signed.decode()}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        if self.algorithm == "ES256" and key.key_type != "EC":
            key = self.keys[0] = ECKey.generate_key("P-256", {"kid": "curve"})
            header["kid"] = "curve"
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def brought(address: str) -> dict[str, str]:
    """The query of an address, each name once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@contextmanager
def provider() -> Iterator[Provider]:
    double = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode())))

        def _answer(self, form: dict[str, str]) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body = double.answer(urlsplit(self.path).path, headers, form)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(body, bytes) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (BrokenPipeError, ConnectionResetError):  # they waited long enough
                self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        double.url = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield double
        finally:
            server.shutdown()
            serving.join()

"""Addresses: which APIs may install the app, and where connections may go."""

import socket
import threading
from collections.abc import Iterator

import httpcore
import httpx
import pytest

from saleor_loyalty_app.saleor.allow_list import AllowList, is_internal_name
from saleor_loyalty_app.saleor.api_url import ApiUrl, canonical_api_url
from saleor_loyalty_app.saleor.errors import ForbiddenAddress, InvalidApiUrl, SaleorUnavailable
from saleor_loyalty_app.saleor.network import GuardedBackend, exchange, is_public, open_client


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("https://shop.example.com/graphql/", "https://shop.example.com/graphql/"),
        ("HTTPS://Shop.EXAMPLE.com:443/graphql/", "https://shop.example.com/graphql/"),
        ("http://127.0.0.1:8000/graphql/", "http://127.0.0.1:8000/graphql/"),
        ("http://localhost:80", "http://localhost/"),
        ("https://[::1]:8443/graphql/", "https://[::1]:8443/graphql/"),
        ("https://xn--maaza-dwa.example/graphql/", "https://xn--maaza-dwa.example/graphql/"),
    ],
)
def test_an_api_address_has_one_spelling(text: str, canonical: str) -> None:
    assert canonical_api_url(text) == canonical
    assert canonical_api_url(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop.example.com",
        "//shop.example.com/graphql/",
        "ftp://shop.example.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///graphql/",
        "https://user:password@shop.example.com/graphql/",
        "https://shop.example.com@evil.example/graphql/",
        "https://evil.example\\@shop.example.com/graphql/",
        "https://shop.example.com/graphql/?x=1",
        "https://shop.example.com/graphql/#x",
        "https://shop.example.com/../graphql/",
        "https://shop.example.com//graphql/",
        "https://shop.example.com/gra%2fphql/",
        "https://shop.example.com:0/graphql/",
        "https://shop.example.com:99999/graphql/",
        "https://shop.example.com:abc/graphql/",
        "https://shop example.com/graphql/",
        "https://shop.example.com\n/graphql/",
        "https://shop.example.com/graphql/\r\nX: y",
        "https://mağaza.example/graphql/",
        "https://-shop.example.com/",
        "https://2130706433/graphql/",
        "https://0x7f.1/graphql/ ",
        "https://127.1/graphql/",
        "https://[::1/graphql/",
        "https://a..b/graphql/",
        "https://shop.example.com/" + "a" * 600,
    ],
)
def test_what_is_no_plain_api_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidApiUrl):
        canonical_api_url(text)


def test_keys_are_published_at_the_origin() -> None:
    url = ApiUrl.parse("https://shop.example.com:8443/graphql/")
    assert url.jwks_url == "https://shop.example.com:8443/.well-known/jwks.json"


@pytest.mark.parametrize(
    ("entries", "url", "allowed"),
    [
        ([], "https://shop.example.com/graphql/", False),
        (["shop.example.com"], "https://shop.example.com/graphql/", True),
        (["SHOP.example.com"], "https://Shop.Example.com/graphql/", True),
        (["shop.example.com"], "http://shop.example.com/graphql/", False),
        (["shop.example.com"], "https://shop.example.com:8443/graphql/", False),
        (["shop.example.com:8443"], "https://shop.example.com:8443/graphql/", True),
        (["shop.example.com:8443"], "https://shop.example.com/graphql/", False),
        (["shop.example.com"], "https://evil.shop.example.com/graphql/", False),
        (["shop.example.com"], "https://shop.example.com.evil.example/graphql/", False),
        (["shop.example.com"], "https://evilshop.example.com/graphql/", False),
        (["*.saleor.cloud"], "https://shop.saleor.cloud/graphql/", True),
        (["*.saleor.cloud"], "https://a.b.saleor.cloud/graphql/", True),
        (["*.saleor.cloud"], "https://saleor.cloud/graphql/", False),
        (["*.saleor.cloud"], "https://evilsaleor.cloud/graphql/", False),
        (["*.saleor.cloud"], "https://evil.example/x.saleor.cloud/graphql/", False),
        (["*.saleor.cloud"], "http://shop.saleor.cloud/graphql/", False),
        (["localhost"], "http://localhost:8000/graphql/", True),
        (["localhost"], "http://127.0.0.1:8000/graphql/", False),
        (["localhost:8000"], "http://localhost:8100/graphql/", False),
        (["127.0.0.1"], "http://127.0.0.1:8000/graphql/", True),
        (["::1"], "http://[::1]:8000/graphql/", True),
        (["10.0.0.5:8000"], "http://10.0.0.5:8000/graphql/", True),
        (["saleor"], "http://saleor:8000/graphql/", True),
        (["saleor.internal"], "http://saleor.internal:8000/graphql/", True),
        (["8.8.8.8"], "http://8.8.8.8/graphql/", False),
        (["*.0.0.1"], "http://127.0.0.1/graphql/", False),
    ],
)
def test_hosts_are_compared_whole(entries: list[str], url: str, allowed: bool) -> None:
    assert AllowList.of(entries).allows(ApiUrl.parse(url)) is allowed


@pytest.mark.parametrize(
    ("host", "internal"),
    [
        ("localhost", True),
        ("saleor", True),
        ("shop.local", True),
        ("10.1.2.3", True),
        ("::1", True),
        ("fd00::1", True),
        ("8.8.8.8", False),
        ("shop.example.com", False),
        ("local.example.com", False),
    ],
)
def test_a_name_alone_can_say_that_it_is_inside(host: str, internal: bool) -> None:
    assert is_internal_name(host) is internal


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378::",
    ],
)
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1", "::ffff:8.8.8.8"])
def test_outer_addresses_are_public(address: str) -> None:
    assert is_public(address)


def guarded(addresses: list[str], allowed: list[str]) -> GuardedBackend:
    return GuardedBackend(AllowList.of(allowed), lambda _host, _port: addresses)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::ffff:10.0.0.1"]]
)
def test_a_public_name_must_not_lead_inside(addresses: list[str]) -> None:
    backend = guarded(addresses, ["shop.example.com", "*.example.com"])
    with pytest.raises(ForbiddenAddress):
        backend.connect_tcp("shop.example.com", 443, timeout=0.1)


def test_a_name_without_address_is_no_connection() -> None:
    with pytest.raises(httpcore.ConnectError):
        guarded([], ["saleor"]).connect_tcp("saleor", 80, timeout=0.1)

    def fails(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(httpcore.ConnectError):
        GuardedBackend(AllowList.of([]), fails).connect_tcp("nowhere.example", 443)


class Server:
    """Answers every connection with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.requests.append(connection.recv(65536))
                connection.sendall(self.answer)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    opened = Server(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nok"
    )
    yield opened
    opened.close()


@pytest.fixture
def local_client() -> Iterator[httpx.Client]:
    with open_client(AllowList.of(["127.0.0.1", "localhost"])) as client:
        yield client


def test_a_listed_local_store_is_reached_and_redirects_are_not_followed(
    server: Server, local_client: httpx.Client
) -> None:
    answer = exchange(local_client, "GET", f"http://127.0.0.1:{server.port}/x", deadline=2)
    assert (answer.status, answer.body) == (302, b"ok")
    assert server.requests[0].startswith(b"GET /x HTTP/1.1\r\n")
    assert len(server.requests) == 1


def test_the_real_client_does_not_reach_a_local_server_that_is_not_listed(server: Server) -> None:
    with (
        open_client(AllowList.of(["shop.example.com"])) as client,
        pytest.raises(ForbiddenAddress),
    ):
        exchange(client, "GET", f"http://127.0.0.1:{server.port}/", deadline=2)
    assert server.requests == []


def test_the_environments_proxies_are_not_used(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{server.port}")
    with (
        open_client(AllowList.of(["127.0.0.1"])) as client,
        pytest.raises(SaleorUnavailable, match="connect"),
    ):
        exchange(client, "GET", "http://127.0.0.1:9/", deadline=2)
    assert server.requests == []


def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    ticks = iter([0.0, 1.0, 2.0, 99.0])

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"x"

    transport = httpx.MockTransport(lambda _request: httpx.Response(200, stream=Drip()))
    with (
        httpx.Client(transport=transport) as client,
        pytest.raises(SaleorUnavailable, match="timeout"),
    ):
        exchange(client, "GET", "https://a.example/", deadline=5, seconds=lambda: next(ticks))

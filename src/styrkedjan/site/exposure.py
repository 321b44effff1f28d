"""How the site is exposed: where it is bound, where people reach it, and what must never meet."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_ADDRESS = "http://localhost:8700"  # a name and not a number: browsers keep passkeys for names only


def is_loopback(host: str) -> bool:
    """Whether this host is the machine itself and nobody else can reach it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Exposure:
    """What the environment says. ``bind`` is empty when another server than ours runs the site: then it is unknown."""

    bind: str
    address: str
    hosts: tuple[str, ...]
    behind_proxy: bool = False
    wants_demo: bool = False
    wants_debug: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Exposure":
        """From the variables that the README names."""
        address = environment.get("STYRKEDJAN_ADDRESS", DEFAULT_ADDRESS).rstrip("/")
        hosts = environment.get("STYRKEDJAN_HOSTS", "")
        return cls(
            bind=environment.get("STYRKEDJAN_BIND", ""),
            address=address,
            hosts=tuple(host.strip() for host in hosts.split(",")) if hosts else (*LOOPBACK_HOSTS, *_host_of(address)),
            behind_proxy=environment.get("STYRKEDJAN_PROXY") == "1",
            wants_demo=environment.get("STYRKEDJAN_DEMO") == "1",
            wants_debug=environment.get("STYRKEDJAN_DEBUG") == "1",
        )

    @property
    def https(self) -> bool:
        return self.address.startswith("https://")

    @property
    def host(self) -> str:
        return next(iter(_host_of(self.address)), "")

    @property
    def stays_here(self) -> bool:
        """Whether only this machine reaches the site: bound to loopback, and nothing says that it is passed on."""
        reached = (self.bind, self.host, *self.hosts)
        return all(map(is_loopback, reached)) and not self.https and not self.behind_proxy

    @property
    def demo(self) -> bool:
        return self.wants_demo and self.stays_here

    @property
    def debug(self) -> bool:
        return self.wants_debug and self.stays_here

    def faults(self) -> Iterator[str]:
        """Everything that must be put right before our own server may start, in Swedish."""
        if not self.host:
            yield f"STYRKEDJAN_ADDRESS är ”{self.address}”. Skriv den som https://värdnamn, utan något efter namnet."
            return
        here = is_loopback(self.bind)
        if self.wants_demo and not self.stays_here:
            yield _only_here("demoläget, där vem som helst loggar in som vem som helst,", self)
        if self.wants_debug and not self.stays_here:
            yield _only_here("felsökningsläget, som visar kod och inställningar,", self)
        if not here and not self.https:
            yield (
                f"webbplatsen skulle lyssna på {self.bind} utan kryptering. Sätt en webbserver med TLS framför och "
                "skriv dess adress i STYRKEDJAN_ADDRESS (https://…)."
            )
        if here and not self.https and not is_loopback(self.host):
            yield f"adressen {self.address} är inte krypterad. Skriv den som https://… i STYRKEDJAN_ADDRESS."
        if self.https and not self.behind_proxy:
            yield (
                "adressen är https, men webbplatsen talar inte TLS själv. Sätt en webbserver med TLS framför, låt den "
                "skriva X-Forwarded-For och X-Forwarded-Proto, och sätt STYRKEDJAN_PROXY=1."
            )
        yield from self._host_faults()

    def _host_faults(self) -> Iterator[str]:
        if any(host == "*" or host.startswith(".") for host in self.hosts):
            yield "STYRKEDJAN_HOSTS får inte innehålla * eller börja med punkt. Skriv varje värdnamn för sig."
        elif self.host not in self.hosts:
            yield f"värdnamnet {self.host} i STYRKEDJAN_ADDRESS saknas i STYRKEDJAN_HOSTS. Lägg till det där."


def _host_of(address: str) -> tuple[str, ...]:
    """The host of an address that is nothing but scheme, host and port; empty for anything else."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ()
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in ("http", "https") or not host or not bare:
        return ()
    return (f"[{host}]" if ":" in host else host,)


def _only_here(what: str, exposure: Exposure) -> str:
    if not is_loopback(exposure.bind):
        why = f"webbplatsen skulle lyssna på {exposure.bind or 'en okänd adress'}"
    elif exposure.behind_proxy:
        why = "STYRKEDJAN_PROXY säger att den visas vidare"
    else:
        shown = next((host for host in (exposure.host, *exposure.hosts) if not is_loopback(host)), exposure.address)
        why = f"den skulle nås på {shown}"
    return f"{what} går bara när ingen annan än den här datorn når webbplatsen, och {why}."

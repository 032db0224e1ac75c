"""What anybody may send as an address, and what Python's own readers of addresses raise ValueError at."""

UNREADABLE: tuple[str, ...] = ("http://[", "http://[::1", "http://[x]/", "//[", "http://\u2100/")
# The last two at the port alone.
BROKEN: tuple[str, ...] = (*UNREADABLE, "http://a:99999/", "http://a:b/")

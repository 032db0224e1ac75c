"""python -m tests.clouds PORT VEHICLES [TOKEN_PORT]: v1 where it has a port for its token endpoint, else v3."""

import sys

from tests.clouds import v1, v3

if __name__ == "__main__":
    port, vehicles, *token_ports = map(int, sys.argv[1:])
    cloud = v1.cloud(port, vehicles, token_ports[0]) if token_ports else v3.cloud(port, vehicles)
    cloud.serve_forever()

"""Starts the AWS emulator as it is, but for two things: a reader of CBOR, which it can do without
and metrics cannot, and Nagle's algorithm off on the runtime interface that it serves to functions:
small answers otherwise wait some 40 ms for an acknowledgement."""

import pathlib
import socketserver
import sys

# The emulator looks for `cbor2`, in whose format metrics are asked for; ours stands beside this file.
sys.path.append(str(pathlib.Path(__file__).parent))
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

from ministack.app import main  # noqa: E402 (after the setting above)

sys.argv = ["ministack"]
sys.exit(main())

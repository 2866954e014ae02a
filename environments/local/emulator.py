"""Starts the AWS emulator as it is, with Nagle's algorithm off on the runtime interface that it
serves to functions: small answers otherwise wait some 40 ms for an acknowledgement."""

import socketserver
import sys

socketserver.StreamRequestHandler.disable_nagle_algorithm = True

from ministack.app import main  # noqa: E402 (after the setting above)

sys.argv = ["ministack"]
sys.exit(main())

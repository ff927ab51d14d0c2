"""Runs a command in a terminal of 80 columns and prints all that it writes there; ends with the command's exit code."""

import fcntl
import os
import pty
import struct
import sys
import termios


def main() -> None:
    """Run `sys.argv[1:]`."""
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.execvp(sys.argv[1], sys.argv[1:])
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the command has closed its side
            break
        if not chunk:
            break
        os.write(1, chunk)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()

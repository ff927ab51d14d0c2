"""`python -m algorithm_conduit`: the command, whatever the working directory holds."""

import sys

# `-m` puts the working directory first on the path: a researcher's `queue.py` or `signal.py` would be taken for
# Python's own while the worker itself loads. Discovery puts it back for the researcher's own imports.
if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]

from algorithm_conduit.cli import main

if __name__ == "__main__":
    main()

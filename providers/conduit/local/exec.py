"""Becomes the program that a JSON file describes, so that no value has to survive another format's quoting rules.

The file holds argv, environment and directory, and is readable by its owner alone; nothing of it shows in the list of
processes. Runs isolated (`python -I -S`), before any of the program's own packages are on the path.
"""

import ctypes
import json
import os
import signal
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    program = json.load(file)
if sys.platform == "linux":
    # PR_SET_PDEATHSIG (prctl(2)): a supervisor that is killed takes along what it ran; workers drain.
    # Elsewhere they see to it themselves, and the dev server stays.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
os.chdir(program["directory"])
os.execve(program["argv"][0], program["argv"], program["environment"])

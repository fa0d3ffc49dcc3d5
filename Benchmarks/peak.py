"""Runs a command and prints its peak memory: peak.py FLOWS 'COMMAND'."""

import os
import shlex
import subprocess
import sys

flows, command = int(sys.argv[1]), sys.argv[2]
process = subprocess.Popen(shlex.split(command))
_, status, usage = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
if process.returncode != 0:
    sys.exit(f"peak: «{command}» ended with {process.returncode}")
beyond = usage.ru_maxrss * 1024 - 48 * 2**20
limit = [word for word in command.split() if word.endswith("M")]
print(f"{flows} flows at once{', --memory ' + limit[0] if limit else '':<16} peak {usage.ru_maxrss / 1024:7.1f} MiB"
      + ("" if limit else f", {beyond / flows:5.1f} bytes a flow beyond 48 MiB") + f"   cpu {usage.ru_utime + usage.ru_stime:.1f} s")

"""Times two commands in turn as whole processes: paired.py [-n RUNS] LABEL 'COMMAND A' 'COMMAND B'.

Runs A B A B … after one warm-up each and prints the median of user + system seconds, of the wall clock and of peak memory, and the median
of the ratios A/B pair by pair: the ratio holds when the machine's speed drifts. Commands get a shell only where they hold a pipe.
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import time


def run(command):
    shell = "|" in command or ";" in command or ">" in command
    words = ["/bin/bash", "-c", command] if shell else shlex.split(command)
    start = time.monotonic()
    before = os.times()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    after = os.times()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"paired: «{command}» ended with {process.returncode}")
    cpu = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return max(cpu, 1e-6), wall, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=5)
    parser.add_argument("label")
    parser.add_argument("a")
    parser.add_argument("b")
    options = parser.parse_args()
    for command in (options.a, options.b):
        run(command)
    samples = [(run(options.a), run(options.b)) for _ in range(options.n)]
    median = statistics.median
    a_cpu, b_cpu = (median(pair[side][0] for pair in samples) for side in (0, 1))
    a_wall, b_wall = (median(pair[side][1] for pair in samples) for side in (0, 1))
    a_peak, b_peak = (median(pair[side][2] for pair in samples) for side in (0, 1))
    cpu = median(pair[0][0] / pair[1][0] for pair in samples)
    wall = median(pair[0][1] / pair[1][1] for pair in samples)
    print(f"{options.label:<44} cpu {a_cpu:7.3f} s : {b_cpu:7.3f} s = {cpu:5.2f}   wall {a_wall:7.3f} s : {b_wall:7.3f} s = {wall:5.2f}"
          f"   peak {a_peak:6.1f} MiB : {b_peak:6.1f} MiB")


main()

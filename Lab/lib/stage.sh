# shellcheck shell=bash disable=SC2034,SC2154
# Runs inside the namespaces that `record` made, with the output folder as its working directory.
# Sets the stage, plays the scene under the eyes of tcpdump, and hands over what was seen and what was true.
set -euo pipefail

lab=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly lab scene=$1 seconds=$2
readonly scene_folder=$lab/scenes/$scene
readonly work=/run/holdfast-lab # the same in every recording: /run is private, and configurations can name it

# shellcheck source=network.sh
source "$lab/lib/network.sh"
# shellcheck source=processes.sh
source "$lab/lib/processes.sh"
# shellcheck source=statements.sh
source "$lab/lib/statements.sh"

report_failure() {
    local code=$?
    if ((code != 0)); then
        printf 'lab: the scene "%s" failed (%d); the last words of each process:\n' "$scene" "$code" >&2
        tail -n 5 -- "$work"/log/* >&2 || true
    fi
}

mount -t tmpfs -o mode=755 holdfast-lab /run
mkdir -p "$work/log"
hostname lab
trap report_failure EXIT

make_switch
# shellcheck source=/dev/null
source "$scene_folder/scene"

set_up
start_capture "$work/$scene.pcap"
open_services
note duration "seconds=$seconds"
play
stop_capture

documents() { /usr/bin/python3 "$lab/lib/documents.py" "$1" "$scene" "$work/statements"; }
zstd -q -19 -T0 --check "$work/$scene.pcap" -o "$work/$scene.pcap.zst"
documents truth >"$work/$scene.truth.json"
documents inventory >"$work/$scene.inventory.yaml"
for suffix in pcap.zst truth.json inventory.yaml; do
    cp -- "$work/$scene.$suffix" ".$scene.$suffix.part"
    mv -- ".$scene.$suffix.part" "$scene.$suffix"
done
printf 'lab: recorded %s: %d bytes, %d compressed\n' "$scene" \
    "$(stat -c %s "$work/$scene.pcap")" "$(stat -c %s "$scene.pcap.zst")" >&2

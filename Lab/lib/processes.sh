# shellcheck shell=bash disable=SC2034,SC2154
# Starting programs on nodes and waiting for them, without putting a packet on the wire.

# rest SECONDS: like sleep, but signals are heard at once
rest() {
    sleep "$1" &
    wait $!
}

# start NODE LOG COMMAND…: runs in the background; its process is $last_process
start() {
    local node=$1 log=$2
    shift 2
    ip netns exec "$node" "$@" </dev/null >"$work/log/$log" 2>&1 &
    last_process=$!
}

# start_python NODE LOG SCRIPT ARGUMENT…: a script of the scene
start_python() {
    local node=$1 log=$2 script=$3
    shift 3
    start "$node" "$log" /usr/bin/python3 "$scene_folder/$script" "$@"
}

# await WHAT COMMAND…: until the command succeeds, at most 20 seconds
await() {
    local what=$1 tries=0
    shift
    until "$@" >/dev/null 2>&1; do
        if ((++tries > 200)); then
            echo "lab: gave up waiting for $what" >&2
            return 1
        fi
        rest 0.1
    done
}

is_listening() {
    [[ -n $(ip netns exec "$1" ss -Hln "--$2" "sport = :$3") ]]
}

# serve NODE PROTO PORT SERVICE: waits until the node listens there, and says so in the inventory
serve() {
    await "$1 to listen on $2 $3" is_listening "$1" "$2" "$3"
    note port "node=$1" "proto=$2" "port=$3" "service=$4"
}

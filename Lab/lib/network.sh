# shellcheck shell=bash disable=SC2034,SC2154
# Nodes on a switch, and the capture on it. A node is a network namespace with one interface, eth0; the switch is a
# namespace with a bridge. Names of namespaces are names of nodes: the private /run keeps recordings apart.

readonly v4_network=10.77.0 v6_network=fd77: domain=shop.internal

make_switch() {
    ip netns add switch
    # The bridge itself stays silent: it forwards, it is not a host.
    ip netns exec switch sysctl -qw net.ipv6.conf.default.disable_ipv6=1 net.ipv6.conf.all.disable_ipv6=1
    ip -n switch link set lo up
    ip -n switch link add br0 type bridge
    ip -n switch link set br0 up
}

# add_node NAME NUMBER KEY=VALUE…: a host at .NUMBER and ::NUMBER; the rest goes into the inventory
add_node() {
    local name=$1 number=$2
    shift 2
    ip netns add "$name"
    ip link add "to-$name" netns switch type veth peer name eth0 netns "$name" \
        address "$(printf '02:77:00:00:00:%02x' "$number")"
    # Frames as they are on a wire: checksums filled in, nothing longer than the MTU.
    ip netns exec "$name" ethtool -K eth0 tx off tso off gso off gro off >/dev/null
    ip -n switch link set "to-$name" master br0 up
    ip -n "$name" link set lo up
    ip -n "$name" address add "$v4_network.$number/24" broadcast + dev eth0
    ip -n "$name" address add "$v6_network:$number/64" dev eth0 nodad
    ip -n "$name" link set eth0 up
    printf 'host-record=%s.%s,%s,%s\n' "$name" "$domain" "$name" "$v4_network.$number" >>"$work/dns.conf"
    note node "name=$name" "addresses=$v4_network.$number $v6_network:$number" "names=$name.$domain" "$@"
}

# name_v6 NAME NUMBER: the name also answers with its IPv6 address, so that clients prefer it
name_v6() {
    printf 'host-record=%s.%s,%s,%s\n' "$1" "$domain" "$1" "$v6_network:$2" >>"$work/dns.conf"
}

# use_name_server NUMBER: every process started from now on resolves by DNS, from the server at .NUMBER
use_name_server() {
    echo '127.0.0.1 localhost lab' >"$work/hosts"
    printf '%s\n' 'hosts: files dns' 'passwd: files' 'group: files' 'shadow: files' 'services: files' \
        'protocols: files' >"$work/nsswitch.conf"
    printf 'nameserver %s.%s\nsearch %s\n' "$v4_network" "$1" "$domain" >"$work/resolv.conf"
    local file target
    for file in hosts nsswitch.conf resolv.conf; do
        target=$(readlink -m "/etc/$file")
        if [[ $target == /run/* ]]; then # a link into the /run that is hidden here
            mkdir -p "${target%/*}"
            touch "$target"
        fi
        mount --bind "$work/$file" "$target"
    done
}

start_capture() {
    # On the bridge every frame is seen once, however many ports it is flooded to.
    start switch tcpdump tcpdump -i br0 -n -s 0 -B 8192 -Z root -w "$1"
    capture_process=$last_process
    await 'the capture' grep -q 'listening on' "$work/log/tcpdump"
}

stop_capture() {
    rest 0.5
    kill -TERM "$capture_process"
    wait "$capture_process" || true
    if ! grep -qx '0 packets dropped by kernel' "$work/log/tcpdump"; then
        echo 'lab: the capture lost packets' >&2
        return 1
    fi
}

# shellcheck shell=bash disable=SC2034,SC2154
# What a scene sets up it states in the same breath; `documents.py` makes the truth and the inventory of the statements.

# note KIND KEY=VALUE…: one statement, one line
note() {
    local IFS=$'\t'
    printf '%s\n' "$*" >>"$work/statements"
}

# runs NODE PACKAGE NAME SERVER PATH: software that came from an installed package
runs() {
    local version
    version=$(dpkg-query -W -f '${Version}' "$2")
    version=${version#*:}  # epoch
    version=${version%%-*} # Debian's revision
    version=${version%%+*} # Debian's repackaging
    note software "node=$1" "name=$3" "version=$version" "server=$4" "paths=$5"
}

# depends CLIENT SERVER PORT SERVICE: the client cannot do its work without it (TCP)
depends() {
    note dependency "client=$1" "server=$2" proto=tcp "port=$3" "service=$4"
}

# through SERVER PORT BACKEND BACKEND_PORT: the service answers its own clients by asking that one (TCP)
through() {
    note through "service=$1:tcp:$2" "through=$3:tcp:$4"
}

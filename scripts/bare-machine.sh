#!/usr/bin/env bash
# Runs both commands of the README on a fresh Debian that has Node alone and, where Temporal's download is out of reach,
# Go. As root on Debian or Ubuntu, with the Debian package mmdebstrap:
#
#   scripts/bare-machine.sh [--at PATH] [--user NAME] [--only start|test] [--without-go] [--with-cache]
#                           [--keep | --kept FOLDER]
#
# --at PATH     where the project lies on that machine; `creditloom` in the user's home unless given
# --user NAME   an ordinary user of that name runs the commands, instead of root
# --only        one command instead of both
# --without-go  leaves Go out even where it is needed
# --with-cache  gives it the servers that were built or downloaded here, as after a first run
# --keep        keeps the machine's folder, to look around in or to go on with
# --kept FOLDER goes on with such a machine, with the commit, path and user that it was made for
#
# The commit that is checked out here is what is tried. Package clients are set up as they are on this machine. All
# mounts lie in a mount namespace of their own and end with it; /dev is made anew, never the one of this machine.
set -euo pipefail

say() { printf '%s\n' "$*"; }
refuse() { say "bare-machine: $*" >&2; exit 2; }

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
at='' user=root only='' with_go=yes with_cache='' keep='' kept=''
while [ "$#" -gt 0 ]; do
  case $1 in
    --at) at=${2:?--at takes a path}; shift ;;
    --user) user=${2:?--user takes a name}; shift ;;
    --only) only=${2:?--only takes start or test}; shift ;;
    --without-go) with_go=no ;;
    --with-cache) with_cache=yes ;;
    --keep) keep=yes ;;
    --kept) kept=${2-}; shift ;;
    *) refuse "unknown option $1" ;;
  esac
  shift
done
home=/root
[ "$user" = root ] || home=/home/$user
at=${at:-$home/creditloom}
case $at in /*) ;; *) refuse "--at takes a path from the root" ;; esac
case $only in '' | start | test) ;; *) refuse "--only takes start or test" ;; esac
[ "$(id -u)" = 0 ] || refuse 'mounting takes root'
for program in mmdebstrap unshare chroot git node npm; do
  command -v "$program" >/dev/null || refuse "$program is missing: apt-get install mmdebstrap util-linux coreutils git, and Node"
done

# Everything from here runs in namespaces of its own; what runs there ends with its first process.
if [ -z "${BARE_MACHINE_INSIDE:-}" ]; then
  machine=$kept
  [ -n "$machine" ] || machine=$(mktemp -d "${TMPDIR:-/var/tmp}/bare-machine-XXXXXX")
  [ -z "$kept" ] || [ -d "$kept/root/proc" ] || refuse "no machine was kept in $kept"
  chmod 755 "$machine"
  words=(--at "$at" --user "$user" --kept "$kept")
  [ -z "$only" ] || words+=(--only "$only")
  [ "$with_go" = yes ] || words+=(--without-go)
  [ -z "$with_cache" ] || words+=(--with-cache)
  status=0
  BARE_MACHINE_INSIDE=$machine unshare --mount --propagation private --pid --fork --kill-child --ipc \
    bash "${BASH_SOURCE[0]}" "${words[@]}" || status=$?
  if [ -n "$keep$kept" ]; then say "kept: $machine"; else rm -rf --one-file-system "$machine"; fi
  exit "$status"
fi

machine=$BARE_MACHINE_INSIDE
root=$machine/root
seconds() { printf '%s s' "$(($(date +%s) - $1))"; }

# --- A fresh Debian -----------------------------------------------------------------------------------------------

make_root() {
  local since aptopts=() sources=() file codename
  since=$(date +%s)
  for file in /etc/apt/apt.conf.d/*; do
    if [ -f "$file" ] && grep -q '^ *Acquire::' "$file"; then aptopts+=("--aptopt=$file"); fi
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    if [ -s "$file" ] && grep -qE '^(deb |Types:)' "$file"; then sources+=("$file"); fi
  done
  [ "${#sources[@]}" -gt 0 ] || refuse 'this machine has no sources of Debian packages'
  codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
  mmdebstrap --mode=root --variant=minbase "${aptopts[@]}" "$codename" "$root" "${sources[@]}" >"$machine/mmdebstrap.log" 2>&1 || {
    tail -n 20 "$machine/mmdebstrap.log"
    refuse 'mmdebstrap failed'
  }
  say "machine: $codename with the essential packages ($(seconds "$since"))"
}

mount_kernel() {
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  local name minor
  while read -r name minor; do mknod -m 666 "$root/dev/$name" c 1 "$minor"; done <<<$'null 3\nzero 5\nfull 7\nrandom 8\nurandom 9'
  mknod -m 666 "$root/dev/tty" c 5 0
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
}

# Copies a file of this machine to the same place there.
copy_same() {
  [ -e "$1" ] || return 0
  mkdir -p "$root$(dirname "$1")"
  cp -rL "$1" "$root$1"
}

# How this machine reaches names, certificates and registries.
copy_ways() {
  copy_same /etc/resolv.conf
  copy_same /etc/hosts
  copy_same /etc/ssl/certs/ca-certificates.crt
  copy_same /usr/local/share/ca-certificates
  local file
  file=$(npm config get globalconfig)
  # There, Node lies in /usr/local.
  [ ! -e "$file" ] || install -D -m 644 "$file" "$root/usr/local/etc/npmrc"
  for file in .npmrc .m2/settings.xml; do
    [ ! -e "$HOME/$file" ] || install -D -m 644 "$HOME/$file" "$root$home/$file"
  done
}

copy_node() {
  local npm_folder
  install -D -m 755 "$(readlink -f "$(command -v node)")" "$root/usr/local/bin/node"
  npm_folder=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -r "$npm_folder" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
  say "machine: Node $(inside node --version)"
}

copy_go() {
  if node -e "import('$project/scripts/preflight.mjs').then(async (m) => process.exit((await m.reachesDownload('cli')) ? 0 : 1))"; then
    return
  fi
  if [ "$with_go" = no ]; then say 'machine: no Go, and no way to the download'; return; fi
  command -v go >/dev/null || refuse 'the download is out of reach here, and this machine has no Go to give'
  cp -r "$(go env GOROOT)" "$root/usr/local/go"
  ln -s ../go/bin/go "$root/usr/local/bin/go"
  say "machine: $(inside go version), because Temporal's download is out of reach"
}

# What goes before a command of whoever runs the README, in an array: its process is then the command itself. Go reaches
# its modules there as here.
set_as_user() {
  local name go_settings=()
  if [ -d "$root/usr/local/go" ]; then
    for name in GOPROXY GOSUMDB GONOSUMDB GOPRIVATE GOFLAGS GOTOOLCHAIN; do
      go_settings+=("$name=$(go env "$name")")
    done
  fi
  as_user=(env -i "HOME=$home" "USER=$user" "$path" "${go_settings[@]}" chroot "--userspec=$user" --groups= "$root")
}

path=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# A command as the machine's root.
inside() {
  env -i HOME=/root "$path" chroot "$root" "$@"
}

clone_project() {
  mkdir -p "$root$at"
  git clone --quiet --no-hardlinks --depth 1 "file://$project" "$root$at"
  if [ -n "$with_cache" ]; then
    mkdir "$root$at/.creditloom"
    cp -r "$project/.creditloom/cache" "$root$at/.creditloom/cache"
  fi
  chown -R --no-dereference "$(inside id -u "$user"):$(inside id -g "$user")" "$root$at" "$root$home"
  [ "$user" != root ] || chmod 700 "$root/root"
  say "machine: the project in $at, for $user"
}

# --- The two commands ---------------------------------------------------------------------------------------------

# What runs inside: processes whose root is the machine's.
left_running() {
  local process
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/root" 2>/dev/null)" = "$root" ] || continue
    tr '\0' ' ' <"$process/cmdline" 2>/dev/null | cut -c 1-100
  done
}

check_left() {
  local left tries
  for tries in $(seq 60); do
    left=$(left_running)
    [ -n "$left" ] || return 0
    sleep 1
  done
  say "$1: left running after $tries s:" "$left"
  return 1
}

# `npm start` until it has shown its addresses and some of its life, then SIGTERM to npm.
try_start() {
  local since log=$machine/start.log pid status=0 ready=''
  since=$(date +%s)
  "${as_user[@]}" sh -c 'cd "$1" && exec npm start' sh "$at" </dev/null >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null && [ $(($(date +%s) - since)) -lt 3600 ]; do
    if [ "$(grep -cE '^[0-9]{4}-[0-9]{2}-[0-9]{2} ' "$log")" -ge 3 ]; then ready=$(seconds "$since"); break; fi
    sleep 1
  done
  sed 's/^/  | /' <(tail -n 25 "$log")
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" || status=$?
  if [ -z "$ready" ]; then say "npm start: FAILED (exit code $status, $(seconds "$since"))"; return 1; fi
  check_left 'npm start' || return 1
  say "npm start: ok (running after $ready; ended with $status)"
}

try_test() {
  local since log=$machine/test.log status=0
  since=$(date +%s)
  "${as_user[@]}" sh -c 'cd "$1" && exec npm test' sh "$at" </dev/null >"$log" 2>&1 || status=$?
  sed 's/^/  | /' <(tail -n 25 "$log")
  check_left 'npm test' || status=1
  if [ "$status" != 0 ]; then say "npm test: FAILED (exit code $status, $(seconds "$since"))"; return 1; fi
  say "npm test: ok ($(seconds "$since"))"
}

make_machine() {
  make_root
  mount_kernel
  [ "$user" = root ] || inside useradd --create-home --shell /bin/bash "$user"
  copy_ways
  copy_node
  copy_go
  clone_project
}

if [ -z "$kept" ]; then make_machine; else mount_kernel; fi
set_as_user
failed=0
if [ "$only" != test ]; then try_start || failed=1; fi
if [ "$only" != start ]; then try_test || failed=1; fi
exit "$failed"

#!/bin/sh
# Makes a bare Debian 12 a Maru @role@. Read it first: it only checks the machine, brings Node and the installer, both by their hash,
# and starts the installer, which checks everything else before it writes. From a folder that holds a whole release nothing is fetched.
set -eu
umask 022

role=@role@
node_sha256=@node@
installer_sha256=@installer@
# of SHA256SUMS, which names the hash of every other file
sums_sha256=@sums@

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

option() { # NAME ARGUMENT…: the value of --NAME VALUE or --NAME=VALUE
  wanted=$1
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      "$wanted") echo "${2-}"; return ;;
      "$wanted"=*) echo "${1#*=}"; return ;;
    esac
    shift
  done
}

has() { # NAME ARGUMENT…
  wanted=$1
  shift
  for each in "$@"; do [ "$each" = "$wanted" ] && return 0; done
  return 1
}

is_whole() { # FILE SHA256
  [ -f "$1" ] && echo "$2  $1" | sha256sum --check --status
}

bring() { # SHA256 NAME: an object of the release into the work folder
  if [ -n "$from_folder" ]; then
    cp "$folder/objects/$1" "$work/$2" || fail "this folder is not whole: objects/$1 cannot be read"
  else
    # the server is verified by the installer; what comes here is what its hash says, whoever sends it
    /usr/lib/apt/apt-helper -qq -o APT::Sandbox::User=root -o Acquire::https::Proxy=DIRECT -o Acquire::Retries=5 \
      -o Acquire::https::Verify-Peer=false -o Acquire::https::Verify-Host=false \
      download-file "https://$address/device/v1/releases/$role/objects/$1" "$work/$2" "SHA256:$1" 2> "$work/words" || {
      cat "$work/words" >&2
      fail "https://$address does not send this release; does the server have it, and is its device API reachable?"
    }
  fi
  is_whole "$work/$2" "$1" || fail "$2 is damaged: it is not what this script names"
}

main() {
  folder=$(cd "$(dirname "$0")" && pwd)
  work=$(mktemp -d /var/tmp/maru-install.XXXXXXXX)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM

  if ! has --help "$@"; then
    [ "$(id -u)" = 0 ] || fail 'only root can do this'
    ID='' VERSION_ID=''
    [ ! -r /etc/os-release ] || . /etc/os-release
    [ "$ID $VERSION_ID" = 'debian 12' ] || fail "this is ${PRETTY_NAME:-an unknown system}; Maru is made for Debian 12"
    [ "$(dpkg --print-architecture)" = amd64 ] || fail "this machine is $(dpkg --print-architecture); Maru is made for amd64"
  fi

  from_folder=''
  [ ! -f "$folder/SHA256SUMS" ] || from_folder=yes
  installed=/opt/maru/current
  if { has --uninstall "$@" || has --return "$@"; } && [ -z "$from_folder" ] && [ -f $installed/provisioning/release/install.js ]; then
    cp $installed/node_modules/node/bin/node "$work/node"
    cp $installed/provisioning/release/install.js "$work/install.js"
  else
    if [ -z "$from_folder" ]; then
      address=$(option --fleet-address "$@")
      [ -n "$address" ] || fail 'there is no release in this folder: name the server with --fleet-address and --ca-sha256'
      case $address in
        \[*\]) address=$address:7401 ;;
        *:*) ;;
        *) address=$address:7401 ;;
      esac
      echo "Fetching the installer from https://$address"
    fi
    bring $node_sha256 node
    bring $installer_sha256 install.js
  fi
  chmod 755 "$work/node"
  "$work/node" "$work/install.js" --release-role=$role --sums-sha256=$sums_sha256 ${from_folder:+"--release-folder=$folder"} "$@"
}
main "$@"

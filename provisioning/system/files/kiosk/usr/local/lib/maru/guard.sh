#!/bin/sh
# Watches a release on trial, and goes back to the former one when it does not prove itself. It lies outside of the releases, the
# installer alone places it, and it needs sh, coreutils and systemctl: nothing that a broken release could have broken.
#
# kiosk/updater/README.md lists who writes which file. The environment names other places in tests; the unit names none.
set -u
umask 022
LC_ALL=C
export LC_ALL
state=${MARU_GUARD_STATE:-/var/lib/maru-updater}
home=${MARU_GUARD_HOME:-/opt/maru}
proof=${MARU_GUARD_PROOF:-/run/maru/update-proof}
proc=${MARU_GUARD_PROC:-/proc}
prove_within_s=${MARU_GUARD_PROVE_WITHIN_S:-180}
place_within_s=${MARU_GUARD_PLACE_WITHIN_S:-120}
most_boots=10

say() { printf 'guard: %s\n' "$*"; }

# VALUE of the first line NAME=VALUE of a file of ours; nothing where there is none
value() {
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in "$2="*) printf '%s' "${line#*=}"; return ;; esac
  done 2>/dev/null < "$state/$1"
}

is_release() {
  case $1 in '' | [!0-9A-Za-z]* | *[!0-9A-Za-z.+-]*) return 1 ;; esac
  [ "${#1}" -le 60 ]
}

is_number() {
  case $1 in 0) return 0 ;; '' | 0* | *[!0-9]*) return 1 ;; esac
  [ "${#1}" -le 9 ]
}

# enough of a release to start its agent
is_slot() { [ -x "$home/releases/$1/node_modules/node/bin/node" ]; }

running() {
  link=$(readlink "$home/current") || return
  case $link in releases/*) printf '%s' "${link#releases/}" ;; esac
}

uptime_s() {
  read -r up rest < "$proc/uptime"
  printf '%s' "${up%%.*}"
}

# stdin becomes the file NAME: the former content or the new one, also after a power cut
keep() {
  cat > "$state/$1.new" && sync "$state/$1.new" && mv -f "$state/$1.new" "$state/$1" && sync "$state"
}

end_trial() {
  rm -f "$state/trial" "$proof"
  sync "$state"
}

keep_trial() {
  printf 'new=%s\nold=%s\nattempt=%s\nboots=%s\nboot=%s\nsince=%s\n' \
    "$new" "$old" "$attempt" "$boots" "$boot" "$since" | keep trial
}

# FAILURE CHECK DETAIL, for the agent and for the next start of this script
keep_returned() {
  printf 'release=%s\nattempt=%s\nfailure=%s\ncheck=%s\ndetail=%s\nat=%s\n' \
    "$new" "$attempt" "$1" "$2" "$3" "$(date +%s)" | keep returned
}

# FAILURE CHECK DETAIL. The decision is kept first, so that a power cut cannot undo it; the trial ends last
go_back() {
  say "$new goes: $1 $2 $3"
  if ! is_slot "$old"; then
    say "$old is not there: the room stays with $new"
    keep_returned "$1" "$2" "$(printf '%.220s' "$3") (the former release is not there: the room stays with this one)"
    end_trial
    exit 0
  fi
  keep_returned "$1" "$2" "$3" || say 'the reason could not be written down'
  finish_return
}

# the program of the release that runs places its own units, where it can
place_units() {
  timeout "$place_within_s" systemctl restart maru-placement.service || say "the units of $old could not be placed"
}

finish_return() {
  if [ "$(running)" != "$old" ]; then
    rm -f "$home/current.guard"
    # a rename: there is the one link or the other, never none
    if ! { ln -s "releases/$old" "$home/current.guard" && mv -fT "$home/current.guard" "$home/current"; }; then
      say "the link could not be moved to $old"
      exit 1
    fi
    sync "$home"
  fi
  place_units
  timeout 30 systemctl daemon-reload
  rm -f "$proof"
  timeout 30 systemctl restart --no-block maru-agent.service maru-screen.service
  end_trial
  say "$old runs again"
  exit 0
}

confirm() {
  printf 'release=%s\nat=%s\n' "$new" "$(date +%s)" | keep confirmed || exit 1
  end_trial
  say "$new is confirmed"
  exit 0
}

# One line of the agent, who is not root: neither a link nor a pipe in its place is followed or waited for
look_at_proof() {
  [ -e "$proof" ] || return
  words=$(dd if="$proof" iflag=nofollow,nonblock bs=512 count=1 status=none 2>/dev/null | head -n 1 | tr -cd '\40-\176')
  case $words in
    "passed $new") [ "$(running)" = "$new" ] && confirm ;;
    "failed $new "*)
      words=${words#"failed $new "}
      check=${words%% *}
      detail=${words#"$check"}
      case $check in *[!a-z]*) check= ;; esac
      go_back proof-failed "$check" "$(printf '%.300s' "${detail# }")"
      ;;
  esac
}

[ -e "$state/trial" ] || exit 0
new=$(value trial new)
old=$(value trial old)
attempt=$(value trial attempt)
boots=$(value trial boots)
boot=$(value trial boot)
since=$(value trial since)
current=$(running)

if ! { is_release "$new" && is_release "$old" && is_number "$attempt" && is_number "$boots"; }; then
  say 'what is known of the trial is damaged'
  new=$current old=$(value confirmed release) attempt=0 boots=0 boot= since=0
  if is_release "$new" && is_release "$old" && [ "$new" != "$old" ]; then
    keep_trial
    go_back interrupted '' 'what the box had noted of its trial was damaged'
  fi
  end_trial
  exit 0
fi
if [ "$(value returned release)" = "$new" ] && [ "$(value returned attempt)" = "$attempt" ]; then
  # cut off on the way back
  if is_slot "$old"; then finish_return; fi
  end_trial
  exit 0
fi
[ "$current" != '' ] || go_back interrupted '' 'the link to what runs was gone'
if [ "$current" != "$new" ]; then
  # cut off before the link moved, or an installation came between
  say "$current runs and not $new: the trial never began"
  # a switch that was taken back may have left units of the new release
  [ "$current" != "$old" ] || place_units
  end_trial
  exit 0
fi
if [ "$(value confirmed release)" = "$new" ]; then
  end_trial
  exit 0
fi

read -r this_boot < "$proc/sys/kernel/random/boot_id"
if [ "$boot" != "$this_boot" ]; then
  boots=$((boots + 1)) boot=$this_boot since=$(uptime_s)
  keep_trial || say 'this boot could not be noted'
fi
is_number "$since" || since=$(uptime_s)
[ "$boots" -le "$most_boots" ] ||
  go_back interrupted '' "it was started $boots times and could not prove itself in any of them"
say "$new has ${prove_within_s} s to prove itself, boot $boots of its trial"
while [ -e "$state/trial" ]; do
  look_at_proof
  [ $(($(uptime_s) - since)) -lt "$prove_within_s" ] ||
    go_back not-proven-in-time '' "no proof within $prove_within_s s"
  sleep 1
done

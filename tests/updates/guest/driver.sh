#!/bin/sh
# In the guest, at each boot, as root: what the agent would do for an update, and what is to be seen afterwards. The kernel's command
# line names the rest, or on a machine in namespaces the one argument, and there the lines go to stdout:
#
#   maru.do=install              Maru's own installer, from the medium
#   maru.do=look                 only what is to be seen
#   maru.do=restart              a plain restart of agent and screen
#   maru.do=update               maru.target=NAME maru.release=ID maru.attempt=N: as the agent, from wherever the box is: fetched,
#                                placed, switched to, followed until its trial has ended
#   maru.again=yes               also where this attempt was returned before
#   maru.cutafter=SECONDS        from the order to place on: the power is cut, the kernel restarts without a sync
#   maru.rebootafter=SECONDS     from the switch on: an operator restarts the box
#   maru.fetch=SHA256            it fetches this content too
#   maru.damage=SHA256           of the slot that runs, one byte of the file with this content is changed before
#
# A line of its own for each thing that is seen, as tests/vm/line.ts has it; all else is for the log.
set -u
medium=/media/maru
words=${1-}
if [ -n "$words" ]; then
  exec 3>&1
else
  words=$(cat /proc/cmdline)
  stty -F /dev/ttyS1 raw -echo
  exec 3>/dev/ttyS1
fi
is_machine=${1:+yes}

word() { echo "$words" | sed -n "s/.*maru\.$1=\([^ ]*\).*/\1/p"; }
mark() { printf '@@ {"event":"mark","text":"%s"}\n' "$*" >&3; }
uptime_s() { cut -d' ' -f1 /proc/uptime; }
running() { basename "$(readlink /opt/maru/current)"; }
value() { sed -n "s/^$2=//p" "/var/lib/maru-updater/$1" 2>/dev/null | head -n 1; }
cut_power() { echo b > /proc/sysrq-trigger; }
end() {
  journalctl -b --no-pager -o short-monotonic -u 'maru-*' 2>/dev/null | tail -n 120 >&3
  mark "at $(uptime_s)"
  sync
  printf '@@ {"event":"over","exitCode":%s}\n' "$1" >&3
  [ -n "$is_machine" ] || systemctl poweroff --force --force
  exit
}

# the agent's files are the agent's
as_agent() { setpriv --reuid=maru --regid=maru --init-groups "$@"; }

stage() {
  feed=/var/lib/maru/updates/feed
  as_agent mkdir -p $feed/metadata $feed/targets $feed/objects
  as_agent cp "$medium"/feed/metadata/* $feed/metadata/
  as_agent cp "$medium"/feed/targets/* $feed/targets/
  { cat "$medium/wanted/$target"; word fetch; } | while read -r object; do
    as_agent cp "$medium/feed/objects/$object" $feed/objects/
  done
}

# ORDER: written by rename, and root's answer awaited
order() {
  id=$(cat /proc/sys/kernel/random/uuid)
  printf '{"orderId":"%s","order":"%s","target":"%s","feed":"online","attempt":%s}' "$id" "$1" "$target" "$attempt" > /run/order
  chown maru: /run/order
  mark "order $1 $(uptime_s)"
  mv /run/order /run/maru/update-order.json
  waited=0
  until grep -q "$id" /run/maru-updater/report.json 2>/dev/null; do
    sleep 0.5
    waited=$((waited + 1))
    [ $waited -lt 600 ] || { mark "answer $1 none"; return 1; }
  done
  outcome=$(sed -n 's/.*"outcome":"\([a-z]*\)".*/\1/p' /run/maru-updater/report.json)
  mark "answer $1 $outcome $(tr -d '"\\' < /run/maru-updater/report.json)"
  [ "$outcome" = done ]
}

follow() {
  while [ -e /var/lib/maru-updater/trial ]; do
    mark "at $(uptime_s)"
    sleep 5
  done
  mark "ended $(uptime_s)"
}

# from the agent's last end until it served again
outage_us() {
  # shellcheck disable=SC2046
  set -- $(systemctl show --value -p ActiveExitTimestampMonotonic -p ActiveEnterTimestampMonotonic maru-agent)
  # 0: it has not ended in this boot. systemd has an order of its own
  if [ "$1" = 0 ] || [ "$2" = 0 ]; then echo 0
  elif [ "$1" -lt "$2" ]; then echo $(($2 - $1))
  else echo $(($1 - $2)); fi
}

# every file of the release that runs, as it lies in the system
system_files() {
  (cd /opt/maru/current/provisioning/system/files/kiosk && find . -type f) | while read -r path; do
    cmp -s "/opt/maru/current/provisioning/system/files/kiosk/$path" "/$path" || echo "$path"
  done
}

look() {
  # the old agent is back when it has said so itself; it is started again without an end until then
  tries=0
  until [ "$(cat /run/maru/serves 2>/dev/null)" = "$(running)" ] && [ "$(systemctl is-active maru-agent)" = active ]; do
    sleep 1
    tries=$((tries + 1))
    [ $tries -lt 120 ] || break
  done
  mark "serves $(cat /run/maru/serves 2>/dev/null) $(systemctl is-active maru-agent) $(uptime_s)"
  mark "outage $(outage_us)"
  # in namespaces there is no console for it
  if [ -e /dev/tty0 ]; then mark "screen $(systemctl is-active maru-screen)"; else mark 'screen nowhere'; fi
  mark "running $(running)"
  mark "trial $([ -e /var/lib/maru-updater/trial ] && echo yes || echo no)"
  mark "confirmed $(value confirmed release)"
  mark "returned $(value returned release) $(value returned attempt) $(value returned failure) $(value returned check)"
  mark "detail $(value returned detail | tr -d '"\\')"
  mark "slots $(ls /opt/maru/releases | tr '\n' ' ')"
  mark "mixed $(system_files | tr '\n' ' ')"
  mark "failed $(systemctl list-units --failed --no-legend --plain 'maru-*' | cut -d' ' -f1 | tr '\n' ' ')"
}

target=$(word target) release=$(word release) attempt=$(word attempt)
mark "up $(uptime_s)"
case $(word do) in
  install)
    sh $medium/kiosk/install.sh >&3 2>&1 || end 1
    # the release folder has it where its maker signs feeds; here it always does
    [ -e /usr/local/share/maru/update-root.json ] || install -D -m 644 $medium/update-root.json /usr/local/share/maru/update-root.json
    ;;
  look) look ;;
  restart)
    rm -f /run/maru/serves
    systemctl restart maru-agent maru-screen
    look
    ;;
  update)
    damaged=$(word damage)
    if [ -n "$damaged" ]; then
      printf x | dd of="$(find /opt/maru/current/ -type f -exec sha256sum {} + | sed -n "s/^$damaged  //p" | head -n 1)" conv=notrunc status=none
    fi
    if [ -e /var/lib/maru-updater/trial ]; then follow; fi
    if [ "$(value confirmed release)" = "$release" ]; then
      mark "ended $(uptime_s)"
    elif [ -z "$(word again)" ] && [ "$(value returned release)" = "$release" ] &&
      [ "$(value returned attempt)" = "$attempt" ]; then
      mark "ended $(uptime_s)"
    else
      stage
      cut=$(word cutafter)
      if [ -n "$cut" ]; then (sleep "$cut"; cut_power) & fi
      if order place; then
        reboot=$(word rebootafter)
        if order switch; then
          if [ -n "$reboot" ]; then (sleep "$reboot"; mark "at $(uptime_s)"; systemctl reboot) & fi
          follow
        fi
      fi
    fi
    look
    ;;
esac
end 0

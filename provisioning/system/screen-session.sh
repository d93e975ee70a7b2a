#!/bin/sh
# The session on the TV, for as long as its compositor runs; the unit starts it again. Exit code 78 is an administrator's
# way out (README.md): the unit stays down and a login prompt comes up.
sway --config "${MARU_SWAY_CONFIG:-/etc/maru/sway.conf}"
if [ -e "$XDG_RUNTIME_DIR/maru-login" ]; then
  rm -f "$XDG_RUNTIME_DIR/maru-login"
  exit 78
fi
# without a compositor the console is all that the TV can show, and it knows no Korean
if [ -t 0 ]; then
  printf '\033[2J\033[H\n\n   This room is starting.\n\n   If this stays for more than a minute, tell IT: journalctl -u maru-screen\n' >&0
fi
exit 1

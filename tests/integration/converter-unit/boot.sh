#!/bin/sh
# Boots the machine's own systemd in namespaces, over a copy of the machine that is thrown away, with the converter's unit as the
# installer places it and a client that hands it one document. As root:
#
#   boot.sh CHECKOUT FOLDER NAME
#
# FOLDER has document.docx, and then `result` (the client's), `status` (the converter's rights) and `journal`. NAME is that of the cgroups
# in which all of it runs; the caller removes them.
set -e
checkout=$1 folder=$2 name=$3

# the cgroup namespace begins where its first process is
if [ "$4" != inside ]; then
  for hierarchy in $(findmnt --list --noheadings --output TARGET --types cgroup,cgroup2); do
    # the processor sets of a new group are empty: nothing can be put there
    case $hierarchy in */cpuset) continue ;; esac
    mkdir -p "$hierarchy/$name"
    echo $$ > "$hierarchy/$name/cgroup.procs"
  done
  exec unshare --mount --pid --fork --ipc --uts --net --cgroup --kill-child sh "$0" "$checkout" "$folder" "$name" inside
fi

mount --make-rprivate /
scratch=$(mktemp -d)
hierarchies=$(findmnt --list --noheadings --output TARGET,FSTYPE,OPTIONS --types cgroup,cgroup2)
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
cd "$scratch/root"

# nothing of the machine's own starts
rm -rf etc/systemd/system/*.wants usr/lib/systemd/system/*.wants
"$checkout/node_modules/.bin/node" "$checkout/provisioning/system/install.ts" --root "$PWD" --role server > /dev/null
systemd-sysusers --root="$PWD" > /dev/null 2>&1
echo 0123456789abcdef0123456789abcdef > etc/machine-id
mkdir -p opt/maru/current probe old
mount --bind "$checkout" opt/maru/current
mount -o remount,ro,bind opt/maru/current
mount --bind "$folder" probe

mount -t proc proc proc
mount -t sysfs sysfs sys
echo "$hierarchies" | while read -r target type options; do
  case $target in /sys/fs/cgroup) mount -t "$type" cgroup sys/fs/cgroup; continue ;; */cpuset) continue ;; esac
  mountpoint -q sys/fs/cgroup || mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  mkdir "${target#/}"
  if [ "$type" = cgroup2 ]; then mount -t cgroup2 cgroup "${target#/}"
  elif [ "${target##*/}" = systemd ]; then mount -t cgroup -o none,name=systemd cgroup "${target#/}"
  else mount -t cgroup -o "${options##*,}" cgroup "${target#/}"; fi
done
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for output in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${output%:*}" "dev/${output#*:}"; done
ln -s null dev/console
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp

cat > etc/systemd/system/probe.service << 'UNIT'
[Unit]
Wants=maru-converter.service
After=maru-converter.service

[Service]
Type=oneshot
User=maru-fleet
UMask=0077
WorkingDirectory=/opt/maru/current
ExecStart=/opt/maru/current/node_modules/.bin/node tests/integration/converter-unit/main.ts /var/lib/maru-fleet /probe/document.docx
StandardOutput=append:/probe/result
StandardError=journal
ExecStopPost=+/bin/sh -c 'cat /proc/$$(systemctl show --value --property MainPID maru-converter)/status > /probe/status'
ExecStopPost=+/bin/sh -c 'journalctl --no-pager > /probe/journal'
ExecStopPost=+systemctl --no-block poweroff
UNIT
cat > etc/systemd/system/probe.target << 'UNIT'
[Unit]
Wants=systemd-journald.service probe.service
UNIT

pivot_root . old
cd /
umount -l /old
# a container's systemd leaves the kernel's settings alone
exec env -i container=maru PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --unit=probe.target --show-status=no

#!/bin/sh
# Boots the systemd of a Debian root in namespaces, over a copy of that root which goes with it. The network has loopback and nothing
# else: no route leads anywhere. As root:
#
#   boot.sh ROOT MEDIUM NAME [PID]
#
# ROOT is the Debian, MEDIUM a folder that it sees as /media/maru, NAME that of the cgroups in which all of it runs (the caller removes
# them), and PID a process in whose network it runs instead of one of its own.
set -e
root=$1 medium=$2 name=$3 network=$4

# the cgroup namespace begins where its first process is
if [ "$5" != inside ]; then
  for hierarchy in $(findmnt --list --noheadings --output TARGET --types cgroup,cgroup2); do
    # the processor sets of a new group are empty: nothing can be put there
    case $hierarchy in */cpuset) continue ;; esac
    mkdir -p "$hierarchy/$name"
    echo $$ > "$hierarchy/$name/cgroup.procs"
  done
  namespaces='--mount --pid --fork --ipc --uts --cgroup --kill-child'
  if [ -n "$network" ]; then
    exec nsenter --target "$network" --net unshare $namespaces sh "$0" "$root" "$medium" "$name" "$network" inside
  fi
  exec unshare --net $namespaces sh "$0" "$root" "$medium" "$name" '' inside
fi

mount --make-rprivate /
[ -n "$network" ] || ip link set lo up
hostname maru-test
hierarchies=$(findmnt --list --noheadings --output TARGET,FSTYPE,OPTIONS --types cgroup,cgroup2)
scratch=$(mktemp -d)
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
cd "$scratch/root"
mkdir -p media/maru old proc sys dev run tmp
# nobody sits at it
ln -sf /dev/null etc/systemd/system/console-getty.service
mount --bind "$medium" media/maru
mount -o remount,ro,bind media/maru

# as in any container, the kernel's settings and devices are the host's
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,ro,bind proc/sys
mount -t sysfs -o ro sysfs sys
echo "$hierarchies" | while read -r target type options; do
  case $target in /sys/fs/cgroup) mount -t "$type" cgroup sys/fs/cgroup; continue ;; */cpuset) continue ;; esac
  mountpoint -q sys/fs/cgroup || mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
  mkdir "${target#/}"
  if [ "$type" = cgroup2 ]; then mount -t cgroup2 cgroup "${target#/}"
  elif [ "${target##*/}" = systemd ]; then mount -t cgroup -o none,name=systemd cgroup "${target#/}"
  else mount -t cgroup -o "${options##*,}" cgroup "${target#/}"; fi
done
mount -t tmpfs -o mode=755 tmpfs dev
# nodes of its own: what a login program does to them must not reach the host's
for device in null zero full random urandom tty; do cp -a "/dev/$device" "dev/$device"; done
mkdir dev/shm dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for output in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${output%:*}" "dev/${output#*:}"; done
cp -a dev/null dev/console
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp

pivot_root . old
cd /
umount -l /old
exec env -i container=maru PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --show-status=no

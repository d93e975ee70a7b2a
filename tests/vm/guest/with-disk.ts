/** In the guest: mounts the disk at /disk, made anew or as it was left, and becomes the program that is named. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const [state, program] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: with-disk.ts new|kept PROGRAM');
const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'inherit' });
for (const module of ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4']) run('modprobe', module);
if (state === 'new') run('mke2fs', '-q', '-t', 'ext4', '/dev/vda');
// as systemd does it on a box: the journal is played, nothing else is repaired
run('mount', '-t', 'ext4', '/dev/vda', '/disk');
await import(join('/app', program));
if (state === 'kept') run('umount', '/disk');

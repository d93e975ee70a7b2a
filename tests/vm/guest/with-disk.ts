/** In the guest: mounts the disk at /disk, made anew or as it was left, and becomes the program that is named. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const [state, program] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: with-disk.ts new|kept PROGRAM');
for (const module of ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4']) execFileSync('modprobe', [module]);
if (state === 'new') execFileSync('mke2fs', ['-q', '-t', 'ext4', '/dev/vda']);
// as systemd does it on a box: the journal is played, nothing else is repaired
execFileSync('mount', ['-t', 'ext4', '/dev/vda', '/disk']);
await import(join('/app', program));
if (state === 'kept') execFileSync('umount', ['/disk']);

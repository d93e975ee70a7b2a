/**
 * Writes an initramfs: a cpio archive of the "newc" kind (the kernel's Documentation/driver-api/early-userspace). Owner is
 * root whoever runs this, and device nodes need no right to make them. Archives may be laid end to end.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, lstatSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

const DIRECTORY = 0o040000;
const REGULAR = 0o100000;
const LINK = 0o120000;
const CHARACTER_DEVICE = 0o020000;

export class CpioWriter {
  readonly #file: number;
  readonly #directories = new Set<string>(['.', '']);
  #inode = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  /** Paths are from the guest's root, without a leading slash; folders on the way are made. */
  directory(path: string): void {
    if (this.#directories.has(path)) return;
    this.directory(dirname(path));
    this.#directories.add(path);
    this.#entry(path, DIRECTORY | 0o755, Buffer.alloc(0));
  }

  file(path: string, content: Uint8Array | string, isExecutable = false): void {
    this.directory(dirname(path));
    this.#entry(path, REGULAR | (isExecutable ? 0o755 : 0o644), Buffer.from(content));
  }

  link(path: string, target: string): void {
    this.directory(dirname(path));
    this.#directories.add(path);
    this.#entry(path, LINK | 0o777, Buffer.from(target));
  }

  characterDevice(path: string, major: number, minor: number): void {
    this.directory(dirname(path));
    this.#entry(path, CHARACTER_DEVICE | 0o600, Buffer.alloc(0), [major, minor]);
  }

  /**
   * A folder of this machine with all that is in it.
   * @param placeOf null leaves a file, or a folder with what is in it, out
   */
  tree(folder: string, placeOf: (path: string) => string | null, path = ''): void {
    for (const name of readdirSync(join(folder, path)).sort()) {
      const from = join(path, name);
      const to = placeOf(from);
      if (to === null) continue;
      const status = lstatSync(join(folder, from));
      if (status.isSymbolicLink()) this.link(to, readlinkSync(join(folder, from)));
      else if (status.isDirectory()) this.tree(folder, placeOf, from);
      else if (status.isFile()) this.file(to, readFileSync(join(folder, from)), (status.mode & 0o100) !== 0);
    }
  }

  close(): void {
    this.#entry('TRAILER!!!', 0, Buffer.alloc(0));
    closeSync(this.#file);
  }

  #entry(path: string, mode: number, content: Buffer, [major, minor] = [0, 0]): void {
    this.#inode += 1;
    const name = Buffer.from(`${path}\0`);
    const links = (mode & DIRECTORY) === DIRECTORY ? 2 : 1;
    const fields = [
      this.#inode,
      mode,
      0,
      0,
      links,
      0,
      content.length,
      0,
      0,
      major as number,
      minor as number,
      name.length,
      0,
    ];
    const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
    this.#write(head, name, padding(head.length + name.length));
    this.#write(content, padding(content.length));
  }

  #write(...parts: Buffer[]): void {
    for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(this.#file, part, at);
  }
}

const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4);

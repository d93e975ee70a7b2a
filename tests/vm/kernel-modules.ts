/**
 * The modules that guests need, out of the thousands in Debian's kernel package, with what those need. The package comes
 * without modules.dep (its installation makes it), so it is written here from what each module says of itself.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Loaded at boot, in this order; options as modprobe takes them. What else a test needs it loads by `modprobe`. */
export const loadedModules: readonly { name: string; options?: string }[] = [
  { name: 'hid-generic' },
  // without these, devices of their vendors get no node
  { name: 'hid-jabra' },
  { name: 'hid-plantronics' },
  { name: 'uhid' },
  // two USB buses in software: tests run side by side, and each bus has one socket
  { name: 'dummy_hcd', options: 'num=2' },
];

/** Put in beside those. */
export const furtherModules: readonly string[] = [
  'evdev',
  'uinput',
  'usbhid',
  // gadgets on a USB bus in software
  'libcomposite',
  'usb_f_hid',
  'usb_f_acm',
  'configfs',
  // the kernel's way to a serial USB-CEC adapter
  'cdc-acm',
  'serport',
  'pulse8-cec',
  // a TV and a camera, sound that comes back
  'vivid',
  'cec',
  'snd-aloop',
];

/** A disk that outlives the guest. */
export const diskModules: readonly string[] = [
  'virtio_pci',
  'virtio_blk',
  // one in memory that lasts, which answers at once
  'nfit',
  'nd_pmem',
  'crc32c_generic',
  'ext4',
];

/**
 * @param root where the kernel package was unpacked
 * @returns paths of these modules and of all that they need
 */
export function selectModules(
  root: string,
  names: readonly string[],
): { version: string; paths: string[]; dependencies: string } {
  const [version] = readdirSync(join(root, 'lib/modules'));
  if (version === undefined) throw new Error('the kernel package holds no modules');
  const folder = join(root, 'lib/modules', version);
  const pathByName = new Map<string, string>();
  for (const entry of readdirSync(join(folder, 'kernel'), { recursive: true, encoding: 'utf8' })) {
    if (entry.endsWith('.ko')) pathByName.set(nameOf(entry), join('kernel', entry));
  }
  const builtIn = new Set(readFileSync(join(folder, 'modules.builtin'), 'utf8').split('\n').map(nameOf));

  const dependenciesByPath = new Map<string, string[]>();
  const select = (name: string): string[] => {
    const path = pathByName.get(name);
    if (path === undefined) {
      if (builtIn.has(name)) return [];
      throw new Error(`Debian's kernel has no module ${name}`);
    }
    const known = dependenciesByPath.get(path);
    if (known !== undefined) return [path, ...known];
    const all = dependenciesOf(readFileSync(join(folder, path))).flatMap(select);
    // modprobe loads them from the last to the first
    const inOrder = [...new Set(all.reverse())].reverse();
    dependenciesByPath.set(path, inOrder);
    return [path, ...inOrder];
  };
  for (const name of names) select(nameOf(name));
  return {
    version,
    paths: [...dependenciesByPath.keys()],
    dependencies: [...dependenciesByPath].map(([path, needs]) => `${path}: ${needs.join(' ')}\n`).join(''),
  };
}

/** Module names have both spellings; the kernel's own is the one with underscores. */
const nameOf = (path: string): string => basename(path, '.ko').replaceAll('-', '_');

/** `depends=a,b` in its section .modinfo, ended by a zero. */
function dependenciesOf(module: Buffer): string[] {
  const at = module.indexOf('\0depends=');
  if (at < 0) return [];
  const text = module.toString('latin1', at + 9, module.indexOf(0, at + 9));
  return text === '' ? [] : text.split(',').map(nameOf);
}

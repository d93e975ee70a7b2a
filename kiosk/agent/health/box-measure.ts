/** The box behind the TV, measured from what Linux shows in /proc and /sys: what it is, and how warm, full and busy. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, statfs } from 'node:fs/promises';
import { networkInterfaces, release } from 'node:os';
import { join } from 'node:path';
import type { KioskHealth } from '#contract/kiosk-health.ts';

export type BoxIdentity = {
  kernel: string;
  system: string | null;
  model: string | null;
  serialNumber: string | null;
  bootedAtMs: number | null;
};
export type BoxMeasure = Pick<KioskHealth, 'temperatureCelsius' | 'cpuPercent' | 'memory' | 'disk'>;
type CpuTimes = { busy: number; all: number };

/** @param root of the file system: another one in tests */
export class BoxMeter {
  readonly #root: string;
  readonly #dataDir: string;
  #cpu: CpuTimes | null = null;

  constructor({ dataDir, root = '/' }: { dataDir: string; root?: string }) {
    this.#dataDir = dataDir;
    this.#root = root;
  }

  /** What does not change while the box runs. */
  async identity(): Promise<BoxIdentity> {
    const [system, vendor, product, board, serialNumber, stat] = await Promise.all([
      this.#text('etc/os-release'),
      this.#text('sys/class/dmi/id/sys_vendor'),
      this.#text('sys/class/dmi/id/product_name'),
      this.#text('proc/device-tree/model'),
      this.#text('sys/class/dmi/id/product_serial'),
      this.#text('proc/stat'),
    ]);
    const bootedAtS = Number(stat?.match(/^btime (\d+)$/m)?.[1]);
    return {
      kernel: release().slice(0, 80),
      system: system?.match(/^PRETTY_NAME="?([^"\n]{1,80})/m)?.[1] ?? null,
      model: named([vendor, product].filter((each) => each).join(' ')) ?? named(board),
      serialNumber: named(serialNumber),
      bootedAtMs: Number.isFinite(bootedAtS) ? bootedAtS * 1_000 : null,
    };
  }

  async measure(): Promise<BoxMeasure> {
    const [temperatureCelsius, cpuPercent, memory, disk] = await Promise.all([
      this.#hottest(),
      this.#cpuPercent(),
      this.#memory(),
      this.#disk(),
    ]);
    return { temperatureCelsius, cpuPercent, memory, disk };
  }

  async #hottest(): Promise<number | null> {
    const zones = await this.#named('sys/class/thermal', /^thermal_zone/);
    const chips = await this.#named('sys/class/hwmon', /^hwmon/);
    const inputs = await Promise.all(
      chips.map(async (chip) => (await this.#named(chip, /^temp\d+_input$/)).map((path) => path)),
    );
    const texts = await Promise.all(
      [...zones.map((zone) => join(zone, 'temp')), ...inputs.flat()].map((path) => this.#text(path)),
    );
    const celsius = texts
      .map((text) => (text === null ? Number.NaN : Number(text) / 1_000))
      // sensors that are not connected report nonsense
      .filter((each) => each > -40 && each < 150 && each !== 0);
    return celsius.length > 0 ? Math.max(...celsius) : null;
  }

  /** Since the last time; null: the first time. */
  async #cpuPercent(): Promise<number | null> {
    const times = (await this.#text('proc/stat'))
      ?.match(/^cpu +(.+)$/m)?.[1]
      ?.split(' ')
      .map(Number);
    if (!times) return null;
    const [, , , idle = 0, iowait = 0] = times;
    const all = times.slice(0, 8).reduce((sum, each) => sum + each, 0);
    const [before, now] = [this.#cpu, { all, busy: all - idle - iowait }];
    this.#cpu = now;
    if (before === null || now.all <= before.all) return null;
    return Math.min(100, Math.max(0, Math.round((100 * (now.busy - before.busy)) / (now.all - before.all))));
  }

  async #memory(): Promise<KioskHealth['memory']> {
    const text = await this.#text('proc/meminfo');
    const bytes = (name: string): number => Number(text?.match(new RegExp(`^${name}: +(\\d+) kB$`, 'm'))?.[1]) * 1_024;
    const memory = { totalBytes: bytes('MemTotal'), availableBytes: bytes('MemAvailable') };
    return Number.isFinite(memory.totalBytes) && Number.isFinite(memory.availableBytes) ? memory : null;
  }

  async #disk(): Promise<KioskHealth['disk']> {
    try {
      const { bsize, blocks, bavail } = await statfs(this.#dataDir);
      return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
    } catch {
      return null;
    }
  }

  async #named(folder: string, pattern: RegExp): Promise<string[]> {
    const names = await readdir(join(this.#root, folder)).catch(() => []);
    return names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
  }

  async #text(path: string): Promise<string | null> {
    try {
      return (await readFile(join(this.#root, path), 'utf8')).replaceAll('\0', '').trim();
    } catch {
      return null;
    }
  }
}

const NAMELESS = /^(|none|default string|to be filled by o\.e\.m\.|system product name|not specified)$/i;
const named = (text: string | null): string | null =>
  text === null || NAMELESS.test(text) ? null : text.slice(0, 120);

/** By which interface a machine is reached; sends nothing. null: there is no way to it now. */
export async function wayTo(
  host: string,
): Promise<{ interfaceName: string; address: string; isWireless: boolean } | null> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(9, host);
    await connected;
    const { address } = socket.address();
    const found = Object.entries(networkInterfaces()).find(([, addresses]) =>
      addresses?.some((each) => each.address === address),
    );
    if (!found) return null;
    const [interfaceName] = found;
    return { interfaceName, address, isWireless: existsSync(join('/sys/class/net', interfaceName, 'wireless')) };
  } catch {
    return null;
  } finally {
    socket.close();
  }
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BoxMeter, wayTo } from './box-measure.ts';

let root: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-box-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('a box as Linux shows it', async () => {
  write('etc/os-release', 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
  write('sys/class/dmi/id/sys_vendor', 'ACME\n');
  write('sys/class/dmi/id/product_name', 'Box 7\n');
  write('sys/class/dmi/id/product_serial', 'Default string\n');
  write('proc/stat', 'cpu  100 0 100 800 0 0 0 0 0 0\nbtime 1700000000\n');
  write('proc/meminfo', 'MemTotal:  8000 kB\nMemFree: 1 kB\nMemAvailable:  2000 kB\n');
  write('sys/class/thermal/thermal_zone0/temp', '51000\n');
  write('sys/class/hwmon/hwmon1/temp1_input', '63500\n');
  write('sys/class/hwmon/hwmon1/temp2_input', '-128000\n');
  const meter = new BoxMeter({ dataDir: root, root });
  expect(await meter.identity()).toMatchObject({
    system: 'Debian GNU/Linux 12 (bookworm)',
    model: 'ACME Box 7',
    serialNumber: null,
    bootedAtMs: 1_700_000_000_000,
  });
  const first = await meter.measure();
  expect(first).toMatchObject({
    temperatureCelsius: 63.5,
    cpuPercent: null,
    memory: { totalBytes: 8_192_000, availableBytes: 2_048_000 },
  });
  expect(first.disk!.totalBytes).toBeGreaterThan(first.disk!.freeBytes);
  write('proc/stat', 'cpu  150 0 125 825 0 0 0 0 0 0\n');
  expect((await meter.measure()).cpuPercent).toBe(75);
});

test('what a box does not show is not known, and nothing fails', async () => {
  const meter = new BoxMeter({ dataDir: join(root, 'gone'), root });
  expect(await meter.identity()).toMatchObject({ system: null, model: null, serialNumber: null, bootedAtMs: null });
  expect(await meter.measure()).toEqual({ temperatureCelsius: null, cpuPercent: null, memory: null, disk: null });
});

test('the way to a machine is an interface of this one', async () => {
  expect(await wayTo('127.0.0.1')).toMatchObject({ address: '127.0.0.1', isWireless: false });
});

test('to a machine that nothing leads to there is none', async () => {
  // of this link, and of no interface
  expect(await wayTo('fe80::1')).toBeNull();
});

/** What the page may do in the kiosk's own Chromium, started as on a TV, with its fake devices. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Browser } from './browser.ts';

/** Tells what it sees as soon as it sees it, and again when that changes. */
const PAGE = `<script>
const tell = async () => {
  const rights = await Promise.all(
    [{ name: 'camera' }, { name: 'microphone' }, { name: 'camera', panTiltZoom: true }, { name: 'geolocation' }].map(
      async (right) => (await navigator.permissions.query(right)).state,
    ),
  );
  const devices = await navigator.mediaDevices.enumerateDevices();
  await fetch('/told', { method: 'POST', body: JSON.stringify({ rights, labels: devices.map(({ label }) => label) }) });
};
void navigator.permissions.query({ name: 'camera' }).then((right) => right.addEventListener('change', tell));
void tell();
</script>`;

let server: Server;
let profileDir: string;
const told: { rights: string[]; labels: string[] }[] = [];
beforeEach(async () => {
  profileDir = mkdtempSync(join(tmpdir(), 'maru-shell-'));
  server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html');
      response.end(PAGE);
      return;
    }
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      told.push(JSON.parse(text));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

it('may see, hear and move the camera, knows devices by name without opening one, and may do nothing else', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const given = { url, profileDir, headless: true, fakeMedia: true, policyInForce: false };
  const browser = new Browser({ ...given, screenKey: () => null });
  try {
    await browser.start(20_000);
    await expect
      .poll(() => told.at(-1)?.rights, { timeout: 10_000 })
      .toEqual(['granted', 'granted', 'granted', 'denied']);
    await expect.poll(() => told.at(-1)?.labels).toContain('fake_device_0');
    expect(told.at(-1)!.labels).not.toContain('');
  } finally {
    await browser.stop();
  }
});

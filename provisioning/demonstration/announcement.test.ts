import { describe, expect, it } from 'vitest';
import { jsonLine, type Ready, words } from './announcement.ts';
import { parseDemonstrationOptions } from './options.ts';

const roomId = '01990000-0000-7000-8000-000000000001';
const ready: Ready = {
  fleet: {
    ready: 'fleet',
    fleetUrl: 'http://127.0.0.1:7400',
    deviceApiUrl: 'https://127.0.0.1:7401',
    mqttUrl: 'mqtts://127.0.0.1:7402',
    signalingUrl: 'ws://127.0.0.1:7403',
    watchUrl: 'http://127.0.0.1:7400/watch',
    ports: [{ port: 7410, transport: 'tcp+udp', purpose: 'media, worker 1' }],
    caCertificatePath: '/not/there',
    firstAdmin: { userName: 'admin', oneTimePassword: 'once-only' },
    demonstration: { roomId, claim: null, joinUrl: 'http://127.0.0.1:7400/join#invite' },
  },
  kiosk: {
    ready: 'kiosk',
    roomId,
    tvUrl: 'http://127.0.0.1:7420/',
    controllerUrl: 'http://127.0.0.1:7400/control#code=ABCDEF',
  },
};

describe('what is said when everything serves', () => {
  it('is one line of JSON for programs', () => {
    const line = jsonLine(ready);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      consoleUrl: 'http://127.0.0.1:7400/',
      controllerUrl: 'http://127.0.0.1:7400/control#code=ABCDEF',
      staffUrl: 'http://127.0.0.1:7400/staff',
      watchUrl: 'http://127.0.0.1:7400/watch',
      joinUrl: 'http://127.0.0.1:7400/join#invite',
      tvUrl: 'http://127.0.0.1:7420/',
      fleetUrl: 'http://127.0.0.1:7400',
      adminUser: 'admin',
      adminPassword: 'once-only',
      roomId,
    });
  });

  it('is every address in words for people, and the password at the first start alone', async () => {
    const first = await words(ready, parseDemonstrationOptions([]));
    for (const told of ['7420/', 'control#code=ABCDEF', 'join#invite', '7400/staff', 'once-only'])
      expect(first).toContain(told);
    const later = await words({ ...ready, fleet: { ...ready.fleet, firstAdmin: null } }, parseDemonstrationOptions([]));
    expect(later).not.toMatch(/sign in/i);
  });

  it('names the ports of a firewall for an office, and no root where IT brought a certificate', async () => {
    const options = parseDemonstrationOptions(['--lan', '--tls-cert', 'c', '--tls-key', 'k']);
    const text = await words(ready, options);
    expect(text).toMatch(/7410\s+TCP and UDP\s+media, worker 1/);
    expect(text).not.toContain('trust this root');
    expect(await words(ready, parseDemonstrationOptions([]))).not.toContain('7410');
  });
});

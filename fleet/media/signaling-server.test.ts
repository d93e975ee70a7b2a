/** The beacon of a page that is being closed, at the node's own port; sessions have tests of their own. */
import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { SIGNALING_PATH } from '#contract/signaling.ts';
import { TrustedProxies } from '#edge/who-is-calling.ts';
import { defaultSettings } from './media-settings.ts';
import { SignalingServer, type SignalingServerOptions } from './signaling-server.ts';

const leave = vi.fn();
let server: SignalingServer;
async function post(body: string): Promise<number> {
  leave.mockReset();
  server = new SignalingServer({
    listenAddress: '127.0.0.1',
    port: 0,
    tls: null,
    proxies: new TrustedProxies(),
    registry: { leave, checkMedia: () => {} },
    settings: defaultSettings,
    logger: pino({ level: 'silent' }),
  } as unknown as SignalingServerOptions);
  const port = await server.start();
  return (await fetch(`http://127.0.0.1:${port}${SIGNALING_PATH}`, { method: 'POST', body })).status;
}
afterEach(() => server.stop());

const leaving = { peerId: '01890000-0000-7000-8000-000000000001', secret: 's' };
it('that names a peer and its secret gives the place up', async () => {
  expect(await post(JSON.stringify(leaving))).toBe(204);
  expect(leave.mock.calls).toEqual([[leaving]]);
});

it.each([
  ['is cut off', '{"peerId":'],
  ['names nobody', '{}'],
  ['is too large', JSON.stringify({ ...leaving, more: 'x'.repeat(1_024) })],
])('that %s is answered the same, and gives nothing up', async (_, body) => {
  expect(await post(body)).toBe(204);
  expect(leave).not.toHaveBeenCalled();
});

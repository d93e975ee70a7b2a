import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest } from './fleet-under-test.ts';

let fleet: FleetUnderTest;
beforeAll(async () => {
  fleet = new FleetUnderTest('--lan', '--host', 'localhost', '--host', 'maru.example');
  await fleet.startServer();
});
afterAll(() => fleet.stop());

/** Trusts nothing but the fleet's CA. */
async function ask(path: string, body?: object): Promise<{ response: IncomingMessage; bytes: Buffer }> {
  const ca = readFileSync(fleet.ready.caCertificatePath);
  const call = request(new URL(path, fleet.ready.fleetUrl), {
    ca,
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json' },
  });
  call.end(body && JSON.stringify(body));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { response, bytes: await buffer(response) };
}

test('the office is served over TLS by a certificate that names its hosts', async () => {
  expect(fleet.ready.fleetUrl).toMatch(/^https:\/\/localhost:/);
  const { response, bytes } = await ask('/healthz');
  expect(JSON.parse(bytes.toString())).toEqual({ status: 'ok' });
  expect(response.headers['strict-transport-security']).toContain('max-age');
});

test("the session's cookie is bound to the host", async () => {
  const { userName, oneTimePassword } = fleet.ready.firstAdmin!;
  const { response } = await ask('/api/v1/sessions', { userName, password: oneTimePassword });
  expect(response.headers['set-cookie']![0]).toMatch(
    /^__Host-maru-session=.*Path=\/; HttpOnly; Secure; SameSite=Strict/,
  );
});

test('a phone fetches the CA, the same that signed', async () => {
  const { response, bytes } = await ask('/ca.crt');
  expect(response.headers['content-type']).toBe('application/x-x509-ca-cert');
  const pem = readFileSync(fleet.ready.caCertificatePath, 'utf8').replace(/-----.*-----|\s/g, '');
  expect(bytes.toString('base64')).toBe(pem);
});

// A media node's certificate is a machine's, not IT's: what it registers must not run in the origin of the console.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest, SIGNALING_URL } from '../fleet-under-test.ts';

let fleet: FleetUnderTest;
beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
});
afterAll(() => fleet.stop());

const joinPage = async () => {
  const { status, body, headers } = await fleet.api('GET', '/join');
  expect(status).toBe(200);
  return { html: String(body), policy: headers.get('content-security-policy') };
};

test('an address with a script in it is refused at registration, and guests get the page as it was', async () => {
  const before = await joinPage();
  expect(before.html).toContain(`content="${SIGNALING_URL}"`);
  const evil = ['ws://127.0.0.1:9/"></script><script>alert(document.domain)</script>', 'ws://a;sandbox:1/signaling'];
  for (const [index, signalingUrl] of evil.entries()) {
    await fleet.register({ signalingUrl });
    await expect.poll(() => fleet.log.split('payload on registration').length - 1).toBeGreaterThan(index);
    expect(await joinPage()).toEqual(before);
  }
});

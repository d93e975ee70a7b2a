import { expect, it } from 'vitest';
import { SignalingUrl } from './node-link.ts';

it.each([
  'ws://127.0.0.1:7403/signaling',
  'wss://maru.example.com:7403/signaling',
  'wss://Media-1.maru.example:443/signaling',
  'ws://localhost:7403/signaling',
  'wss://media_node:7403/signaling',
  'wss://[2001:db8::7]:7403/signaling',
  'wss://xn--ob0bj71b.example:7403/signaling',
])('%s is an address of signalling', (url) => expect(SignalingUrl.parse(url)).toBe(url));

it.each([
  'ws://127.0.0.1:9/"></script><script>alert(document.domain)</script>',
  'ws://127.0.0.1:9/signaling"><script>alert(1)</script>',
  "ws://127.0.0.1:9/signaling'",
  'ws://127.0.0.1:9/signaling?x="><img src=x onerror=alert(1)>',
  'ws://127.0.0.1:9/signaling#"><script>',
  'ws://127.0.0.1:9/signaling\n',
  ' ws://127.0.0.1:9/signaling',
  // a semicolon begins another directive of the Content-Security-Policy
  'ws://a;sandbox:7403/signaling',
  'ws://a,b:7403/signaling',
  "ws://'unsafe-inline':7403/signaling",
  'ws://*:7403/signaling',
  'ws://user:secret@host:7403/signaling',
  'ws://host/signaling',
  'ws://host:7403/',
  'ws://host:99999/signaling',
  'ws://host:7403/signaling/..',
  'ws://[::1:7403/signaling',
  'ws://[:::::]:7403/signaling',
  'http://host:7403/signaling',
  'javascript:alert(1)',
  'ws://회의.example:7403/signaling',
  `ws://${'a'.repeat(300)}:7403/signaling`,
  '',
])('%j is none', (url) => expect(SignalingUrl.safeParse(url).success).toBe(false));

it('is looked at in no time, however long it is', () => {
  const startedAt = performance.now();
  expect(SignalingUrl.safeParse(`ws://${'a-'.repeat(60_000)}`).success).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(200);
});

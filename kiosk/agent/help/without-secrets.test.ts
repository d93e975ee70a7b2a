import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.ts';

const SECRET = 'Zk3vQ9x_correct-7301';

describe('text of logs', () => {
  it.each([
    ['a JWT', 'grant eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl used', /eyJ/],
    ['a bearer', `authorization header Bearer ${SECRET}`, /Zk3v/],
    ['a field of JSON', `{"password":"${SECRET}","user":"a"}`, /Zk3v/],
    ['a field with a quote in it', `{"secret":"a\\"${SECRET}"}`, /Zk3v/],
    ['an option', `--token=${SECRET} --port=1`, /Zk3v/],
    ['an address with a password', `https://room:${SECRET}@calendar.example.org/a.ics`, /Zk3v/],
    ['the fragment of a code', `http://10.0.0.1/control#code=ABCD2345`, /ABCD/],
    ['a key of a page', `left ${'k3y-'.repeat(11)}`, /k3y/],
    ['a private key', `-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----`, /MIGH/],
    ['one that was cut off', `-----BEGIN EC PRIVATE KEY-----\nMIGH`, /MIGH/],
    ['an API token', `maru_${'a1'.repeat(20)}`, /a1a1/],
  ])('loses %s', (_, text, secret) => {
    expect(text).toMatch(secret);
    expect(withoutSecrets(text)).not.toMatch(secret);
  });

  it.each([
    'room 019a2b3c-4d5e-7f00-8123-456789abcdef is in a call',
    'MQTT connected to mqtts://fleet.example.org:8883',
    'the certificate could not be renewed, trying again later',
    '/opt/maru/current/node_modules/.bin/node dist/kiosk-agent-main.js --screen-port=7420',
    '{"level":30,"msg":"room presence","online":true}',
  ])('keeps %s', (text) => expect(withoutSecrets(text)).toBe(text));
});

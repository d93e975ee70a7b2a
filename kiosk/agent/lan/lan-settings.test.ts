import { expect, test } from 'vitest';
import { LanSettings } from './lan-settings.ts';

test('a setting is a name, not an address of a page', () => {
  const files = { certFile: 'c', keyFile: 'k' };
  expect(LanSettings.parse({ host: 'Room-A.Office.example', ...files })).toMatchObject({
    host: 'room-a.office.example',
    port: 7430,
  });
  for (const host of ['https://room-a', 'room-a:7430', 'room a', '', '-a', 'a/b'])
    expect(LanSettings.safeParse({ host, ...files }).success, host).toBe(false);
  expect(LanSettings.safeParse({ host: 'a', ...files, ports: 1 }).success).toBe(false);
});

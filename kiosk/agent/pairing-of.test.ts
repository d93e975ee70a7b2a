import { expect, test } from 'vitest';
import { pairingOf } from './pairing-of.ts';

const [controllerUrl, lanUrl] = ['https://maru.example/control', 'https://room-a.example:7430/control'];
const code = 'K7PW3MXD';

test.each([
  ['the fleet is there', true, controllerUrl, lanUrl, `${controllerUrl}#code=${code}`, 'https://maru.example/share'],
  ['it is gone, and the kiosk serves', false, controllerUrl, lanUrl, `${lanUrl}#code=${code}`, null],
  ['it is gone, and the kiosk serves nothing', false, controllerUrl, null, null, null],
  ['it was never heard', true, null, lanUrl, null, null],
])('where phones and laptops are sent when %s', (_when, fleetOnline, fleetUrl, ownUrl, url, shareUrl) => {
  const pairing = pairingOf({ code, fleetOnline, controllerUrl: fleetUrl, lanUrl: ownUrl });
  expect(pairing).toEqual(url === null ? null : { code, url, shareUrl });
});

import { describe, expect, it } from 'vitest';
import { fleetArguments, kioskArguments, parseDemonstrationOptions } from './options.ts';

const paths = { dataDir: '/state/kiosk', claimFile: null };

describe('the options of a start', () => {
  it('by default listen on this machine alone, with a window, Electron before Chromium, where there is a display', () => {
    const options = parseDemonstrationOptions([]);
    expect(fleetArguments(options, '/state/fleet')).toEqual(['--data-dir', '/state/fleet', '--demonstration']);
    const args = ['--data-dir', '/state/kiosk', '--shell', 'auto'];
    expect(kioskArguments(options, paths, { DISPLAY: ':0' })).toEqual(args);
    expect(kioskArguments(options, paths, { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(args);
    expect(kioskArguments(options, paths, {})).toEqual([...args, '--headless']);
  });

  it('take free ports everywhere when nothing is to be left', () => {
    const options = parseDemonstrationOptions(['--headless', '--ephemeral', '--json']);
    expect(fleetArguments(options, '/f')).toContain('--ephemeral-ports');
    expect(kioskArguments(options, { ...paths, claimFile: '/c' }, { DISPLAY: ':0' })).toEqual([
      '--data-dir',
      '/state/kiosk',
      '--claim-file',
      '/c',
      '--screen-port',
      '0',
      '--setup-port',
      '0',
      '--shell',
      'auto',
      '--headless',
    ]);
  });

  it('pass names and certificate on for an office, and nothing of a root: the box knows it by its claim', () => {
    const args = ['--lan', '--host', 'maru.office', '--host', '10.0.0.5', '--tls-cert', 'c.pem', '--tls-key', 'k.pem'];
    const options = parseDemonstrationOptions(args);
    expect(fleetArguments(options, '/f')).toEqual(['--data-dir', '/f', '--demonstration', ...args]);
    expect(kioskArguments(options, paths, {})).toEqual(['--data-dir', '/state/kiosk', '--shell', 'auto', '--headless']);
  });

  it('name a speech engine to the fleet, and none by themselves', () => {
    const named = ['--speech-config', '/speech.json'];
    expect(fleetArguments(parseDemonstrationOptions(named), '/f')).toEqual(expect.arrayContaining(named));
    expect(fleetArguments(parseDemonstrationOptions([]), '/f')).not.toContain('--speech-config');
  });

  it('hand settings to the room’s kiosk', () => {
    expect(parseDemonstrationOptions(['--kiosk-settings', '/s.json']).kioskSettingsFile).toBe('/s.json');
    expect(parseDemonstrationOptions([]).kioskSettingsFile).toBeNull();
  });

  it.each([
    ['an unknown option', ['--hedless'], /Unknown option '--hedless'/],
    ['half a certificate', ['--lan', '--tls-cert', 'c.pem'], /go together/],
    ['a name without a network', ['--host', 'maru.office'], /need --lan/],
  ])('refuse %s in words', (_what, args, words) => {
    expect(() => parseDemonstrationOptions(args)).toThrow(words);
  });
});

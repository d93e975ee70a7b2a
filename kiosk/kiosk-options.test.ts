import { describe, expect, it } from 'vitest';
import { parseAgentOptions as parseAgent } from './agent/agent-options.ts';
import { parseKioskOptions } from './kiosk-options.ts';
import { parseShellOptions as parseShell } from './shell/shell-options.ts';

const onTv = { WAYLAND_DISPLAY: 'wayland-1' };
const shellArgs = ['--url=http://127.0.0.1:7420/', '--profile-dir=/p', '--shell-dir=/s'];

describe('the command line of a kiosk', () => {
  it('is read into options', () => {
    expect(parseKioskOptions(['--claim-file', 'c.json', '--shell', 'chromium', '--screen-port', '0'], onTv)).toEqual({
      dataDir: '.maru/kiosk',
      claimFile: 'c.json',
      screenPort: 0,
      setupPort: 7421,
      shell: 'chromium',
      headless: false,
      fakeMedia: false,
    });
    expect(parseAgent(['--data-dir=/d'])).toMatchObject({ shellDir: '/d/shell', claimFile: null, screenPort: 7420 });
    expect(parseShell(shellArgs, { DISPLAY: ':0' })).toMatchObject({ shell: 'auto', shellDir: '/s' });
  });

  it.each([
    [
      'a shell that there is not',
      () => parseKioskOptions(['--shell', 'firefox'], onTv),
      /electron, chromium, auto or none/,
    ],
    [
      'a port that is none',
      () => parseKioskOptions(['--screen-port', '74x0'], onTv),
      /--screen-port is a whole number/,
    ],
    [
      'a port that is too high',
      () => parseKioskOptions(['--screen-port', '65536'], onTv),
      /from 0 to 65535, not "65536"/,
    ],
    [
      'an option with a letter too few',
      () => parseKioskOptions(['--claim-fil', 'F'], onTv),
      /Unknown option '--claim-fil'/,
    ],
    ['a port of the agent', () => parseAgent(['--screen-port=-1']), /--screen-port/],
    ['a shell without a page', () => parseShell([], onTv), /--url, --profile-dir and --shell-dir are needed/],
    ['a page that is no address', () => parseShell(['--url=tv', ...shellArgs.slice(1)], onTv), /not "tv"/],
    [
      'Electron without a window',
      () => parseShell([...shellArgs, '--shell=electron', '--headless'], {}),
      /Electron has no mode without a window/,
    ],
  ])('refuses %s in words', (_, parse, words) => expect(parse).toThrow(words));

  it.each([
    ['kiosk', parseKioskOptions, []],
    ['shell', parseShell, shellArgs],
  ])('says what to do without a display: %s', (_, parse, args) => {
    for (const env of [{}, { DISPLAY: '' }]) expect(() => parse(args, env)).toThrow(/There is no display.*--headless/s);
    expect(parse([...args, '--headless'], {}).headless).toBe(true);
  });

  it('needs no display where there is no window', () => {
    expect(parseKioskOptions(['--shell', 'none'], {}).shell).toBe('none');
  });
});

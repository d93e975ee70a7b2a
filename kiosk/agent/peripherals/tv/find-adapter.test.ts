import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAdapter } from './find-adapter.ts';
import { FAKE_CEC_CTL, FakeTools } from './testing/fake-tools.ts';

const silent = { onKeyPressed: () => {}, onPower: () => {}, onActiveSource: () => {}, onGone: () => {} };
let tools: FakeTools;
beforeEach(() => {
  tools = new FakeTools();
});
afterEach(() => tools.remove());

const find = (wanted: string, nodes: string[], cecCtl = FAKE_CEC_CTL) =>
  findAdapter({ wanted, logger: pino({ level: 'silent' }), cecCtl, nodes: () => nodes });

/** What the tool was run with for it. */
async function started(found: Awaited<ReturnType<typeof find>>): Promise<string | undefined> {
  await found?.start(silent).catch(() => {});
  await found?.stop();
  return tools.calls.filter((call) => call.includes('--playback')).at(-1);
}

describe('an adapter', () => {
  it('is the one that a TV is plugged in to, not an input of the box, nor a socket without a cable', async () => {
    tools.set('info-cec0', 'tv-side');
    tools.set('info-cec1', 'not-connected-info');
    tools.set('info-cec2', 'unconfigured');
    expect(await started(await find('auto', ['/dev/cec0', '/dev/cec1', '/dev/cec2']))).toContain('-d /dev/cec2 ');
  });

  it('may be the only one, whose TV is not there yet', async () => {
    tools.set('info-cec0', 'not-connected-info');
    expect(await started(await find('auto', ['/dev/cec0']))).toContain('-d /dev/cec0 ');
    tools.set('info-cec1', 'not-connected-info');
    expect(await find('auto', ['/dev/cec0', '/dev/cec1'])).toBeNull();
  });

  it('is the one in the TV’s cable, where none has a TV plugged in: that is told its place', async () => {
    tools.set('info-cec0', 'not-connected-info');
    tools.set('info-cec1', 'usb-new');
    expect(await started(await find('auto', ['/dev/cec0', '/dev/cec1']))).toContain('-d /dev/cec1 ');
    tools.set('info-cec0', 'unconfigured');
    expect(await started(await find('auto', ['/dev/cec0', '/dev/cec1']))).toContain('-d /dev/cec0 ');
  });

  it('is the one that the settings name', async () => {
    expect(await started(await find('/dev/cec7', []))).toContain('-d /dev/cec7 ');
    expect(await find('none', ['/dev/cec0'])).toBeNull();
  });

  it('is none without cec-ctl', async () => {
    expect(await find('auto', ['/dev/cec0'], '/nowhere/cec-ctl')).toBeNull();
  });

  it.each(['hangs', 'dies', 'garbage'])('is none where the tool is bad: %s', { timeout: 20_000 }, async (mode) => {
    tools.set('mode', mode);
    expect(await find('auto', ['/dev/cec0'])).toBeNull();
  });
});

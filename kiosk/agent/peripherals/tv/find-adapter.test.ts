import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findAdapter } from './find-adapter.ts';
import { FAKE_CEC_CLIENT, FAKE_CEC_CTL, FakeTools } from './testing/fake-tools.ts';

const silent = { onKeyPressed: () => {}, onPower: () => {}, onActiveSource: () => {}, onGone: () => {} };
let tools: FakeTools;
beforeEach(() => {
  tools = new FakeTools();
});
afterEach(() => tools.remove());

const find = (wanted: string, nodes: string[], { cecCtl = FAKE_CEC_CTL, cecClient = '/nowhere/cec-client' } = {}) =>
  findAdapter({ wanted, logger: pino({ level: 'silent' }), cecCtl, cecClient, nodes: () => nodes });

/** Which tool it was started with, on what. */
async function started(found: Awaited<ReturnType<typeof find>>): Promise<string | undefined> {
  await found?.start(silent).catch(() => {});
  await found?.stop();
  return tools.calls.filter((call) => call.includes('--playback') || call.startsWith('-t p')).at(-1);
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

  it('is the one that the settings name, by its kind of tool', async () => {
    expect(await started(await find('/dev/cec7', []))).toContain('-d /dev/cec7 ');
    expect(await started(await find('/dev/ttyACM0', [], { cecClient: FAKE_CEC_CLIENT }))).toContain('/dev/ttyACM0');
    expect(await find('none', ['/dev/cec0'])).toBeNull();
  });

  it('is libcec’s where cec-ctl is not there', async () => {
    const tool = { cecCtl: '/nowhere/cec-ctl', cecClient: FAKE_CEC_CLIENT };
    expect(await started(await find('auto', ['/dev/cec0'], tool))).toBe('-t p -o Maru -d 15 Linux');
    tools.set('list', 'list-none');
    expect(await find('auto', [], tool)).toBeNull();
  });

  it('is not libcec’s way to a kernel’s adapter that is no good', async () => {
    tools.set('info-cec0', 'tv-side');
    expect(await find('auto', ['/dev/cec0'], { cecClient: FAKE_CEC_CLIENT })).toBeNull();
  });

  it.each(['hangs', 'dies', 'garbage'])('is none where the tools are bad: %s', { timeout: 20_000 }, async (mode) => {
    tools.set('mode', mode);
    expect(await find('auto', ['/dev/cec0'])).toBeNull();
  });
});

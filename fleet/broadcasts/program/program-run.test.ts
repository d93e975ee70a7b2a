/** What the fleet server learns of a program, and when its page is replaced, with a browser that sends what the test wants. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import type { FromProgram } from '#contract/program-link.ts';
import type { FromProgramPage, ToProgramPage } from '#contract/program-page.ts';
import type { ProgramBrowser } from './program-browser.ts';
import { ProgramRun } from './program-run.ts';

const CALL = { callId: 'call', peerId: 'peer' };
const GRANT = { callId: CALL.callId } as CallGrant;

class ScriptedBrowser {
  readonly sent: ToProgramPage[] = [];
  readonly gone = new Promise<string>(() => {});
  isOver = false;
  onMessage: (message: FromProgramPage) => void = () => {};
  send(message: ToProgramPage): void {
    this.sent.push(message);
  }
  async end(): Promise<void> {
    this.isOver = true;
  }
}

let browsers: ScriptedBrowser[];
let sent: FromProgram[];
let run: ProgramRun;
let frames: number;
let loadPerCore: number;
beforeEach(async () => {
  vi.useFakeTimers();
  [browsers, sent, frames, loadPerCore] = [[], [], 0, 1];
  run = new ProgramRun({
    broadcastId: 'broadcast',
    height: 720,
    picturesPerSecond: 30,
    show: { card: null } as never,
    grant: GRANT,
    openBrowser: async () => {
      const browser = new ScriptedBrowser();
      browsers.push(browser);
      return browser as unknown as ProgramBrowser;
    },
    send: (message) => sent.push(message),
    loadPerCore: () => loadPerCore,
    log: () => {},
  });
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(async () => {
  await run.end();
  vi.useRealTimers();
});

/** Four reports a second. */
async function reports(forMs: number, call: typeof CALL | null): Promise<void> {
  for (let atMs = 0; atMs < forMs; atMs += 250) {
    await vi.advanceTimersByTimeAsync(250);
    if (call !== null) frames += 8;
    const counts = { framesCaptured: frames, framesEncoded: frames, keyFrames: 0 };
    browsers.at(-1)!.onMessage({ name: 'report', ...counts, call });
  }
}
const names = (): string[] => sent.map(({ name }) => name);

it('sends nothing while its way to the node is closed, and the fleet server knows both', async () => {
  await reports(6_000, CALL);
  expect(names()).toEqual(['publishing']);
  // as a media worker that ended: the page finds another by itself
  await reports(3_000, null);
  expect(names()).toEqual(['publishing', 'lost']);
  await reports(1_000, CALL);
  expect(names()).toEqual(['publishing', 'lost', 'publishing']);
  expect(browsers).toHaveLength(1);
});

it('is replaced where its way stays closed, and not while it waits for a grant', async () => {
  await reports(6_000, CALL);
  await reports(15_000, null);
  expect(browsers.map(({ isOver }) => isOver)).toEqual([true, false]);
  run.giveGrant(GRANT);
  await reports(6_000, CALL);
  browsers[1]!.onMessage({ name: 'grant-wanted', endedCallId: CALL.callId });
  await reports(60_000, null);
  expect(browsers).toHaveLength(2);
});

it('is given more time where the page before it was found bad a moment ago', async () => {
  const silence = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  await reports(6_000, CALL);
  await silence(1_200);
  expect(browsers).toHaveLength(2);
  run.giveGrant(GRANT);
  await reports(6_000, CALL);
  await silence(1_500);
  expect(browsers).toHaveLength(2);
  await silence(700);
  expect(browsers).toHaveLength(3);
});

it('is given more time while the machine is busy', async () => {
  await reports(6_000, CALL);
  loadPerCore = 9;
  await vi.advanceTimersByTimeAsync(2_800);
  expect(browsers).toHaveLength(1);
  loadPerCore = 1;
  await vi.advanceTimersByTimeAsync(200);
  expect(browsers).toHaveLength(2);
});

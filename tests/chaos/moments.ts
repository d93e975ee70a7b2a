/** What goes on while a fault strikes, begun just before it; each must have come to its good end afterwards all the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Layout } from '#contract/room-state.ts';
import { eventually } from '../simulators/eventually.ts';
import { screenNumberOf } from '../e2e/personas/persona.ts';
import type { Guest } from '../e2e/personas/roles.ts';
import { BO, type CallUnderFault, MINA, type Pair } from './call-under-fault.ts';

export const ARI = { name: 'Ari', number: 4 } as const;

export type Moment = {
  name: string;
  /** the fault strikes within this long of its beginning */
  lastsMs: number;
  /** who stands at the door: their page is opened before anything is measured, on what would be a machine of their own */
  arrives?: (call: CallUnderFault) => Promise<Guest>;
  begin: (call: CallUnderFault, arrived: Guest | null) => Promise<Begun>;
  /** what it adds by itself to the time that a picture may stand still */
  ownGapMs: (pair: Pair) => number;
  /** and to the time until all is right */
  ownMs: number;
};
export type Begun = {
  /** fulfilled once it came to its good end */
  settled: (timeoutMs: number) => Promise<void>;
  /** back to what was before */
  undo: () => Promise<void>;
};

const BRIEF_CUT_MS = 2_000;
/** Who reads a page and types a name takes longer. */
const SETTLED_AFTER_MS = 1_500;
const done = async () => {};

export const quiet: Moment = {
  name: 'quiet',
  lastsMs: 500,
  begin: async () => ({ settled: done, undo: done }),
  ownGapMs: () => 0,
  ownMs: 0,
};

export const moments: Moment[] = [
  {
    name: 'join',
    lastsMs: 1_200,
    async arrives({ scene }) {
      const ari = await scene.guest(ARI.number);
      await ari.page.getByRole('textbox', { name: 'Your name' }).waitFor();
      await sleep(SETTLED_AFTER_MS);
      return ari;
    },
    async begin({ tv }, arrived) {
      const ari = arrived!;
      await ari.join(ARI.name);
      return {
        settled: async (timeoutMs) => {
          await ari.expectInCall(timeoutMs);
          await tv.expectToSee(ARI.name, ARI.number, timeoutMs);
          await ari.expectSamePage();
        },
        undo: async () => {
          await ari.button('Leave').click();
          await tv.page.getByRole('figure', { name: ARI.name, exact: true }).waitFor({ state: 'detached' });
          await ari.close();
        },
      };
    },
    ownGapMs: () => 0,
    ownMs: 0,
  },
  {
    name: 'switch',
    lastsMs: 250,
    async begin({ phone, tv }) {
      const before = phone.state!.layout as Layout;
      const wanted: Layout = before === 'grid' ? 'speaker' : 'grid';
      // refused while the room does not answer, as a phone would be told: then it is asked again
      const ask = (layout: Layout) => phone.command({ name: 'set-layout', layout });
      const first = ask(wanted).catch(() => {});
      return {
        settled: async (timeoutMs) => {
          await first;
          if (phone.state?.layout !== wanted)
            await eventually(
              'the layout is taken',
              async () =>
                ask(wanted).then(
                  () => true,
                  () => false,
                ),
              Boolean,
              { timeoutMs, everyMs: 250 },
            );
          await phone.until(({ layout }) => layout === wanted, timeoutMs);
          await tv.expectToSee(MINA.name, MINA.number, timeoutMs);
        },
        undo: async () => {
          await ask(before);
          await phone.until(({ layout }) => layout === before);
        },
      };
    },
    // a picture that was small is asked for larger: a key frame's wait
    ownGapMs: () => 500,
    ownMs: 500,
  },
  {
    name: 'share',
    lastsMs: 1_000,
    async begin({ mina, tv }) {
      await mina.shareScreen();
      const screen = tv.page.getByRole('group', { name: new RegExp(MINA.name) });
      return {
        settled: async (timeoutMs) => {
          await screen.waitFor({ timeout: timeoutMs });
          await eventually(
            'the shared screen on the TV',
            () => screen.locator('video').evaluate((video) => window.maruSenses.see(video as HTMLVideoElement)),
            (seen) => seen?.number === screenNumberOf(MINA.number),
            { timeoutMs },
          );
        },
        undo: async () => {
          await mina.button('Stop sharing').click();
          await screen.waitFor({ state: 'detached' });
        },
      };
    },
    ownGapMs: () => 500,
    ownMs: 500,
  },
  {
    name: 'reconnect',
    lastsMs: BRIEF_CUT_MS + 500,
    async begin({ network }) {
      network.cut({ resetStreams: true });
      const restored = sleep(BRIEF_CUT_MS).then(() => network.restore());
      return { settled: () => restored, undo: done };
    },
    ownGapMs: ({ viewer, seen }) => (viewer === BO.name || seen === BO.name ? BRIEF_CUT_MS + 3_000 : 0),
    ownMs: BRIEF_CUT_MS + 3_000,
  },
];

// @vitest-environment happy-dom
/** The transcript on a room's phone: turned on and off for everybody, captions for this TV, and nothing where it is not possible. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomTranscript } from '#contract/room-transcript.ts';
import { type CallTranscript, NO_TRANSCRIPT } from '#contract/transcript.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import en from '#ui/words/en/transcript.ts';
import ko from '#ui/words/ko/transcript.ts';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import type { RemoteView } from './projection.ts';
import { TranscriptCard } from './transcript-card.tsx';
import { ShownRoomLink } from './use-room.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [CALL, ROOM_PEER] = [id(1), id(2)];
const possible: CallTranscript = { ...NO_TRANSCRIPT, isPossible: true };
const roomTranscript = (transcript: CallTranscript, more: Partial<RoomTranscript> = {}): RoomTranscript => ({
  ...{ protocol: PROTOCOL_VERSION, roomId: id(3), epoch: 1, revision: 1, asOfMs: 1 },
  ...{ callId: CALL, transcript, captions: [], areCaptionsShown: true },
  ...more,
});
const view = (role: string) =>
  ({
    phase: { name: 'in-call', callId: CALL, peerId: ROOM_PEER, participants: [{ peerId: ROOM_PEER, role }] },
  }) as unknown as Extract<RemoteView, { screen: 'in-call' }>;

let page: PageUnderTest;
const asked: RoomCommand[] = [];
beforeEach(() => {
  asked.length = 0;
  page = new PageUnderTest({ transcript: { en, ko } });
});
afterEach(() => page.end());

async function draw(transcript: RoomTranscript | undefined, role = 'co-host'): Promise<void> {
  const snapshot = { projections: { transcript } } as LinkSnapshot;
  const link = { getSnapshot: () => snapshot, subscribe: () => () => {} } as unknown as RoomLink;
  const asking = { ask: (command: RoomCommand) => void asked.push(command), pending: () => null };
  await page.show(
    <ShownRoomLink value={link}>
      <TranscriptCard view={view(role)} asking={asking} />
    </ShownRoomLink>,
  );
}
const flick = (number: number) =>
  act(async () => document.querySelectorAll<HTMLElement>('[role=switch]').item(number).click());

it('is turned on in a language, and then captions are turned off on this TV', async () => {
  await draw(roomTranscript(possible));
  await page.press('English');
  await flick(0);
  page.end();
  await draw(roomTranscript({ ...possible, isOn: true }));
  await flick(1);
  await flick(0);
  expect(asked).toEqual([
    { name: 'set-transcript', isOn: true, language: 'en' },
    { name: 'show-captions', isOn: false },
    { name: 'set-transcript', isOn: false, language: 'ko' },
  ]);
});

it('of a room that leads nothing has the captions alone', async () => {
  await draw(roomTranscript({ ...possible, isOn: true }), 'member');
  expect([page.text.includes(en.onTv), page.text.includes(en.switch)]).toEqual([true, false]);
});

it('is not there where it is not possible, of another call, or of a room of before', async () => {
  for (const transcript of [
    roomTranscript(NO_TRANSCRIPT),
    roomTranscript({ ...possible, isOn: true }, { callId: id(9) }),
    undefined,
  ]) {
    await draw(transcript);
    expect(page.text).toBe('');
    page.end();
  }
  await draw(roomTranscript(possible), 'member');
  expect(page.text).toBe('');
});

/** The form of a meeting whose title and time are a room's calendar's: whatever these are, the rest of it is saved. */
import { expect, test } from 'vitest';
import { MeetingDraft } from '#contract/http/meetings-api.ts';
import { draftOfForm, formOf, problemsOf } from './meeting-form.ts';
import { detailOf } from './staff-under-test.tsx';

const DAY_MS = 86_400_000;
const longest = '분기 계획과 예산을 함께 검토하는 회의 '.repeat(6).slice(0, 80) + 'x'.repeat(40);

test.each(['x'.repeat(120), longest, 'Plan'])(
  'of a calendar, a title such as %j and three days keep nobody from changing agenda and people',
  (title) => {
    const [startsAtMs, endsAtMs] = [Date.now(), Date.now() + 3 * DAY_MS];
    const meeting = detailOf(1, { title, startsAtMs, endsAtMs, isOfCalendar: true });
    const form = formOf(meeting, Date.now());
    expect([...problemsOf(form)]).toEqual([]);
    expect(MeetingDraft.safeParse(draftOfForm(form)).error).toBeUndefined();
  },
);

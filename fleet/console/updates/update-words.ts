/** Why a room waits, what it does, and what went wrong, in words. What a newer server reports is shown as unknown. */
import { useTranslation } from 'react-i18next';
import type { RolloutRoom } from '#contract/rollout.ts';
import type { FailedUpdate, RoomUpdate } from '#contract/room-update.ts';
import { clockTime, dateAndTime } from '#ui/words/format.ts';
import en from '#ui/words/en/updates.ts';
import ko from '#ui/words/ko/updates.ts';
import { addWords, currentLanguage } from '#ui/words/words.ts';

addWords({ updates: { en, ko } });

type WhatAndTodo = { what: string; todo: string };
type Stepping = Pick<RoomUpdate, 'step' | 'waitsFor'> & {
  percent: number | null;
  notNowUntilMs?: number | null | undefined;
  nextWindowMs: number | null;
  timeZone?: string | null | undefined;
};

export function useUpdateWords() {
  const { t } = useTranslation('updates');
  const language = currentLanguage();

  /** "Its hours begin at 01:00 (Seoul)", with the day where it is another one. */
  const hours = (atMs: number, timeZone: string | null | undefined): string => {
    const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    const dayOf = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: knownZone(zone) }).format(ms);
    const isSoon = dayOf(atMs) === dayOf(Date.now());
    return t('why.hours', {
      time: isSoon ? clockTime(atMs, language, zone) : dayAndTime(atMs, knownZone(zone)),
      place: zoneName(zone),
    });
  };
  const dayAndTime = (atMs: number, timeZone: string | undefined): string =>
    new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
      ...{ weekday: 'short', day: 'numeric', month: 'short' },
      ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone },
    }).format(atMs);
  const time = (atMs: number): string =>
    new Date(atMs).toDateString() === new Date().toDateString()
      ? clockTime(atMs, language)
      : dateAndTime(atMs, language);

  const step = ({ step: at, waitsFor, percent, notNowUntilMs, nextWindowMs, timeZone }: Stepping): string => {
    if (waitsFor === 'not-now' && typeof notNowUntilMs === 'number')
      return t('why.waits.notNowUntil', { time: time(notNowUntilMs) });
    if (waitsFor === 'hours' && nextWindowMs !== null) return hours(nextWindowMs, timeZone);
    if (waitsFor !== null) return t(`why.waits.${waitsFor}`);
    return at === 'fetch' && percent !== null
      ? t('why.step.fetchPercent', { percent: Math.floor(percent) })
      : t(`why.step.${at}`);
  };
  const failed = ({ failure, refusal, check }: FailedUpdate): WhatAndTodo => {
    const base = {
      what: t(`failure.${failure}.what`, { check: t(`check.${check ?? 'unknown'}`) }),
      todo: t(`failure.${failure}.todo`),
    };
    return failure !== 'refused' || refusal === null
      ? base
      : { what: t(`refusal.${refusal}.what`), todo: `${t(`refusal.${refusal}.todo`)} ${base.todo}` };
  };
  /** @param hasBegun the room's ring */
  const room = (of: RolloutRoom, hasBegun: boolean): WhatAndTodo => {
    const since = { time: time(of.sinceMs) };
    switch (of.state) {
      case 'updated':
        return { what: t('why.updated', { version: of.runningVersion ?? '', ...since }), todo: '' };
      case 'offline':
        return { what: t('why.offline', since), todo: '' };
      case 'failed':
        return of.failed === null ? { what: t('room.state.failed'), todo: '' } : failed(of.failed);
      case 'silent':
        return { what: t('why.silent', since), todo: t('why.silentTodo') };
      case 'left-out':
        return { what: t('why.left-out'), todo: '' };
      case 'under-way':
        return { what: step({ ...of, percent: of.progressPercent }), todo: of.isUrgent ? t('why.urgent') : '' };
      case 'waiting': {
        const waits = of.waitsFor !== null && of.waitsFor !== 'go' ? step({ ...of, percent: null }) : null;
        const window = of.nextWindowMs === null ? t('why.hoursOpen') : hours(of.nextWindowMs, of.timeZone);
        return { what: hasBegun ? (waits ?? window) : t('why.ringNotBegun'), todo: of.isUrgent ? t('why.urgent') : '' };
      }
    }
  };
  return { time, step, failed, room };
}

/** Asia/Seoul -> Seoul, as people call it; a zone without a city as it is. */
const zoneName = (zone: string): string => zone.split('/').at(-1)!.replaceAll('_', ' ');

function knownZone(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

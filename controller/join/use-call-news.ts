/** Changes of the roster, hands, polls, the lock, broadcast, recording and transcript, and mutes by others, as short news. null: not in yet. */
import { useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallState } from '#call/call-state.ts';
import { cutText } from '#contract/shown-text.ts';
import { hasPicture } from '#stage/people.ts';
import type { AirNews } from '#ui/broadcast/air.ts';
import { useAirNews } from '#ui/broadcast/use-air-news.ts';
import { type TranscriptNews, useTranscriptNews } from '#ui/captions/use-transcript-news.ts';
import { useToasts } from '#ui/toast.tsx';

/** its poll stands below it */
const SHORT = { units: 40, bytes: 120 };
/** Many at once are a crowd, not news. */
const AT_ONCE = 2;

export function useCallNews(call: CallState, selfPeerId: string | null) {
  const { chat, polls, participants, mutedByPeerId, keptMutedTimes, order, role } = call;
  const { t } = useTranslation('join');
  const toasts = useToasts();
  const { add } = toasts;
  const before = useRef<ReadonlyMap<string, string> | null>(null);
  useEffect(() => {
    if (selfPeerId === null) return;
    const now = new Map(participants.filter(hasPicture).map(({ peerId, displayName }) => [peerId, displayName]));
    const known = before.current;
    before.current = now;
    if (known === null) return;
    const came = [...now].filter(([peerId]) => !known.has(peerId) && peerId !== selfPeerId);
    const went = [...known].filter(([peerId]) => !now.has(peerId) && peerId !== selfPeerId);
    if (came.length + went.length > AT_ONCE) return;
    for (const [, name] of came) add({ words: t('call.joined', { name }) });
    for (const [, name] of went) add({ words: t('call.left', { name }) });
  }, [participants, selfPeerId, add, t]);

  const hands = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (selfPeerId === null) return;
    const up = participants.filter(({ handRaisedAtMs }) => handRaisedAtMs !== null);
    const known = hands.current;
    hands.current = new Set(up.map(({ peerId }) => peerId));
    if (known === null) return;
    for (const { peerId, displayName } of up)
      if (!known.has(peerId) && peerId !== selfPeerId)
        add({ words: t('hand.raised', { ns: 'meeting', name: displayName }) });
  }, [participants, selfPeerId, add, t]);

  const chatBefore = useRef<number | null>(null);
  useEffect(() => {
    if (selfPeerId === null) return;
    const known = chatBefore.current;
    chatBefore.current = chat.at(-1)?.number ?? -1;
    if (known === null) return;
    for (const { number, peerId, displayName, mentions = [] } of chat)
      if (number > known && peerId !== selfPeerId && mentions.some((each) => each.peerId === selfPeerId))
        add({ words: t('chat.mentionedBy', { ns: 'meeting', name: displayName }) });
  }, [chat, selfPeerId, add, t]);

  const pollsBefore = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (selfPeerId === null) return;
    const known = pollsBefore.current;
    pollsBefore.current = new Set(polls.map(({ pollId }) => pollId));
    if (known === null) return;
    for (const { pollId, question, result } of polls)
      if (!known.has(pollId) && result === null)
        add({ words: t('news', { ns: 'polls', question: cutText(question, SHORT) }), isOnPage: true });
  }, [polls, selfPeerId, add, t]);

  const wasLocked = useRef(false);
  useEffect(() => {
    const isNews = order.isLocked && !wasLocked.current && selfPeerId !== null;
    wasLocked.current = order.isLocked;
    if (isNews) add({ words: t('order.locked', { ns: 'meeting' }) });
  }, [order.isLocked, selfPeerId, add, t]);

  const roleBefore = useRef(role);
  useEffect(() => {
    const isNews = roleBefore.current !== null && role !== null && role !== roleBefore.current && selfPeerId !== null;
    roleBefore.current = role;
    if (isNews) add({ words: t('call.roleIs', { role: t(`role.${role}`, { ns: 'meeting' }) }) });
  }, [role, selfPeerId, add, t]);

  const tellAir = useCallback((news: AirNews) => add({ words: t(`news.${news}`, { ns: 'broadcast' }) }), [add, t]);
  useAirNews(selfPeerId === null ? null : call.air, tellAir);

  const tellTranscript = useCallback(
    (news: TranscriptNews) => add({ words: t(`news.${news}`, { ns: 'transcript' }) }),
    [add, t],
  );
  useTranscriptNews(selfPeerId === null ? null : call.transcript, tellTranscript);

  useEffect(() => {
    if (mutedByPeerId === null) return;
    const name = before.current?.get(mutedByPeerId);
    add({ words: name ? t('call.mutedBy', { name }) : t('call.mutedByHost'), tone: 'warn' });
  }, [mutedByPeerId, add, t]);
  // the button was pressed before the host's wish had arrived
  useEffect(() => {
    if (keptMutedTimes > 0) add({ words: t('call.staysMuted'), tone: 'warn' });
  }, [keptMutedTimes, add, t]);
  return toasts;
}

/** The toast for the newest of something that others do in the call: words in the chat, a raised hand. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import Hand from 'lucide-react/icons/hand';
import MessageSquare from 'lucide-react/icons/message-square';
import type { ChatMessage } from '#contract/chat.ts';
import type { Participant } from '#contract/room-state.ts';
import { type Toast, TOAST_SHOWN_MS } from '#ui/toast.tsx';

/** `order` counts up */
type Newest = { order: number; peerId: string; displayName: string };

const icons = { chat: MessageSquare, hand: Hand } as const;

/** @param selfPeerId null: not in yet. What was there before is no news */
export function useChatNews(chat: readonly ChatMessage[], selfPeerId: string | null): Toast | null {
  const last = chat.at(-1);
  return useNewestNews('chat', last === undefined ? null : { ...last, order: last.number }, selfPeerId);
}

/** @param selfPeerId null: not in yet. What was there before is no news */
export function useHandNews(participants: readonly Participant[], selfPeerId: string | null): Toast | null {
  let newest: Newest | null = null;
  for (const { handRaisedAtMs, peerId, displayName } of participants)
    if (handRaisedAtMs !== null && handRaisedAtMs > (newest?.order ?? 0))
      newest = { order: handRaisedAtMs, peerId, displayName };
  return useNewestNews('hand', newest, selfPeerId);
}

function useNewestNews(kind: keyof typeof icons, newest: Newest | null, selfPeerId: string | null): Toast | null {
  const { t } = useTranslation('screen');
  const known = useRef<number | null>(null);
  const [told, setTold] = useState<{ order: number; name: string } | null>(null);
  const { order = -1, peerId = null, displayName: name = '' } = newest ?? {};
  useEffect(() => {
    if (selfPeerId === null) return;
    const isNews = known.current !== null && order > known.current && peerId !== selfPeerId;
    known.current = Math.max(order, known.current ?? -1);
    if (isNews) setTold({ order, name });
  }, [order, peerId, name, selfPeerId]);
  useEffect(() => {
    if (told === null) return;
    const timer = setTimeout(() => setTold(null), TOAST_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [told]);
  return told === null ? null : { id: told.order, words: t(`news.${kind}`, { name: told.name }), icon: icons[kind] };
}

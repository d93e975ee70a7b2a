/** The toast that is due: room-news.ts gathers, this keeps the time. `selfPeerId` null: not in yet, there is no news. */
import { useEffect, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import LogIn from 'lucide-react/icons/log-in';
import LogOut from 'lucide-react/icons/log-out';
import type { Participant } from '#contract/room-state.ts';
import { type Toast, TOAST_SHOWN_MS } from '#ui/toast.tsx';
import { gather, next, NO_NEWS, type News } from './room-news.ts';

export function useRoomNews(participants: readonly Participant[], selfPeerId: string | null): Toast | null {
  const { t } = useTranslation('screen');
  const waiting = useRef(NO_NEWS);
  const before = useRef<readonly Participant[] | null>(null);
  const [told, setTold] = useState<(News & { id: number }) | null>(null);
  const [turn, nextTurn] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    if (selfPeerId === null) return;
    waiting.current = gather(waiting.current, before.current ?? participants, participants, selfPeerId);
    before.current = participants;
    if (told !== null) return;
    const { news, rest } = next(waiting.current);
    waiting.current = rest;
    if (news !== null) setTold({ ...news, id: turn });
  }, [participants, selfPeerId, told, turn]);

  useEffect(() => {
    if (told === null) return;
    const timer = setTimeout(() => {
      setTold(null);
      nextTurn();
    }, TOAST_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [told]);

  if (told === null) return null;
  const { kind, firstName: name, others: count, id } = told;
  const words = count === 0 ? t(`news.${kind}`, { name }) : t(`news.${kind}More`, { name, count });
  return { id, words, icon: kind === 'joined' ? LogIn : LogOut };
}

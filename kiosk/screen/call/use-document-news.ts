/** The toasts of the call's document: who presents from now on, and why it went where nobody stopped it. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import FileX from 'lucide-react/icons/file-x';
import Presentation from 'lucide-react/icons/presentation';
import type { CallState } from '#call/call-state.ts';
import { type WatchedDocument, useOfDocument } from '#stage/stage-document.ts';
import { type Toast, TOAST_SHOWN_MS } from '#ui/toast.tsx';

/** A sentence that people read while they look for what has gone. */
const WITHDRAWN_SHOWN_MS = 6_000;

type News = { kind: 'presents'; name: string } | { kind: 'withdrawn'; reason: 'outsider-in-call' | 'deleted' };

export function useDocumentNews(
  shown: WatchedDocument,
  { withdrawn }: Pick<CallState, 'withdrawn'>,
  isIn: boolean,
): Toast | null {
  const { t } = useTranslation(['stage', 'documents']);
  const presenter = useOfDocument(shown, (document) => document.presenter);
  const documentId = useOfDocument(shown, (document) => document.documentId);
  const [news, setNews] = useState<(News & { id: number }) | null>(null);
  const lastId = useRef(0);
  const known = useRef<string | null>(null);

  useEffect(() => {
    const now = isIn ? `${documentId}/${presenter?.peerId}` : null;
    const before = known.current;
    known.current = now;
    // who comes in sees it in the bar of the document
    if (before === null || before === now || presenter === null) return;
    setNews({ kind: 'presents', name: presenter.displayName, id: ++lastId.current });
  }, [isIn, documentId, presenter]);

  useEffect(() => {
    if (withdrawn !== null) setNews({ kind: 'withdrawn', reason: withdrawn.reason, id: ++lastId.current });
  }, [withdrawn]);

  useEffect(() => {
    if (news === null) return;
    const shownMs = news.kind === 'withdrawn' ? WITHDRAWN_SHOWN_MS : TOAST_SHOWN_MS;
    const timer = setTimeout(() => setNews(null), shownMs);
    return () => clearTimeout(timer);
  }, [news]);

  if (news === null) return null;
  if (news.kind === 'presents') {
    return { id: news.id, words: t('stage:document.presents', { name: news.name }), icon: Presentation };
  }
  const words = `${t(`documents:withdrawn.${news.reason}.what`)}. ${t(`documents:withdrawn.${news.reason}.meaning`)}`;
  return { id: news.id, words, icon: FileX, tone: 'warn' };
}

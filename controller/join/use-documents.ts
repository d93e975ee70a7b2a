/**
 * Documents in the guest's call: what is shown on the stage, whether this person may share and presents, and the code for both,
 * which is loaded when it is first wanted. guest-share.tsx and documents/ draw it.
 */
import { createElement, useCallback, useEffect, useMemo, useState } from 'react';
import type { CallState } from '#call/call-state.ts';
import { NoServer } from '#contract/http/answer.ts';
import type { DocumentAct, DocumentHeading } from '#contract/shared-document.ts';
import { type StageDocument, useOfDocument } from '#stage/stage-document.ts';
import { FIRST_TOOLS, type PresenterTools } from '#ui/documents/presenter-tools.ts';
import { type AsyncAction, useAsyncAction } from '#ui/use-async-action.ts';
import { useDocumentWords } from '#ui/use-document-words.ts';
import type { GuestDocuments } from './documents/guest-documents.ts';
import type { Guest } from './guest.ts';

type DocumentsCode = typeof import('./documents/documents-code.ts');
export type LoadedDocuments = { code: DocumentsCode; documents: GuestDocuments };

export type CallDocuments = {
  onStage: StageDocument;
  /** null: none is shown, or none that this person may see */
  shown: DocumentHeading | null;
  mayPresent: boolean;
  isPresenter: boolean;
  /** null: not wanted yet, or on its way */
  loaded: LoadedDocuments | null;
  act: (act: DocumentAct) => void;
  /** the last one could not be shown: somebody in the call may not see it */
  isOutsiderHere: boolean;
  asking: Pick<AsyncAction, 'problem' | 'report' | 'dismissProblem'>;
  /** what was asked and is not done yet */
  pending: DocumentAct['act'] | null;
  tools: PresenterTools;
  onTools: (tools: PresenterTools) => void;
  sheetIsOpen: boolean;
  openSheet: () => void;
  closeSheet: () => void;
  share: (file: File) => void;
};

/** Their result is waited for; all else flows. */
const AWAITED: ReadonlySet<DocumentAct['act']> = new Set(['take', 'hand-over', 'stop']);

/** @param isIn false: drawn ahead, before the call */
export function useDocuments(guest: Guest, call: CallState, selfPeerId: string, isIn: boolean): CallDocuments {
  const { permissions, documentAccess } = call;
  const mayPresent =
    isIn &&
    (permissions?.documents.includes('present') ?? false) &&
    (documentAccess?.documents.includes('present') ?? false);
  const shown = useHeading(guest);
  const isPresenter = isIn && shown?.presenter?.peerId === selfPeerId;
  const [sheetIsOpen, setSheetIsOpen] = useState(false);
  const [chosen, setChosen] = useState<File | null>(null);
  const [isOutsiderHere, setOutsiderHere] = useState(false);
  const [tools, onTools] = useState(FIRST_TOOLS);
  const asking = useAsyncAction<DocumentAct['act']>();
  const { run, report, dismissProblem, problem } = asking;

  const closeSheet = useCallback(() => {
    setSheetIsOpen(false);
    setOutsiderHere(false);
  }, []);
  const onOutsider = useCallback(() => setOutsiderHere(true), []);
  const wanted = mayPresent && (sheetIsOpen || chosen !== null || shown !== null);
  const loaded = useLoaded({ guest, wanted, onProblem: report, onShown: closeSheet, onOutsider });
  useEffect(() => {
    if (loaded === null || chosen === null) return;
    void loaded.documents.sharing.share(chosen);
    setChosen(null);
  }, [loaded, chosen]);
  const act = useCallback(
    (wantedAct: DocumentAct) => {
      dismissProblem();
      if (!AWAITED.has(wantedAct.act)) return loaded?.documents.act(wantedAct);
      void run(() => guest.call.present(wantedAct), { key: 'document', about: wantedAct.act });
    },
    [guest, loaded, run, dismissProblem],
  );

  const words = useDocumentWords();
  const { document } = guest;
  const input = isPresenter ? loaded : null;
  const onStage = useMemo<StageDocument>(
    () => ({
      shown: document.shown,
      pictures: document.pages,
      words,
      ...(input && {
        over: (painted) => createElement(input.code.PageInput, { guest, documents: input.documents, tools, painted }),
      }),
    }),
    [guest, document, words, input, tools],
  );
  return {
    onStage,
    shown,
    mayPresent,
    isPresenter,
    loaded,
    act,
    isOutsiderHere,
    asking: { problem, report, dismissProblem },
    pending: asking.pending('document'),
    tools,
    onTools,
    sheetIsOpen,
    openSheet: useCallback(() => setSheetIsOpen(true), []),
    closeSheet,
    share: useCallback(
      (file: File) => {
        dismissProblem();
        setOutsiderHere(false);
        setChosen(file);
      },
      [dismissProblem],
    ),
  };
}

/** All but the drawing, the same object while only that changes. */
function useHeading({ document: { shown } }: Guest): DocumentHeading | null {
  const documentId = useOfDocument(shown, (document) => document.documentId);
  const title = useOfDocument(shown, (document) => document.title);
  const page = useOfDocument(shown, (document) => document.page);
  const pageCount = useOfDocument(shown, (document) => document.pageCount);
  const region = useOfDocument(shown, (document) => document.region);
  const presenter = useOfDocument(shown, (document) => document.presenter);
  return useMemo(
    () =>
      documentId === null || title === null || page === null || region === null
        ? null
        : { documentId, title, page, pageCount, region, presenter },
    [documentId, title, page, pageCount, region, presenter],
  );
}

type LoadedOptions = ConstructorParameters<typeof GuestDocuments>[0] & { wanted: boolean };

/** From when it is first wanted, for as long as the call's page is there: an upload outlives the sheet. */
function useLoaded({ guest, wanted, onProblem, onShown, onOutsider }: LoadedOptions) {
  const [code, setCode] = useState<DocumentsCode | null>(null);
  const [loaded, setLoaded] = useState<LoadedDocuments | null>(null);
  const isMissing = wanted && code === null;
  useEffect(() => {
    if (!isMissing) return;
    import('./documents/documents-code.ts').then(setCode, (cause: unknown) =>
      onProblem(new NoServer('internal', 'no code of documents', { cause })),
    );
  }, [isMissing, onProblem]);
  useEffect(() => {
    if (code === null) return;
    const documents = new code.GuestDocuments({ guest, onProblem, onShown, onOutsider });
    documents.start();
    setLoaded({ code, documents });
    return () => {
      setLoaded(null);
      documents.stop();
    };
  }, [code, guest, onProblem, onShown, onOutsider]);
  return loaded;
}

/**
 * The way from every screen of a room to its documents. Their code comes when it is first wanted; what has to be there at
 * once is here: the button, the file that was chosen, and the words where documents are not possible.
 */
import FileUp from 'lucide-react/icons/file-up';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentAccess } from '#contract/grants.ts';
import { NoServer } from '#contract/http/answer.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { DOCUMENT_KINDS } from '#ui/documents/choose-file.tsx';
import type { LinkSnapshot, RoomLink } from '../link/room-link.ts';
import type { RoomDocuments } from './documents/room-documents.ts';
import { Explained } from './notes.tsx';
import type { RemoteView } from './projection.ts';
import { type Asking, useDocumentAccess, useProjection } from './use-room.ts';

type DocumentsCode = typeof import('./documents/documents-code.ts');
type Door = {
  openList: () => void;
  openPage: () => void;
  /** the presented page covers the room's */
  pageIsOpen: boolean;
  /** null: not wanted yet, or on its way */
  loaded: { code: DocumentsCode; documents: RoomDocuments } | null;
};

const ShownDoor = createContext<Door | null>(null);
function useDoor(): Door {
  const door = useContext(ShownDoor);
  if (door === null) throw new Error('documents are for pages of a room');
  return door;
}

type DocumentsDoorProps = {
  link: RoomLink;
  snapshot: LinkSnapshot;
  view: RemoteView;
  asking: Asking;
  children: ReactNode;
};

export function DocumentsDoor({ link, snapshot, view, asking, children }: DocumentsDoorProps) {
  const { documentAccess, projections } = snapshot;
  const shown = projections.document?.document ?? null;
  const refused = whyNot(documentAccess);
  const [listIsOpen, setListIsOpen] = useState(false);
  const [pageIsOpen, setPageIsOpen] = useState(false);
  const [chosen, setChosen] = useState<File | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const isSteerable = view.screen === 'idle' || view.screen === 'starting' || view.screen === 'in-call';
  const openPage = useCallback(() => setPageIsOpen(true), []);
  // leaving and ending stay in reach: the large page opens by its own button
  const closeList = useCallback(() => setListIsOpen(false), []);
  const loaded = useDocuments(link, isSteerable && (shown !== null || listIsOpen), asking.report, closeList);

  const isShown = shown !== null;
  useEffect(() => {
    // the next document that somebody shows does not open by itself
    if (!isShown) setPageIsOpen(false);
  }, [isShown]);
  useEffect(() => {
    if (loaded === null || chosen === null) return;
    void loaded.documents.sharing.share(chosen);
    setChosen(null);
  }, [loaded, chosen]);

  const isFirst = refused === null && loaded === null;
  const openList = useCallback(() => {
    setListIsOpen(true);
    // nearly always there is nothing yet to choose in the list
    if (isFirst) input.current?.click();
  }, [isFirst]);
  const onChoose = useCallback(() => input.current?.click(), []);
  const door = useMemo(() => ({ openList, openPage, pageIsOpen, loaded }), [openList, openPage, pageIsOpen, loaded]);
  return (
    <ShownDoor value={door}>
      {children}
      {isSteerable && refused === null && (
        <input
          ref={input}
          type="file"
          hidden
          tabIndex={-1}
          accept={DOCUMENT_KINDS}
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file === undefined) return;
            setListIsOpen(true);
            setChosen(file);
            // the same file can be chosen once more
            target.value = '';
          }}
        />
      )}
      {isSteerable && loaded !== null && (
        <loaded.code.DocumentSurfaces
          documents={loaded.documents}
          projection={projections.document ?? null}
          hasAccess={documentAccess != null}
          view={view}
          link={link}
          roster={snapshot.roster}
          asking={asking}
          listIsOpen={listIsOpen && refused === null}
          pageIsOpen={pageIsOpen}
          onOpenList={openList}
          onCloseList={closeList}
          onClosePage={() => setPageIsOpen(false)}
          onChoose={onChoose}
          onFile={setChosen}
        />
      )}
      <Refused why={refused} isOpen={isSteerable && listIsOpen} onClose={closeList} />
    </ShownDoor>
  );
}

/** null: a document can be shared. `no-server`: the page comes from the kiosk, which has no documents. */
function whyNot(access: DocumentAccess | null | undefined): 'no-server' | 'not-permitted' | null {
  if (access === undefined) return 'no-server';
  return access?.documents.includes('present') ? null : 'not-permitted';
}

function Refused({ why, isOpen, onClose }: { why: ReturnType<typeof whyNot>; isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  return (
    <Dialog title={t('documents.refused.title')} isOpen={isOpen && why !== null} onClose={onClose}>
      <Explained>{t(`documents.refused.${why ?? 'no-server'}`)}</Explained>
      <Button size="large" onPress={onClose}>
        {common('close')}
      </Button>
    </Dialog>
  );
}

/** From when it is first `wanted`, for as long as the room's page is there: an upload goes on while the screens change. */
function useDocuments(link: RoomLink, wanted: boolean, onProblem: (error: unknown) => void, onShown: () => void) {
  const [code, setCode] = useState<DocumentsCode | null>(null);
  const [loaded, setLoaded] = useState<Door['loaded']>(null);
  const isMissing = wanted && code === null;
  useEffect(() => {
    if (!isMissing) return;
    import('./documents/documents-code.ts').then(setCode, (cause: unknown) =>
      onProblem(new NoServer('internal', 'no code of documents', { cause })),
    );
  }, [isMissing, onProblem]);
  useEffect(() => {
    if (code === null) return;
    const documents = new code.RoomDocuments({ link, onProblem, onShown });
    documents.start();
    setLoaded({ code, documents });
    return () => {
      setLoaded(null);
      documents.stop();
    };
  }, [code, link, onProblem, onShown]);
  return loaded;
}

type DocumentProps = { inCall: boolean };

/** The button that opens the list. */
export function ShareDocument({ inCall }: DocumentProps) {
  const { t } = useTranslation('remote');
  const { openList } = useDoor();
  return (
    <Button icon={FileUp} className="w-full" onPress={openList}>
      {inCall ? t('documents.share') : t('documents.showOnTv')}
    </Button>
  );
}

/** The document on the TV, with the button for another one; nothing where none is shown. */
export function ShownDocument({ inCall, asking }: DocumentProps & { asking: Asking }) {
  const { loaded, openPage, pageIsOpen } = useDoor();
  const projection = useProjection('document');
  const access = useDocumentAccess();
  // under the presented page, its buttons would be there twice
  if (!projection?.document || loaded === null || pageIsOpen) return null;
  return (
    <loaded.code.DocumentCard
      documents={loaded.documents}
      projection={projection}
      shown={projection.document}
      hasAccess={access !== null}
      asking={asking}
      onOpenPage={openPage}
    >
      <ShareDocument inCall={inCall} />
    </loaded.code.DocumentCard>
  );
}

/** The page on the TV as a small picture's URL; null: none is shown, or it is on its way. The card asks for it. */
export function useShownThumbnail(): string | null {
  const { loaded } = useDoor();
  const { documentId, page } = useProjection('document')?.document ?? {};
  const pages = loaded?.documents.pages;
  return useSyncExternalStore(pages?.subscribe ?? NEVER, () =>
    pages && documentId !== undefined && page !== undefined
      ? pages.pictureOf({ documentId, page, size: 'thumbnail' }).url
      : null,
  );
}
const NEVER = () => () => {};

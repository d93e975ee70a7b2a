/**
 * Draws what layout.ts composes: every picture at its rectangle, moving there by transform. Owns the one stage of the
 * TV, of guests and later of broadcasts. Words come in by props, colours and type by the page's CSS variables
 * (stage.css). Reports what it shows (`onView`) and how many pages there are.
 */
import './stage.css';
import { memo, useEffect, useMemo, useRef } from 'react';
import type { Layout } from '#contract/room-state.ts';
import type { View } from '#contract/signaling.ts';
import type { Arrangement } from './arrangement.ts';
import { DocumentTile } from './document-tile.tsx';
import { layOut } from './layout.ts';
import { NO_DOCUMENT, type StageDocument, useOfDocument } from './stage-document.ts';
import type { StagePerson, StageWords } from './stage-person.ts';
import { Tile } from './tile.tsx';
import { useArrangement, useHeldSpeaker, usePacedView, useSize } from './use-stage.ts';
import { viewOf } from './view.ts';

export type StageProps = {
  /** accessible name of the region */
  label: string;
  /** everyone in the call, this client's own peer included, in the order of the roster */
  people: readonly StagePerson[];
  selfPeerId: string | null;
  /** as the node reports it; the stage holds it */
  activeSpeakerPeerId: string | null;
  layout: Layout;
  page: number;
  words: StageWords;
  /** the call's document; what it shows is read from its store. null: this page shows none */
  document?: StageDocument | null;
  /** default 30 */
  tilesPerPage?: number;
  gapPx?: number;
  /** false: no own picture */
  showOwn?: boolean;
  onView?: (view: View) => void;
  onPageCount?: (pageCount: number) => void;
  /** of the document that is shown: nobody began to share a screen after it */
  onDocumentRank?: (isNewest: boolean) => void;
};

/** A tile lower than this part of the stage has the smaller type. */
const SMALL_PART = 0.24;

export const Stage = memo(function Stage({
  label,
  people,
  selfPeerId,
  activeSpeakerPeerId,
  layout,
  page,
  words,
  document = null,
  tilesPerPage = 30,
  gapPx = 8,
  showOwn = true,
  onView,
  onPageCount,
  onDocumentRank,
}: StageProps) {
  const region = useRef<HTMLElement>(null);
  const size = useSize(region);
  const byId = useMemo(() => new Map(people.map((person) => [person.peerId, person])), [people]);
  const speakerPeerId = useHeldSpeaker(activeSpeakerPeerId, selfPeerId, (peerId) => byId.has(peerId));
  const documentId = useOfDocument(document?.shown ?? NO_DOCUMENT, (shown) => shown.documentId);
  const {
    order,
    recentSpeakers,
    sharers,
    document: documentShare,
  } = useArrangement({
    participants: people,
    selfPeerId,
    speakerPeerId,
    tilesPerPage,
    ownScreenShown: selfPeerId !== null && (byId.get(selfPeerId)?.screenStream ?? null) !== null,
    documentId,
  });
  const ownPeerId = showOwn && selfPeerId !== null && byId.has(selfPeerId) ? selfPeerId : null;

  const laid = useMemo(
    () =>
      size === null
        ? null
        : layOut({
            size,
            layout,
            page,
            order,
            recentSpeakers,
            sharers,
            document: rankOf(documentShare),
            ownPeerId,
            gapPx,
            tilesPerPage,
          }),
    [size, layout, page, order, recentSpeakers, sharers, documentShare, ownPeerId, gapPx, tilesPerPage],
  );
  usePacedView(
    useMemo(() => laid && viewOf(laid.tiles, selfPeerId, window.devicePixelRatio), [laid, selfPeerId]),
    onView,
  );
  const pageCount = laid?.pageCount ?? null;
  useEffect(() => {
    if (pageCount !== null) onPageCount?.(pageCount);
  }, [pageCount, onPageCount]);
  const isNewest = documentShare?.isNewest ?? null;
  useEffect(() => {
    if (isNewest !== null) onDocumentRank?.(isNewest);
  }, [isNewest, onDocumentRank]);

  // in the order of their keys in every layout: no tile leaves the document to be put elsewhere, and no video stops
  const tiles = [...(laid?.tiles ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
  const crowd = laid !== null && laid.kind !== 'single' && laid.kind !== 'alone';
  return (
    <section ref={region} className="stage" aria-label={label} data-kind={laid?.kind}>
      {tiles.map(({ key, role, rect, ...picture }) => {
        const small = rect.height < (size?.height ?? 0) * SMALL_PART;
        if (picture.source === 'document') {
          return <DocumentTile key={key} {...document!} tileRole={role} rect={rect} small={small} />;
        }
        const { peerId, source } = picture;
        return (
          <Tile
            key={key}
            person={byId.get(peerId)!}
            source={source}
            tileRole={role}
            rect={rect}
            small={small}
            edgeToEdge={rect.width === size?.width && rect.height >= size.height}
            own={peerId === selfPeerId}
            speaking={crowd && peerId === activeSpeakerPeerId && byId.get(peerId)?.microphone === 'on'}
            words={words}
          />
        );
      })}
    </section>
  );
});

const rankOf = (document: Arrangement['document']): 'newest' | 'older' | undefined =>
  document === null ? undefined : document.isNewest ? 'newest' : 'older';

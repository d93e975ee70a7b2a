/** The TV's stage in miniature, by the same layout engine; tapped to choose another layout. */
import ChevronLeft from 'lucide-react/icons/chevron-left';
import ChevronRight from 'lucide-react/icons/chevron-right';
import LayoutGrid from 'lucide-react/icons/layout-grid';
import MonitorUp from 'lucide-react/icons/monitor-up';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Layout } from '#contract/room-state.ts';
import { layOut } from '#stage/layout.ts';
import { initials } from '#stage/names.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { Icon } from '#ui/icon.tsx';
import { Spinner } from '#ui/progress.tsx';
import { ToggleGroup } from '#ui/toggle-group.tsx';
import { ShareDocument, useShownThumbnail } from './documents-door.tsx';
import { type MiniTile, stageTiles } from './miniature.ts';
import type { RemoteView } from './projection.ts';
import { type Asking, useProjection } from './use-room.ts';

type MiniatureProps = {
  tiles: readonly MiniTile[];
  sharing?: boolean;
  /** the document's page; null: not fetched */
  pageUrl?: string | null;
};

/** Drawn in a 320 × 180 box and scaled by its frame. */
export function Miniature({ tiles, sharing = true, pageUrl = null }: MiniatureProps) {
  return (
    <svg viewBox="0 0 320 180" aria-hidden="true" className="block w-full">
      {tiles.map(({ key, rect, label, kind }) => (
        <g key={key}>
          <rect
            x={rect.x}
            y={rect.y}
            width={rect.width}
            height={rect.height}
            rx={Math.min(6, rect.height / 8)}
            className={
              kind === 'screen' || kind === 'document'
                ? 'fill-accent-soft stroke-accent'
                : kind === 'own'
                  ? 'fill-lifted stroke-edge'
                  : 'fill-lifted stroke-edge/50'
            }
          />
          {kind === 'document' && pageUrl !== null && (
            <image href={pageUrl} x={rect.x + 2} y={rect.y + 2} width={rect.width - 4} height={rect.height - 4} />
          )}
          {sharing && label !== '' && (
            <text
              x={rect.x + rect.width / 2}
              y={rect.y + rect.height / 2}
              dominantBaseline="central"
              textAnchor="middle"
              fontSize={Math.max(7, Math.min(26, rect.height * 0.34))}
              className={kind === 'screen' ? 'fill-accent font-semibold' : 'fill-quiet font-semibold'}
            >
              {label}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

export function StageCard({ view, asking }: { view: Extract<RemoteView, { screen: 'in-call' }>; asking: Asking }) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const [choosing, setChoosing] = useState(false);
  const { document: shownDocument = null, isNewest = true } = useProjection('document') ?? {};
  const document = shownDocument === null ? undefined : isNewest ? 'newest' : 'older';
  const pageUrl = useShownThumbnail();
  const { state, phase } = view;
  const asked = asking.pending('set-layout');
  const shown = asked?.name === 'set-layout' ? asked.layout : state.layout;
  const layoutName = common(`layout.${shown}`);
  const tilesIn = (layout: Layout, page: number) => stageTiles({ phase, layout, page, document, layOut, initials });
  const tiles = tilesIn(shown === 'unknown' ? 'auto' : shown, state.stagePage);
  const turnTo = (page: number) => asking.ask({ name: 'set-stage-page', page }, (next) => next.stagePage === page);
  const turning = asking.pending('set-stage-page') !== null;
  return (
    <Card
      title={t('stage.title')}
      aside={
        <Button
          variant="quiet"
          size="medium"
          icon={LayoutGrid}
          className="-my-2 -mr-3 text-accent!"
          isPending={asked !== null}
          aria-label={t('stage.change', { layout: layoutName })}
          onPress={() => setChoosing(true)}
        >
          {layoutName}
        </Button>
      }
    >
      <Button
        variant="quiet"
        className="relative block! w-full overflow-hidden bg-sunken! p-2!"
        onPress={() => setChoosing(true)}
      >
        <span className="sr-only">{t('stage.change', { layout: layoutName })}</span>
        <Miniature tiles={tiles} pageUrl={pageUrl} />
      </Button>
      {phase.sharedBy && (
        <p className="mt-3 flex items-center gap-2 text-small text-quiet">
          <Icon of={MonitorUp} className="size-5 text-accent" />
          {t('stage.shares', { name: phase.sharedBy.displayName })}
        </p>
      )}
      {state.stagePageCount > 1 && (
        <div className="mt-3 flex items-center justify-between gap-2">
          <Button
            icon={ChevronLeft}
            aria-label={t('stage.previous')}
            isDisabled={state.stagePage === 0 || turning}
            onPress={() => turnTo(state.stagePage - 1)}
          />
          <span className="numerals inline-flex items-center gap-2 text-base" role="status">
            {turning && <Spinner className="size-4" />}
            {t('stage.page', { page: state.stagePage + 1, pages: state.stagePageCount })}
          </span>
          <Button
            icon={ChevronRight}
            aria-label={t('stage.next')}
            isDisabled={state.stagePage + 1 >= state.stagePageCount || turning}
            onPress={() => turnTo(state.stagePage + 1)}
          />
        </div>
      )}
      {document === undefined && (
        <div className="mt-3">
          <ShareDocument inCall />
        </div>
      )}
      <Dialog title={t('stage.choose')} isOpen={choosing} onClose={() => setChoosing(false)}>
        <ToggleGroup
          label={t('stage.choose')}
          chosen={shown === 'unknown' ? null : shown}
          className="grid-flow-row! grid-cols-2 gap-2"
          choices={Layout.options.map((layout) => ({
            key: layout,
            words: common(`layout.${layout}`),
            picture: (
              <span className="block w-full px-1 pt-1">
                <Miniature tiles={tilesIn(layout, 0)} sharing={false} />
              </span>
            ),
          }))}
          onChoose={(layout) => {
            setChoosing(false);
            asking.ask({ name: 'set-layout', layout }, (next) => next.layout === layout);
          }}
        />
        <Button size="large" onPress={() => setChoosing(false)}>
          {common('close')}
        </Button>
      </Dialog>
    </Card>
  );
}

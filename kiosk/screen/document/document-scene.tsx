/** Nobody meets, and the room's TV shows a document: the page as large as it fits, below it the room and its code for phones. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScreenView } from '#contract/screen-link.ts';
import type { StageWords } from '#stage/stage-person.ts';
import { Stage } from '#stage/stage.tsx';
import { clockTime } from '#ui/words/format.ts';
import { useDocumentWords } from '#ui/use-document-words.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { useMinute } from '../frame/clock.ts';
import { spoken } from '../frame/pairing-card.tsx';
import { TroubleCorner } from '../frame/trouble-corner.tsx';
import type { Trouble } from '../frame/troubles.ts';
import type { ScreenDocuments } from '../session/screen-documents.ts';

type DocumentSceneProps = {
  documents: Pick<ScreenDocuments, 'onTv' | 'pages'>;
  view: ScreenView;
  troubles: Trouble[];
};

export function DocumentScene({ documents: { onTv, pages }, view, troubles }: DocumentSceneProps) {
  const { t } = useTranslation('screen');
  const nowMs = useMinute();
  const words = useDocumentWords();
  const document = useMemo(() => ({ shown: onTv, pictures: pages, words }), [onTv, pages, words]);
  const { agenda, equipment } = view.projections;
  return (
    <main className="relative flex h-full flex-col bg-sunken">
      <div className="min-h-0 flex-1">
        <Stage
          label={t('document.stage')}
          people={NOBODY}
          selfPeerId={null}
          activeSpeakerPeerId={null}
          layout="auto"
          page={0}
          words={NO_STAGE_WORDS}
          document={document}
          gapPx={0}
        />
      </div>
      <footer className="flex shrink-0 items-center gap-8 px-8 py-2 text-tv-small">
        <time className="font-semibold">{clockTime(nowMs, currentLanguage(), agenda?.timeZone)}</time>
        <h1 className="min-w-0 flex-1 truncate text-quiet">{view.state.roomName}</h1>
        {view.pairing !== null && (
          <p className="shrink-0 numerals">
            {t('pairing.code')} <span className="font-semibold">{spoken(view.pairing.code)}</span>
          </p>
        )}
      </footer>
      <TroubleCorner troubles={troubles} equipment={equipment} brief className="absolute top-8 left-8" />
    </main>
  );
}

const NOBODY: [] = [];
/** Of people, and none are on this stage. */
const NO_STAGE_WORDS: StageWords = {
  muted: '',
  away: '',
  speaking: '',
  handUp: '',
  guest: '',
  screenOf: () => '',
};

/** What can be shared: the own screen, a document, one that was shared before; and taking over what another presents. */
import FileUp from 'lucide-react/icons/file-up';
import MonitorUp from 'lucide-react/icons/monitor-up';
import { useTranslation } from 'react-i18next';
import { MAX_DOCUMENT_BYTES } from '#contract/http/documents-api.ts';
import { Button } from '#ui/button.tsx';
import { Dialog } from '#ui/dialog.tsx';
import { ChooseFile } from '#ui/documents/choose-file.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Spinner } from '#ui/progress.tsx';
import { OutsiderNote } from './document-notices.tsx';
import type { Guest } from './guest.ts';
import type { CallDocuments } from './use-documents.ts';
import type { ScreenShare } from './use-screen-share.ts';

const MAX_MEGABYTES = MAX_DOCUMENT_BYTES / 1024 / 1024;

type ShareSheetProps = { guest: Guest; documents: CallDocuments; screen: ScreenShare };

export function ShareSheet({ guest, documents, screen }: ShareSheetProps) {
  const { t } = useTranslation('join');
  const { t: words } = useTranslation('documents');
  const { t: common } = useTranslation('common');
  const { loaded, asking, closeSheet } = documents;
  return (
    <Dialog title={t('call.shareTitle')} isOpen={documents.sheetIsOpen && documents.mayPresent} onClose={closeSheet}>
      {asking.problem && (
        <div role="alert" className="rounded-control bg-warn-soft px-4 py-3">
          <ErrorWords code={asking.problem.code} />
        </div>
      )}
      {documents.isOutsiderHere && <OutsiderNote className="rounded-control bg-warn-soft px-4 py-3" />}
      <div className="flex flex-col gap-3">
        <ChooseFile variant="primary" size="large" icon={FileUp} onFile={documents.share}>
          {words('share')}
        </ChooseFile>
        <p className="text-small text-quiet">{words('kinds', { size: MAX_MEGABYTES })}</p>
        {screen.possible && (
          <Button
            size="large"
            icon={MonitorUp}
            onPress={() => {
              closeSheet();
              screen.start();
            }}
          >
            {t('call.share')}
          </Button>
        )}
      </div>
      <NowShown documents={documents} />
      {loaded === null ? (
        <Spinner label={words('loading')} className="size-6 self-center" />
      ) : (
        <loaded.code.MeetingDocumentList
          guest={guest}
          documents={loaded.documents}
          shownDocumentId={documents.shown?.documentId ?? null}
          onProblem={asking.report}
        />
      )}
      <Button size="large" onPress={closeSheet}>
        {common('close')}
      </Button>
    </Dialog>
  );
}

/** Of another person: who presents, and the way to go on in their place. */
function NowShown({ documents: { shown, isPresenter, act, pending } }: { documents: CallDocuments }) {
  const { t } = useTranslation('documents');
  if (shown === null || isPresenter) return null;
  const { title, presenter } = shown;
  return (
    <section
      aria-label={t('state.shown')}
      className="flex items-center gap-3 rounded-control border border-line px-4 py-3"
    >
      <p className="min-w-0 flex-1">
        <bdi className="block truncate text-base font-semibold">{title}</bdi>
        <span className="block truncate text-small text-quiet">
          {presenter === null ? t('presenter.nobody') : t('presenter.by', { name: presenter.displayName })}
        </span>
      </p>
      <Button aria-label={t('presenter.take')} isPending={pending === 'take'} onPress={() => act({ act: 'take' })}>
        {t('presenter.takeShort')}
      </Button>
    </section>
  );
}

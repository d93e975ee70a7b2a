/** Below the stage: how far the own upload is, what one presents with, and why a document is shown no more. */
import FileX from 'lucide-react/icons/file-x';
import X from 'lucide-react/icons/x';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallState } from '#call/call-state.ts';
import type { Participant } from '#contract/room-state.ts';
import { Button } from '#ui/button.tsx';
import { Icon } from '#ui/icon.tsx';
import type { Toast } from '#ui/toast.tsx';
import type { Guest } from './guest.ts';
import type { CallDocuments } from './use-documents.ts';

type BelowStageProps = {
  guest: Guest;
  documents: CallDocuments;
  participants: readonly Participant[];
  selfPeerId: string;
};

export function BelowStage({ guest, documents, participants, selfPeerId }: BelowStageProps) {
  const { loaded, shown, isPresenter, mayPresent, sheetIsOpen, openSheet } = documents;
  if (!mayPresent || loaded === null) return null;
  const { SharingStrip, Presenting } = loaded.code;
  // who looks on has the page as large as it fits; the sheet has the way to take over
  const presents = shown !== null && (isPresenter || shown.presenter === null);
  return (
    <>
      {!sheetIsOpen && documents.isOutsiderHere && (
        <OutsiderNote className="mx-3 mt-2 animate-appear rounded-card bg-warn-soft p-4 sm:mx-5" />
      )}
      {!sheetIsOpen && <SharingStrip documents={loaded.documents} onOpen={openSheet} />}
      {presents && (
        <Presenting
          guest={guest}
          shown={shown}
          isPresenter={isPresenter}
          people={participants.filter(({ peerId, peerKind }) => peerId !== selfPeerId && peerKind !== 'program')}
          act={documents.act}
          pending={documents.pending}
          tools={documents.tools}
          onTools={documents.onTools}
          onDocuments={openSheet}
        />
      )}
    </>
  );
}

/** Why nothing can be shown now. */
export function OutsiderNote({ className }: { className: string }) {
  const { t } = useTranslation('errors');
  return (
    <div role="alert" className={className}>
      <p className="text-base font-semibold">{t('outsider-in-call.what')}</p>
      <p className="text-base">{t('outsider-in-call.meaning')}</p>
      <p className="text-small text-quiet">{t('outsider-in-call.todo')}</p>
    </div>
  );
}

type WithdrawnNoticeProps = {
  withdrawn: CallState['withdrawn'];
  selfPeerId: string;
  add: (toast: Omit<Toast, 'id'>) => void;
};

/** The presenter reads why until they have read it; the others get it as news. */
export function WithdrawnNotice({ withdrawn, selfPeerId, add }: WithdrawnNoticeProps) {
  const { t } = useTranslation('documents');
  const { t: common } = useTranslation('common');
  const [read, setRead] = useState<CallState['withdrawn']>(null);
  const isOwn = withdrawn?.presenterPeerId === selfPeerId;
  useEffect(() => {
    if (withdrawn !== null && !isOwn) add({ words: t(`withdrawn.${withdrawn.reason}.what`), icon: FileX });
  }, [withdrawn, isOwn, add, t]);
  if (withdrawn === null || !isOwn || read === withdrawn) return null;
  const { reason } = withdrawn;
  return (
    <div className="mx-3 mb-2 flex animate-appear items-start gap-3 rounded-card bg-warn-soft p-4 join-low:mt-2 sm:mx-5">
      <Icon of={FileX} className="mt-0.5 size-5 text-warn" />
      <div role="alert" className="min-w-0 flex-1">
        <p className="text-base font-semibold">{t(`withdrawn.${reason}.what`)}</p>
        <p className="text-base">{t(`withdrawn.${reason}.meaning`)}</p>
        <p className="text-small text-quiet">{t(`withdrawn.${reason}.todo`)}</p>
      </div>
      <Button
        variant="quiet"
        icon={X}
        aria-label={common('close')}
        className="-m-2"
        onPress={() => setRead(withdrawn)}
      />
    </div>
  );
}

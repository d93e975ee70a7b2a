/**
 * The page that is presented, over the whole of the phone: the page large, below it or beside it all pages and what turns,
 * points, draws and ends. The microphone stays in reach. It stays open while the room goes from idle into a meeting.
 */
import ChevronLeft from 'lucide-react/icons/chevron-left';
import FileText from 'lucide-react/icons/file-text';
import { useEffect, useState } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useTranslation } from 'react-i18next';
import type { DocumentHeading } from '#contract/shared-document.ts';
import { useOfDocument } from '#stage/stage-document.ts';
import { Button } from '#ui/button.tsx';
import { PageThumbnail } from '#ui/documents/page-thumbnail.tsx';
import { PageThumbnails } from '#ui/documents/page-thumbnails.tsx';
import { PresenterBar } from '#ui/documents/presenter-bar.tsx';
import { FIRST_TOOLS } from '#ui/documents/presenter-tools.ts';
import { Icon } from '#ui/icon.tsx';
import type { LinkSnapshot, RoomLink } from '../../link/room-link.ts';
import { MicrophoneButton } from '../control-bar.tsx';
import { ProblemNote } from '../notes.tsx';
import { peopleOf, type RemoteView, unlistedPeople } from '../projection.ts';
import type { Asking } from '../use-room.ts';
import { PresentedPage } from './presented-page.tsx';
import type { RoomDocuments } from './room-documents.ts';
import { usePresenting } from './use-presenting.ts';

type PresentingPageProps = {
  documents: RoomDocuments;
  shown: DocumentHeading;
  isPresenter: boolean;
  /** pictures of pages can be fetched */
  hasAccess: boolean;
  view: RemoteView;
  link: RoomLink;
  roster: LinkSnapshot['roster'];
  asking: Asking;
  isOpen: boolean;
  onClose: () => void;
  onDocuments: () => void;
};

export function PresentingPage(props: PresentingPageProps) {
  return (
    <ModalOverlay
      isOpen={props.isOpen}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
      className="fixed inset-0 z-30 bg-surface text-ink data-entering:animate-appear"
    >
      <Modal className="size-full">
        <AriaDialog className="mx-auto flex size-full flex-col outline-none">
          <Presenting {...props} />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function Presenting({
  documents,
  shown,
  isPresenter,
  hasAccess,
  view,
  link,
  roster,
  asking,
  onClose,
  onDocuments,
}: PresentingPageProps) {
  const { t: common } = useTranslation('common');
  const [tools, setTools] = useState(FIRST_TOOLS);
  const { act, pending } = usePresenting(documents, asking);
  const people = usePeople(view, link, roster);
  const { documentId, title, pageCount } = shown;
  const page = useOfDocument(documents.presented.own, (own) => own.page) ?? shown.page;
  return (
    <>
      <header className="flex items-center gap-2 px-3 pt-[max(0.5rem,env(safe-area-inset-top))] pb-2 lg:px-6">
        <Button variant="quiet" icon={ChevronLeft} aria-label={common('back')} onPress={onClose} />
        {/* the end of a name is cut off, from the left where it is read from the right */}
        <Heading slot="title" dir="auto" className="min-w-0 flex-1 truncate text-base font-semibold">
          {title}
        </Heading>
        {view.screen === 'in-call' && <MicrophoneButton view={view} asking={asking} isSmall />}
      </header>
      <div
        className={`flex min-h-0 flex-1 flex-col lg:gap-4 lg:px-6 lg:pb-6 ${isPresenter ? 'lg:grid lg:grid-cols-[minmax(0,1fr)_24rem]' : ''}`}
      >
        <div className="relative flex min-h-0 flex-1 flex-col bg-sunken lg:overflow-hidden lg:rounded-card">
          {hasAccess ? (
            <PresentedPage documents={documents} tools={isPresenter ? tools : null} />
          ) : (
            <span className="grid flex-1 place-items-center text-quiet">
              <Icon of={FileText} className="size-16" />
            </span>
          )}
          <div className="absolute inset-x-0 bottom-0 p-3">
            <ProblemNote problem={asking.problem} onDismiss={asking.dismissProblem} />
          </div>
        </div>
        <div className="flex flex-col gap-2 px-3 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:min-h-0 lg:p-0">
          {isPresenter && hasAccess && pageCount !== 1 && (
            <PageThumbnails
              key={documentId}
              pageCount={pageCount ?? page}
              page={page}
              onPage={(to) => act({ act: 'turn-page', page: to })}
              thumbnail={(each) => <PageThumbnail pages={documents.pages} documentId={documentId} page={each} />}
              className="max-lg:flex! max-lg:overflow-x-auto max-lg:*:w-20 max-lg:*:shrink-0 lg:min-h-0 lg:flex-1 lg:content-start lg:overflow-y-auto"
            />
          )}
          <PresenterBar
            shown={{ ...shown, page }}
            isPresenter={isPresenter}
            act={act}
            pending={pending}
            tools={tools}
            onTools={setTools}
            people={people}
            onThumbnails={null}
            onDocuments={onDocuments}
            className="w-full"
          />
        </div>
      </div>
    </>
  );
}

/** Everybody else who can present; null: no call. */
function usePeople(view: RemoteView, link: RoomLink, roster: LinkSnapshot['roster']) {
  const phase = view.screen === 'in-call' ? view.phase : null;
  const isCrowded = phase !== null && unlistedPeople(phase, phase.participants) > 0;
  useEffect(() => (isCrowded ? link.watchRoster() : undefined), [isCrowded, link]);
  if (phase === null) return null;
  return peopleOf(phase, roster).filter(({ peerId, peerKind }) => peerId !== phase.peerId && peerKind !== 'program');
}

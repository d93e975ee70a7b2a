/** The page itself, as the TV shows it; the presenter points, draws and pinches on it. */
import type { PresenterTools } from '#ui/documents/presenter-tools.ts';
import { DocumentInput } from '#stage/document-input.tsx';
import { useDocumentWords } from '#ui/use-document-words.ts';
import type { RoomDocuments } from './room-documents.ts';

type PresentedPageProps = {
  documents: RoomDocuments;
  /** null: this room does not present */
  tools: PresenterTools | null;
};

export function PresentedPage({ documents: { presented, pages }, tools }: PresentedPageProps) {
  const words = useDocumentWords();
  return (
    <DocumentInput
      own={presented.own}
      pictures={pages}
      words={words}
      tool={tools}
      onAct={(act) => presented.send(act)}
    />
  );
}

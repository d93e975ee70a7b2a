/** A file that is dragged onto the page and dropped anywhere on it. */
import FileUp from 'lucide-react/icons/file-up';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '#ui/icon.tsx';

type FileDropProps = { onFile: (file: File) => void; onMany: () => void };

export function FileDrop({ onFile, onMany }: FileDropProps) {
  const { t } = useTranslation('documents');
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    const on = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void): void =>
      addEventListener(name, handle, { signal: ended.signal });
    const over = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      // without this the browser opens the file in place of the call
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setIsOver(true);
    };
    on('dragenter', over);
    on('dragover', over);
    // out of the window, not from one element to the next
    on('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) setIsOver(false);
    });
    on('drop', (event) => {
      setIsOver(false);
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      const [file, ...others] = event.dataTransfer.files;
      if (others.length > 0) onMany();
      if (file) onFile(file);
    });
    return () => ended.abort();
  }, [onFile, onMany]);
  if (!isOver) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 grid animate-appear place-items-center bg-veil p-6">
      <p className="flex flex-col items-center gap-3 rounded-card border-2 border-dashed border-accent bg-raised px-10 py-8 text-center text-heading font-semibold">
        <Icon of={FileUp} className="size-10 text-accent" />
        {t('dropHere')}
      </p>
    </div>
  );
}

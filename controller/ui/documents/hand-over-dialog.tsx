/** Chooses the next presenter. */
import { useTranslation } from 'react-i18next';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';

export type HandOverPerson = { peerId: string; displayName: string };

type HandOverDialogProps = {
  isOpen: boolean;
  people: readonly HandOverPerson[];
  onHandOver: (peerId: string) => void;
  onClose: () => void;
};

export function HandOverDialog({ isOpen, people, onHandOver, onClose }: HandOverDialogProps) {
  const { t } = useTranslation('documents');
  return (
    <Dialog title={t('presenter.handOverTitle')} isOpen={isOpen} onClose={onClose}>
      {people.length === 0 ? (
        <p className="text-base text-quiet">{t('presenter.handOverNobody')}</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {people.map(({ peerId, displayName }) => (
            <li key={peerId}>
              <Button
                className="w-full justify-start! text-left!"
                aria-label={t('presenter.handOverTo', { name: displayName })}
                onPress={() => onHandOver(peerId)}
              >
                <bdi className="truncate">{displayName}</bdi>
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

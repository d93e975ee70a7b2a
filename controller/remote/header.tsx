/** The top of every screen of a paired remote: which room this is, how it is, and what is seldom needed. */
import DoorClosed from 'lucide-react/icons/door-closed';
import Ellipsis from 'lucide-react/icons/ellipsis';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { ConfirmDialog, Dialog } from '#ui/dialog.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';

type HeaderProps = {
  /** beside the menu */
  children?: ReactNode;
  roomName: string | null;
  status: ReactNode;
  /** a tablet is the room's for good: it may hang at the door, and is not given up by a slip of the finger */
  isTablet: boolean;
  onDoor: () => void;
  onUnpair: () => void;
};

export function Header({ roomName, status, isTablet, onDoor, onUnpair, children }: HeaderProps) {
  const { t } = useTranslation('remote');
  const [open, setOpen] = useState<'menu' | 'unpair' | null>(null);
  const close = () => setOpen(null);
  return (
    <header className="mx-auto flex w-full items-center gap-3 px-5 pt-[max(1rem,env(safe-area-inset-top))] pb-3 lg:max-w-6xl lg:px-8">
      <div className="min-w-0 flex-1 text-small text-quiet">{status}</div>
      {children}
      <Button
        variant="quiet"
        icon={Ellipsis}
        aria-label={t('menu.open')}
        className="-mr-2"
        onPress={() => setOpen('menu')}
      />
      <Dialog title={t('menu.title')} isOpen={open === 'menu'} onClose={close}>
        <div className="flex items-center justify-between gap-4">
          <span className="text-base">{t('menu.language')}</span>
          <LanguageSwitch />
        </div>
        {isTablet && (
          <div className="flex flex-col gap-2">
            <Button size="large" icon={DoorClosed} onPress={onDoor}>
              {t('menu.door')}
            </Button>
            <p className="text-small text-quiet">{t('menu.doorHint')}</p>
            <p className="mt-2 border-t border-line pt-4 text-small text-quiet">{t('menu.tablet')}</p>
          </div>
        )}
        <Button variant="danger-quiet" size="large" onPress={() => setOpen('unpair')}>
          {isTablet ? t('menu.unpairTablet') : t('menu.unpair')}
        </Button>
      </Dialog>
      <ConfirmDialog
        title={t(isTablet ? 'menu.unpairTabletTitle' : 'menu.unpairTitle', { room: roomName ?? '' })}
        body={isTablet ? t('menu.unpairTabletBody') : t('menu.unpairBody')}
        action={t('menu.unpairAction')}
        isOpen={open === 'unpair'}
        onClose={close}
        onConfirm={onUnpair}
      />
    </header>
  );
}

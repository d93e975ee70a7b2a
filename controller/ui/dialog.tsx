/** What opens over a page: a sheet from below on a phone, a card in the middle elsewhere; and the question asked once. */
import { type ReactNode, type RefObject, useEffect, useEffectEvent, useRef } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useTranslation } from 'react-i18next';
import { Button } from './button.tsx';
import { useTrueFor } from './use-true-for.ts';

/** the second press of a double press that opened it comes sooner: it neither closes a dialog nor answers a question */
const SETTLED_AFTER_MS = 400;

type DialogProps = {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** `alertdialog` interrupts: for questions */
  role?: 'dialog' | 'alertdialog';
  className?: string;
};

export function Dialog({ title, isOpen, onClose, children, role = 'dialog', className = '' }: DialogProps) {
  const overlay = useRef<HTMLDivElement>(null);
  useEscapeWithoutFocus(overlay, isOpen, onClose);
  const isSettled = useTrueFor(isOpen, SETTLED_AFTER_MS);
  return (
    <ModalOverlay
      ref={overlay}
      isOpen={isOpen}
      isDismissable
      shouldCloseOnInteractOutside={() => isSettled}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className="fixed inset-0 z-40 flex items-end justify-center bg-veil data-entering:animate-appear sm:items-center sm:p-6"
    >
      <Modal
        className={`max-h-[85dvh] w-full overflow-y-auto rounded-t-card bg-raised text-ink shadow-overlay data-entering:animate-rise sm:max-w-md sm:rounded-card ${role === 'alertdialog' && !isSettled ? 'pointer-events-none' : ''} ${className}`}
      >
        <AriaDialog
          role={role}
          className="flex flex-col gap-5 p-6 pb-[max(1.5rem,env(safe-area-inset-bottom))] outline-none"
        >
          <Heading slot="title" className="text-heading font-semibold">
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/**
 * Closes on Escape also while nothing in the dialog has the focus: for a moment after a question over it has closed,
 * or after the focused button went with its row. The overlay itself handles the keys that are pressed inside it.
 */
function useEscapeWithoutFocus(overlay: RefObject<HTMLElement | null>, isOpen: boolean, onClose: () => void) {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (!isOpen) return;
    const onKeyDown = (event: KeyboardEvent) => {
      const isCovered = overlay.current === null || overlay.current.closest('[inert]') !== null;
      if (event.key !== 'Escape' || event.target !== document.body || isCovered) return;
      event.preventDefault();
      close();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [overlay, isOpen]);
}

type ConfirmProps = {
  title: string;
  /** what will happen, and to whom */
  body: string;
  /** the verb */
  action: string;
  isOpen: boolean;
  isPending?: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

/** Asks once before an act that cannot be undone. */
export function ConfirmDialog({ title, body, action, isOpen, isPending, onConfirm, onClose }: ConfirmProps) {
  const { t } = useTranslation('common');
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} role="alertdialog">
      <p className="text-base text-quiet">{body}</p>
      <div className="mt-1 flex flex-col gap-3 sm:flex-row-reverse">
        <Button variant="danger" size="large" className="flex-auto" isPending={isPending} onPress={onConfirm}>
          {action}
        </Button>
        <Button variant="plain" size="large" className="flex-auto" onPress={onClose}>
          {t('notNow')}
        </Button>
      </div>
    </Dialog>
  );
}

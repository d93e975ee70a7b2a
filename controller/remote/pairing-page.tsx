/**
 * A phone without a room: the code from the TV's QR is tried by itself, or typed as the TV shows it. A tablet that was removed asks
 * for IT instead: a wall's tablet scans nothing.
 */
import CircleAlert from 'lucide-react/icons/circle-alert';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toMaruError } from '#contract/error-codes.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import { CodeForm } from '#ui/code-form.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Floor } from '#ui/floor.tsx';
import { NoServer } from '#contract/http/answer.ts';
import { Icon } from '#ui/icon.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import { pair, type PairedRoom } from './pairing.ts';

type Trouble = { code: ErrorCode; noServer: boolean };
type PairingPageProps = {
  /** from the QR */
  scannedCode: string | null;
  /** why an earlier pairing is over */
  endedBy: ErrorCode | null;
  /** it was a room's tablet: IT's code brings it back */
  isRemovedTablet: boolean;
  onPaired: (paired: PairedRoom) => void;
};

export function PairingPage({ scannedCode, endedBy, isRemovedTablet, onPaired }: PairingPageProps) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const [isPending, setPending] = useState(scannedCode !== null);
  const [trouble, setTrouble] = useState<Trouble | null>(
    // its words are a phone's
    endedBy === null || isRemovedTablet ? null : { code: endedBy, noServer: false },
  );

  const connect = useCallback(
    (code: string) => {
      setPending(true);
      setTrouble(null);
      pair(code).then(onPaired, (error: unknown) => {
        setTrouble({ code: toMaruError(error).code, noServer: error instanceof NoServer });
        setPending(false);
      });
    },
    [onPaired],
  );
  const tried = useRef(false);
  useEffect(() => {
    if (scannedCode === null || tried.current) return;
    tried.current = true;
    connect(scannedCode);
  }, [scannedCode, connect]);

  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <Floor />
      <header className="flex items-center justify-between px-5 pt-[max(1rem,env(safe-area-inset-top))] lg:px-8">
        <span className="text-control font-bold tracking-tight">{common('productName')}</span>
        <LanguageSwitch className="-mr-4" />
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center gap-6 px-5 py-6">
        <div className="flex flex-col gap-2">
          <h1 className="text-title font-bold text-balance">
            {t(isRemovedTablet ? 'pair.tabletRemoved' : 'pair.title')}
          </h1>
          <p className="text-base text-quiet">{t(isRemovedTablet ? 'pair.tabletRemovedLead' : 'pair.lead')}</p>
        </div>
        <CodeForm firstCode={scannedCode ?? ''} isPending={isPending} isFromIt={isRemovedTablet} onCode={connect} />
        <div role="alert" className="empty:hidden">
          {trouble && (
            <div className="flex animate-rise gap-3 rounded-control bg-fault-soft p-4">
              <Icon of={CircleAlert} className="mt-0.5 size-5 text-fault" />
              {trouble.noServer ? (
                <OwnWords of="noServer" />
              ) : isRemovedTablet && trouble.code === 'pairing-code-invalid' ? (
                <OwnWords of="tabletCode" />
              ) : (
                <ErrorWords code={trouble.code} className="gap-1!" />
              )}
            </div>
          )}
        </div>
      </main>
    </div>
  );
}

function OwnWords({ of }: { of: 'noServer' | 'tabletCode' }) {
  const { t } = useTranslation('remote');
  return (
    <div className="flex flex-col gap-1">
      <p className="font-semibold">{t(`pair.${of}.what`)}</p>
      <p>{t(`pair.${of}.meaning`)}</p>
      <p>{t(`pair.${of}.todo`)}</p>
    </div>
  );
}

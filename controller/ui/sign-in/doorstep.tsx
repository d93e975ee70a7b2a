/** The page of somebody who is not signed in yet: what is asked for, alone. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Floor } from '../floor.tsx';
import { LanguageSwitch } from '../language-switch.tsx';

export function Doorstep({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const { t } = useTranslation('common');
  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <Floor />
      <header className="flex items-center justify-between px-6 pt-[max(1rem,env(safe-area-inset-top))]">
        <span className="text-control font-bold tracking-tight">{t('productName')}</span>
        <LanguageSwitch className="-mr-4" />
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center gap-6 px-5 pt-6 pb-24">
        <div className="flex flex-col gap-2">
          <h1 className="text-title font-bold">{title}</h1>
          <p className="text-base text-quiet">{lead}</p>
        </div>
        {children}
      </main>
    </div>
  );
}

export const doorstepForm = 'flex flex-col gap-5 rounded-card bg-raised p-6 shadow-card';

/** What a person at the laptop sees: the code, the choice of a screen, and that it is shown; each with what went wrong. */
import CircleAlert from 'lucide-react/icons/circle-alert';
import { type FormEvent, type ReactNode, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { PersonName } from '#contract/schema.ts';
import { Button } from '#ui/button.tsx';
import { CodeForm } from '#ui/code-form.tsx';
import { ErrorWords } from '#ui/error-words.tsx';
import { Floor } from '#ui/floor.tsx';
import { Icon } from '#ui/icon.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import { Spinner } from '#ui/progress.tsx';
import { TextField } from '#ui/text-field.tsx';
import type { Laptop, LaptopState, Problem } from './laptop.ts';

const MOST_NAME_LETTERS = 60;
/** Phones have no such function, and a page over plain http from another machine has no devices at all. */
const isPossible = (): boolean => navigator.mediaDevices !== undefined && 'getDisplayMedia' in navigator.mediaDevices;

export function SharePage({ laptop }: { laptop: Pick<Laptop, 'state' | 'pair' | 'share' | 'stop'> }) {
  const { t: common } = useTranslation('common');
  const { t } = useTranslation('share');
  const state = useSyncExternalStore(laptop.state.subscribe, laptop.state.getSnapshot);
  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <Floor />
      <header className="flex items-center justify-between px-5 pt-[max(1rem,env(safe-area-inset-top))] lg:px-8">
        <span className="text-control font-bold tracking-tight">{common('productName')}</span>
        <LanguageSwitch className="-mr-4" />
      </header>
      <main className="mx-auto flex w-full max-w-lg flex-1 flex-col justify-center gap-6 px-5 py-6">
        {!isPossible() ? (
          <Head title={t('impossible.what')} lead={t('impossible.todo')} />
        ) : state.step === 'code' ? (
          <CodeStep state={state} onCode={(code) => void laptop.pair(code)} />
        ) : state.step === 'ready' ? (
          <ReadyStep state={state} onShare={(name) => void laptop.share(name)} />
        ) : (
          <SharingStep state={state} onStop={() => laptop.stop()} />
        )}
      </main>
    </div>
  );
}

type Step<S extends LaptopState['step']> = Extract<LaptopState, { step: S }>;

function CodeStep({ state, onCode }: { state: Step<'code'>; onCode: (code: string) => void }) {
  const { t } = useTranslation('share');
  return (
    <>
      <Head title={t('code.title')} lead={t('code.lead')} />
      <CodeForm isPending={state.isPending} onCode={onCode} />
      <ProblemNote problem={state.problem} />
    </>
  );
}

function ReadyStep({ state, onShare }: { state: Step<'ready'>; onShare: (displayName: string) => void }) {
  const { t } = useTranslation('share');
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onShare(PersonName.safeParse(name).data ?? t('ready.laptop'));
  };
  return (
    <>
      <Head title={t('ready.title', { room: state.roomName })} lead={t('ready.lead')} />
      <form onSubmit={submit} className="flex flex-col gap-5 rounded-card bg-raised p-5 shadow-card" noValidate>
        <TextField
          label={t('ready.name')}
          hint={t('ready.nameHint')}
          value={name}
          maxLength={MOST_NAME_LETTERS}
          autoComplete="name"
          onChange={setName}
        />
        <Button type="submit" variant="primary" size="large" isPending={state.waitsFor !== null}>
          {t('ready.action')}
        </Button>
        {state.waitsFor !== null && <Pending>{t(`ready.waits.${state.waitsFor}`)}</Pending>}
      </form>
      <ProblemNote problem={state.problem} />
    </>
  );
}

function SharingStep({ state, onStop }: { state: Step<'sharing'>; onStop: () => void }) {
  const { t } = useTranslation('share');
  return (
    <>
      <Head title={t('sharing.title')} lead={t('sharing.lead', { room: state.roomName })} />
      {state.isReconnecting && <Pending>{t('sharing.reconnecting')}</Pending>}
      {state.isBlocked && <Note>{t('sharing.blocked')}</Note>}
      <Button variant="danger" size="large" onPress={onStop}>
        {t('sharing.stop')}
      </Button>
    </>
  );
}

function Head({ title, lead }: { title: string; lead: string }) {
  return (
    <div className="flex flex-col gap-2">
      <h1 className="line-clamp-4 text-title font-bold text-balance break-words">{title}</h1>
      <p className="text-base text-quiet">{lead}</p>
    </div>
  );
}

function Pending({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex items-center justify-center gap-2 text-small text-quiet">
      <Spinner className="size-4" /> {children}
    </p>
  );
}

function ProblemNote({ problem }: { problem: Problem | null }) {
  const { t } = useTranslation('share');
  return (
    <div role="alert" className="empty:hidden">
      {problem !== null && (
        <Note>
          {problem.kind === 'error' ? (
            <ErrorWords code={problem.code} className="gap-1!" />
          ) : (
            <div className="flex flex-col gap-1">
              <p className="font-semibold">{t(`problem.${problem.kind}.what`)}</p>
              <p>{t(`problem.${problem.kind}.todo`)}</p>
            </div>
          )}
        </Note>
      )}
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div className="flex animate-rise gap-3 rounded-control bg-fault-soft p-4">
      <Icon of={CircleAlert} className="mt-0.5 size-5 text-fault" />
      {children}
    </div>
  );
}

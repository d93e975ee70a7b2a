/** After a scan of a TV whose room is in a call: control the room, or come into its meeting with this device. */
import Smartphone from 'lucide-react/icons/smartphone';
import UserPlus from 'lucide-react/icons/user-plus';
import { useTranslation } from 'react-i18next';
import { Button } from '#ui/button.tsx';
import { Floor } from '#ui/floor.tsx';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { joinLinkOf } from './pairing.ts';

type ScanChoicePageProps = {
  code: string;
  onControl: () => void;
  /** opens the join page */
  open?: (url: string) => void;
};

export function ScanChoicePage({ code, onControl, open = (url) => location.assign(url) }: ScanChoicePageProps) {
  const { t } = useTranslation('remote');
  const { t: common } = useTranslation('common');
  const { run, isPending, problem } = useAsyncAction();
  const join = async () => {
    const url = await run(() => joinLinkOf(code));
    if (url !== null) open(url);
  };
  return (
    <div className="relative isolate flex min-h-dvh flex-col overflow-hidden">
      <Floor />
      <header className="flex items-center justify-between px-5 pt-[max(1rem,env(safe-area-inset-top))] lg:px-8">
        <span className="text-control font-bold tracking-tight">{common('productName')}</span>
        <LanguageSwitch className="-mr-4" />
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center gap-4 px-5 py-6">
        <h1 className="pb-2 text-title font-bold text-balance">{t('scan.title')}</h1>
        <Button variant="primary" size="large" icon={Smartphone} onPress={onControl}>
          {t('scan.control')}
        </Button>
        <Button size="large" icon={UserPlus} isPending={isPending} onPress={() => void join()}>
          {t('scan.join')}
        </Button>
        <p className="text-base text-quiet">{t('scan.joinHint')}</p>
        <ProblemWords problem={problem} />
      </main>
    </div>
  );
}

/** The top of every page outside the call: whose product this is, and the other language. */
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '#ui/language-switch.tsx';
import mark from '#ui/mark.svg';

export function PageHeader() {
  const { t } = useTranslation('common');
  return (
    <header className="flex items-center gap-3 px-5 pt-[max(0.75rem,env(safe-area-inset-top))] pb-3 sm:px-8">
      <img src={mark} alt="" className="size-8" />
      <span className="flex-1 text-base font-semibold">{t('productName')}</span>
      <LanguageSwitch className="-mr-2" />
    </header>
  );
}

/** Goes to the other language, named in that language, and keeps the choice on this device. */
import { useTranslation } from 'react-i18next';
import Languages from 'lucide-react/icons/languages';
import { Button } from './button.tsx';
import type { ButtonSize } from './button.tsx';
import { chooseLanguage } from './words/words.ts';

export function LanguageSwitch({ size = 'medium', className }: { size?: ButtonSize; className?: string }) {
  const { i18n } = useTranslation('common');
  const other = i18n.language === 'ko' ? 'en' : 'ko';
  return (
    <Button variant="quiet" size={size} icon={Languages} className={className} onPress={() => chooseLanguage(other)}>
      <span lang={other}>{other === 'ko' ? '한국어' : 'English'}</span>
    </Button>
  );
}

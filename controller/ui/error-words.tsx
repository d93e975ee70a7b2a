/** An error as people read it: what happened, what it means for the meeting, what to do; the code in small type for IT. */
import { useTranslation } from 'react-i18next';
import type { ErrorCode } from '#contract/error-codes.ts';

type ErrorWordsProps = {
  code: ErrorCode;
  /** the TV has larger type */
  scale?: 'page' | 'tv';
  /** `title`: the first sentence is the page's heading */
  as?: 'title' | 'note';
  className?: string;
};

export function ErrorWords({ code, scale = 'page', as = 'note', className = '' }: ErrorWordsProps) {
  const { t } = useTranslation('errors');
  const { t: common } = useTranslation('common');
  const tv = scale === 'tv';
  const what = t(`${code}.what`);
  return (
    <div className={`flex flex-col ${tv ? 'gap-6' : 'gap-2'} ${className}`}>
      {as === 'title' ? (
        <h1 className={`font-semibold ${tv ? 'text-tv-title' : 'text-heading'}`}>{what}</h1>
      ) : (
        <p className={`font-semibold ${tv ? 'text-tv-lead' : 'text-base'}`}>{what}</p>
      )}
      <p className={tv ? 'text-tv-lead' : 'text-base'}>{t(`${code}.meaning`)}</p>
      <p className={tv ? 'text-tv-lead' : 'text-base'}>{t(`${code}.todo`)}</p>
      <p className={`text-quiet ${tv ? 'text-tv-small' : 'text-small'}`}>{common('errorCode', { code })}</p>
    </div>
  );
}

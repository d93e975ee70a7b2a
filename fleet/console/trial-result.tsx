/** What a change of settings would do: how many rooms change, which refuse, and why. */
import { useTranslation } from 'react-i18next';
import type { SettingsTrial } from '#contract/http/settings-api.ts';
import { useSettingWords } from './setting-words.ts';

const LISTED = 12;

export function TrialResult({ trial }: { trial: SettingsTrial }) {
  const { t } = useTranslation('settings');
  const words = useSettingWords();
  const labelOf = (key: string): string => {
    const [section = '', field = ''] = key.split('.');
    return words.label(section, field);
  };
  const { changedCount, changed, refusedCount, refused, unchangedCount } = trial;
  return (
    <div role="status" className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <p className="font-semibold">{t('trial.changes', { count: changedCount })}</p>
        <ul className="flex flex-col gap-1 text-small">
          {changed.slice(0, LISTED).map(({ roomId, roomName, online }) => (
            <li key={roomId} className="wrap-anywhere">
              {roomName}
              {!online && <span className="text-quiet"> · {t('trial.offline')}</span>}
            </li>
          ))}
        </ul>
        <More count={changedCount - Math.min(changed.length, LISTED)} />
      </div>
      {refusedCount > 0 && (
        <div className="flex flex-col gap-2 rounded-control bg-warn-soft p-4">
          <p className="font-semibold">{t('trial.refuses', { count: refusedCount })}</p>
          <ul className="flex flex-col gap-1 text-small">
            {refused.slice(0, LISTED).map(({ roomId, roomName, field, because }) => (
              <li key={`${roomId} ${field}`} className="wrap-anywhere">
                {roomName}: {labelOf(field)}. {t(`trial.because.${because}`)}
              </li>
            ))}
          </ul>
          <More count={refused.length - Math.min(refused.length, LISTED)} />
        </div>
      )}
      {unchangedCount > 0 && <p className="text-small text-quiet">{t('trial.unchanged', { count: unchangedCount })}</p>}
    </div>
  );
}

function More({ count }: { count: number }) {
  const { t } = useTranslation('settings');
  return count > 0 && <p className="text-small text-quiet">{t('trial.more', { count })}</p>;
}

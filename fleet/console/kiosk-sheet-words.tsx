/** What a kiosk that waits says of itself, and the fingerprint that its TV shows. */
import { useTranslation } from 'react-i18next';
import { shownFingerprint, type WaitingKiosk } from '#contract/waiting-kiosk.ts';

export function KioskSheetWords({ kiosk: { sheet, keySha256, network } }: { kiosk: WaitingKiosk }) {
  const { t } = useTranslation('console');
  const facts: [string, string | null][] = [
    [t('claim.fingerprint'), shownFingerprint(keySha256)],
    [t('claim.model'), sheet.model],
    [t('claim.serial'), sheet.serialNumber],
    [t('claim.host'), sheet.hostName],
    [t('claim.network'), network],
  ];
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-2 rounded-control bg-surface p-4">
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name} className="contents">
              <dt className="text-small text-quiet">{name}</dt>
              <dd className="numerals font-medium wrap-anywhere">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

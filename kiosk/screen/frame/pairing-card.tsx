/** How a phone becomes this room's controller, and where a laptop shows its screen: QR, short code and a line for each. */
import { useTranslation } from 'react-i18next';
import type { ScreenView } from '#contract/screen-link.ts';
import { Qr } from '#ui/qr.tsx';
import { typedAddress } from './typed-address.ts';

type PairingCardProps = {
  pairing: ScreenView['pairing'];
  /** where nothing is under way that a laptop's screen would have to wait for */
  forLaptops?: boolean;
  /** the room is in a call: its code leads to a choice between controlling the room and asking to join */
  forGuests?: boolean;
};

export function PairingCard({ pairing, forLaptops = false, forGuests = false }: PairingCardProps) {
  const { t } = useTranslation('screen');
  if (pairing === null) {
    return (
      <div className="w-[25rem] rounded-card bg-raised p-8 text-tv-small">
        <p className="font-semibold">{t('pairing.unavailable')}</p>
        <p className="text-quiet">{t('pairing.unavailableDetail')}</p>
      </div>
    );
  }
  // only the fleet lets people in
  const offersJoin = forGuests && pairing.shareUrl !== null;
  const words = t(offersJoin ? 'pairing.scanOrJoin' : 'pairing.scan');
  return (
    <div className="flex w-[25rem] flex-col items-center overflow-hidden rounded-card bg-raised text-center shadow-overlay">
      <Qr text={offersJoin ? `${pairing.url}&join=` : pairing.url} label={words} className="size-[25rem]" />
      <div className="px-4 pt-4 pb-4">
        <p className="text-tv-small text-ink">{words}</p>
        <p className="mt-1 whitespace-nowrap text-[2.75rem] leading-[3.25rem] font-semibold tracking-[0.06em] numerals">
          <span className="sr-only">{t('pairing.code')} </span>
          {spoken(pairing.code)}
        </p>
        {forLaptops && pairing.shareUrl !== null && (
          <p className="mt-1 text-tv-small text-quiet">
            {t('pairing.share')} <LaptopAddress url={pairing.shareUrl} />
          </p>
        )}
      </div>
    </div>
  );
}

function LaptopAddress({ url }: { url: string }) {
  const address = typedAddress(url);
  // an IP address with its port fits in one line too
  const size = address === url ? 'text-[1.5rem]' : '';
  return <span className={`block break-all text-ink ${size}`}>{address}</span>;
}

type PairingCornerProps = {
  pairing: NonNullable<ScreenView['pairing']>;
  /** a phone asked for the code, to prove that it is in the room */
  forProof: boolean;
};

/** In a corner of a running call: while a phone asks for the code, or the fleet is gone and its phones have lost their way. */
export function PairingCorner({ pairing, forProof }: PairingCornerProps) {
  const { t } = useTranslation('screen');
  return (
    <div className="flex items-center gap-5 overflow-hidden rounded-card bg-raised pr-6 shadow-overlay">
      <Qr text={pairing.url} label={t('pairing.scan')} className="size-[14rem]" />
      <p className="text-tv-small numerals">
        {forProof ? t('presence.title') : t('pairing.code')}{' '}
        <span className="block text-tv-name font-semibold">{spoken(pairing.code)}</span>
      </p>
    </div>
  );
}

/** Groups of four are read out and typed more easily. */
export const spoken = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1 ');

/** The remote: without a pairing it asks for one, with a pairing it is the room's. */
import { useCallback, useEffect, useState } from 'react';
import type { ErrorCode } from '#contract/error-codes.ts';
import { openRoomLink } from '../link/browser-link.ts';
import type { RoomLink } from '../link/room-link.ts';
import {
  hangsAtDoor,
  isRemovedTablet,
  keepAtDoor,
  keepPairing,
  keepRemovedTablet,
  type StoredPairing,
} from './stored-pairing.ts';
import { type PairedRoom, tabletAddress } from './pairing.ts';
import { PairingPage } from './pairing-page.tsx';
import { ScanChoicePage } from './scan-choice-page.tsx';
import { RoomPage } from './room-page.tsx';

type RemoteProps = {
  /** a person who scans a TV means that TV, so it goes before the kept pairing */
  scannedCode: string | null;
  /** the room is in a call: it is asked first whether to control the room or to come into the call */
  mayJoin: boolean;
  kept: StoredPairing | null;
};

export function Remote({ scannedCode, mayJoin, kept }: RemoteProps) {
  const [pairing, setPairing] = useState<StoredPairing | null>(scannedCode === null ? kept : null);
  const [code, setCode] = useState(scannedCode);
  const [isChoosing, setChoosing] = useState(mayJoin);
  const [atDoor, setAtDoor] = useState(hangsAtDoor);
  const [isRemoved, setRemoved] = useState(isRemovedTablet);
  const [endedBy, setEndedBy] = useState<ErrorCode | null>(null);
  const [link, setLink] = useState<RoomLink | null>(null);
  const token = pairing?.controllerToken ?? null;
  useEffect(() => {
    if (token === null) return;
    const opened = openRoomLink(token);
    setLink(opened.link);
    return () => {
      setLink(null);
      opened.stop();
    };
  }, [token]);

  const paired = useCallback((next: PairedRoom) => {
    keepPairing(next.pairing);
    keepRemovedTablet(false);
    setRemoved(false);
    const address = tabletAddress(next, location.href);
    // from now on the kiosk serves it, with or without the server; kept here too, for the way back
    if (address === null) setPairing(next.pairing);
    else location.replace(address);
  }, []);
  const isTablet = pairing?.kind === 'tablet';
  const over = useCallback(
    (by: ErrorCode | null) => {
      keepPairing(null);
      keepRemovedTablet(isTablet);
      setRemoved(isTablet);
      setPairing(null);
      setCode(null);
      setEndedBy(by);
    },
    [isTablet],
  );
  const hang = useCallback((hangs: boolean) => {
    keepAtDoor(hangs);
    setAtDoor(hangs);
  }, []);
  if (isChoosing && code !== null) return <ScanChoicePage code={code} onControl={() => setChoosing(false)} />;
  if (pairing === null)
    return <PairingPage scannedCode={code} endedBy={endedBy} isRemovedTablet={isRemoved} onPaired={paired} />;
  return link && <RoomPage link={link} pairing={pairing} atDoor={atDoor} onDoor={hang} onPairingOver={over} />;
}

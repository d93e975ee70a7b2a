/** The remote: without a pairing it asks for one, with a pairing it is the room's. */
import { useCallback, useEffect, useState } from 'react';
import type { ErrorCode } from '#contract/error-codes.ts';
import { openRoomLink } from '../link/browser-link.ts';
import type { RoomLink } from '../link/room-link.ts';
import { keepPairing, keptPairing, type Pairing } from './pairing.ts';
import { PairingPage } from './pairing-page.tsx';
import { RoomPage } from './room-page.tsx';

/** `scannedCode`: whoever scans a TV means that TV, so it goes before what was kept. */
export function Remote({ scannedCode }: { scannedCode: string | null }) {
  const [pairing, setPairing] = useState<Pairing | null>(() => (scannedCode === null ? keptPairing() : null));
  const [code, setCode] = useState(scannedCode);
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

  const paired = useCallback((next: Pairing) => {
    keepPairing(next);
    setPairing(next);
  }, []);
  const over = useCallback((by: ErrorCode | null) => {
    keepPairing(null);
    setPairing(null);
    setCode(null);
    setEndedBy(by);
  }, []);
  if (pairing === null) return <PairingPage scannedCode={code} endedBy={endedBy} onPaired={paired} />;
  return link && <RoomPage link={link} roomName={pairing.roomName} onPairingOver={over} />;
}

/** A QR code as one path: dark on paper, for cameras at the other end of the room. */
import { useMemo } from 'react';
import QRCode from 'qrcode';

/** Modules of white around it, as the standard wants (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

export function Qr({ text, label, className = '' }: { text: string; label: string; className?: string }) {
  const { size, path } = useMemo(() => draw(text), [text]);
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
      className={className}
    >
      <rect width={size} height={size} fill="#f6eee1" />
      <path d={path} fill="#16110d" />
    </svg>
  );
}

function draw(text: string): { size: number; path: string } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  let path = '';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column)) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return { size: modules.size + 2 * QUIET_ZONE, path };
}

/** The floor of the hall, receding: the quiet ground of pages on which little stands. Decoration; never moves. */

const BOARDS = 13;
const EDGES = Array.from({ length: BOARDS + 1 }, (_, edge) => edge);
const [WIDTH, HEIGHT, HORIZON] = [1200, 320, -260];
/** Board ends, as [board, depth 0..1]; irregular, as a floor is laid. */
const ENDS: readonly (readonly [number, number])[] = [
  [0, 0.55],
  [1, 0.2],
  [2, 0.74],
  [3, 0.4],
  [4, 0.1],
  [5, 0.62],
  [6, 0.32],
  [7, 0.82],
  [8, 0.16],
  [9, 0.5],
  [10, 0.28],
  [11, 0.68],
  [12, 0.42],
];

/** Where the edge between two boards is at a depth: 0 is the far end, 1 the near one. */
function edgeX(board: number, depth: number): number {
  const y = depth * HEIGHT;
  const near = (board / BOARDS - 0.5) * WIDTH * 2.1;
  return WIDTH / 2 + (near * (y - HORIZON)) / (HEIGHT - HORIZON);
}

export function Floor({ className = 'inset-x-0 bottom-0 h-1/3' }: { className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="xMidYMax slice"
      className={`pointer-events-none absolute -z-10 w-full text-line mask-t-from-10% mask-t-to-100% ${className}`}
    >
      <g stroke="currentColor" strokeWidth="1.5" fill="none">
        {EDGES.map((board) => (
          <line key={board} x1={edgeX(board, 0)} y1={0} x2={edgeX(board, 1)} y2={HEIGHT} />
        ))}
        {ENDS.map(([board, depth]) => (
          <line
            key={board}
            x1={edgeX(board, depth)}
            x2={edgeX(board + 1, depth)}
            y1={depth * HEIGHT}
            y2={depth * HEIGHT}
          />
        ))}
      </g>
    </svg>
  );
}

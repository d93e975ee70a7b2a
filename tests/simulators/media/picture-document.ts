/** A PDF whose pages are known pictures, drawn as rectangles: what of it is shown is read back like anybody's camera. */
import { cellsOf, palette, type Picture, PICTURE_ROWS } from './picture.ts';

const [WIDTH, HEIGHT] = [960, 540];

export function pictureDocument(pages: readonly Picture[]): Buffer {
  const kids = pages.map((_, at) => `${3 + 2 * at} 0 R`).join(' ');
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pages.length}/Kids[${kids}]>>`,
    ...pages.flatMap((picture, at) => {
      const content = contentOf(picture);
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${WIDTH} ${HEIGHT}]/Resources<<>>/Contents ${4 + 2 * at} 0 R>>`,
        `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const start = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** PDF counts from the bottom. */
function contentOf({ colour, number }: Picture): string {
  const rectangle = (rgb: readonly number[], x: number, y: number, width: number, height: number): string =>
    `${rgb.map((value) => (value / 255).toFixed(3)).join(' ')} rg ${x} ${HEIGHT - y - height} ${width} ${height} re f`;
  const rows = [number & 255, 0].flatMap((value, row) => {
    const cells = cellsOf(value);
    const width = WIDTH / cells.length;
    const y = HEIGHT * (PICTURE_ROWS.from + row * PICTURE_ROWS.height);
    return cells.map((isLight, column) =>
      rectangle(isLight ? [255, 255, 255] : [0, 0, 0], column * width, y, width, HEIGHT * PICTURE_ROWS.height),
    );
  });
  return [rectangle(palette[colour], 0, 0, WIDTH, HEIGHT), ...rows].join('\n');
}

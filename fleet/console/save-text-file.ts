/** From this page's memory: what is secret or personal in an address would stay in the browser's list of downloads. `text`: JSON. */
export function saveTextFile(fileName: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = fileName;
  link.click();
  // the browser reads it after this turn
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

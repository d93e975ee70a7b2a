/** Text as it may stand in html, between tags and within an attribute in quotes. */
export const htmlText = (raw: string): string =>
  raw.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

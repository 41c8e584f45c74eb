/** A text as a CSV field, quoted where a reader might otherwise take it apart or trim it. */
export function csvField(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

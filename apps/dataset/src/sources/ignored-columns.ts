import type { Reporter } from '../reporting.js';

/** Gathers the columns that nobody knows over a set of files, for one notice. */
export class IgnoredColumns {
  private readonly names = new Set<string>();
  private files = 0;
  private first = '';

  /** Adds the unknown columns of a file, if any. */
  add(path: string, names: readonly string[]): void {
    if (names.length === 0) return;
    if (this.files++ === 0) this.first = path;
    for (const name of names) this.names.add(name.trim() === '' ? '(without a name)' : name.trim());
  }

  /** Says which columns were left out, if any. */
  notice(reporter: Reporter): void {
    if (this.files === 0) return;
    const where = this.files === 1 ? this.first : `${this.first} and ${this.files - 1} more`;
    reporter.notice(
      `Columns left out, as the dataset has no place for them: ${[...this.names].join(', ')} (in ${where}).`,
    );
  }
}

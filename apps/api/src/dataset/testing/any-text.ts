import fc from 'fast-check';

/** Texts of all kinds: of the characters that JSON escapes, and of those whose order as UTF-8 is not that of strings. */
export const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom('a', '"', '\\', '\u{10400}', '\uff5e'), fc.string({ unit: 'binary', maxLength: 1 })),
});

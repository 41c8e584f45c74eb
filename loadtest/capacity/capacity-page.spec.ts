import { withSection } from './capacity-page.js';

describe('withSection', () => {
  const page = 'a\n<!-- begin one -->\n\nold\n\n<!-- end one -->\nb\n<!-- begin two --><!-- end two -->';

  it('replaces what stands between the marks, and nothing else', () => {
    const once = withSection(page, 'one', 'new');
    expect(once).toBe('a\n<!-- begin one -->\n\nnew\n\n<!-- end one -->\nb\n<!-- begin two --><!-- end two -->');
    expect(withSection(once, 'one', 'new')).toBe(once);
  });

  it('refuses a page without the section', () => {
    expect(() => withSection(page, 'three', '')).toThrow('<!-- begin three -->');
    expect(() => withSection('<!-- end x --><!-- begin x -->', 'x', '')).toThrow('no section');
  });
});

import type { Container } from './pods.js';

/** The environment as a process would get it, with texts in the place of what Secrets hold. A variable sees those before it in the list. */
export function environmentOf({ env = [] }: Container): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value } of env) {
    const given = value ?? (name === 'REDIS_URL' ? 'redis://from-the-secret:6379' : 'from-the-secret');
    values[name] = given.replace(/\$\((\w+)\)/g, (_all, other: string) => values[other] ?? `$(${other})`);
  }
  return values;
}

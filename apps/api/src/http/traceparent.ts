/** The trace that a request belongs to, as W3C Trace Context names it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The caller's span, 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether the caller records the trace. */
  readonly sampled: boolean;
}

const SHAPE = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` header; undefined when there is none or it is not valid, which is to be ignored. */
export function readTraceparent(header: unknown): TraceContext | undefined {
  const match = typeof header === 'string' ? SHAPE.exec(header) : null;
  const [, traceId = '', spanId = '', flags = '', rest] = match ?? [];
  if (!match || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return rest !== undefined && match[0].startsWith('00')
    ? undefined
    : { traceId, spanId, sampled: parseInt(flags, 16) % 2 === 1 };
}

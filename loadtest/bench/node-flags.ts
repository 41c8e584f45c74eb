/** Options of Node's with which the service is started by `npm start`; what starts it otherwise, or is compared with it, gives the same. */
export const NODE_FLAGS = [
  '--max-semi-space-size=8',
  '--v8-pool-size=1',
  '--heap-growing-percent=70',
  '--no-allocation-site-pretenuring',
] as const;

/** What the environment says to the C library when the service is started by `npm start`, for everyone as {@link NODE_FLAGS}. */
export const NODE_ENVIRONMENT = { MALLOC_ARENA_MAX: '2' } as const;

# The service with a sample dataset, and the dataset CLI beside it. Needs a Node 24 of Debian or another glibc system.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without install scripts: the only one that is allowed brings a Node, and the image has one.
RUN npm ci --ignore-scripts --no-progress
COPY tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
COPY loadtest loadtest
# Of loadtest the image has the runner, for load Jobs.
RUN npm run -s build && find dist -name '*.map' -delete && cd dist/loadtest && rm -rf bench capacity cluster contract k6 report
RUN node dist/apps/dataset/src/main.js sample --out /data --seed 1

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-progress
# What no program loads: types, source maps, sources of compiled packages, tests, documentation, builds for browsers.
RUN set -e; cd node_modules; \
    find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.tsbuildinfo' \
      -o -name '*.md' ! -iname 'licen[cs]e*' ! -iname 'notice*' \) -delete; \
    find . -type d \( -name test -o -name tests -o -name __tests__ -o -name docs -o -name example -o -name examples \
      -o -name benchmark -o -name benchmarks -o -name .github \) -prune -exec rm -rf {} +; \
    rm -rf rxjs/src rxjs/dist/bundles rxjs/dist/esm rxjs/dist/esm5 rxjs/dist/types zod/src swagger-ui-dist/*-es-* .package-lock.json; \
    find . -type d -empty -delete

FROM ${NODE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="spotify-charts" \
      org.opencontainers.image.description="Spotify chart rankings and artists' chart histories over HTTP, from a DuckDB serving file" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# glibc gives each thread that allocates a pool of its own, of which DuckDB's threads fill all a little: two save 13 MiB.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    UV_THREADPOOL_SIZE=8 \
    DATASET_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
# A volume mounted at /data takes the place of the sample; it belongs to the user so that the CLI can write to a copy of it.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
EXPOSE 5000 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MANAGEMENT_PORT || 9090}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=8", "--v8-pool-size=1", "--heap-growing-percent=70", "--no-allocation-site-pretenuring", "dist/apps/api/src/main.js"]

// Made from loadtest/k6/main.ts by esbuild; do not edit.
var __defProp = Object.defineProperty;
var __defNormalProp = (obj, key, value) => key in obj ? __defProp(obj, key, { enumerable: true, configurable: true, writable: true, value }) : obj[key] = value;
var __publicField = (obj, key, value) => __defNormalProp(obj, typeof key !== "symbol" ? key + "" : key, value);

// loadtest/k6/main.ts
import { check, sleep } from "k6";
import http from "k6/http";
import { Counter } from "k6/metrics";

// loadtest/random.ts
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 1831565813 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}
function shuffled(values, random) {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}
function zipf(size, exponent, random) {
  if (!(size >= 1)) throw new RangeError(`nothing to draw from: size is ${size}, must be at least 1`);
  const sums = new Float64Array(size);
  let sum = 0;
  for (let i = 0; i < size; i++) sums[i] = sum += (i + 1) ** -exponent;
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = low + high >>> 1;
      if (sums[middle] > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

// loadtest/mix.ts
var SHARES = { rankings: 0.5, artist: 0.35, tracks: 0.14, filters: 0.01 };
var FIRST_VISITS = 0.05;
var NO_HEADERS = {};
var FIRST_VISIT = { "Accept-Encoding": "gzip" };
function originalCalls({ regions, dates, artists }, exponent, random, filtersEtag) {
  const draw = (values) => {
    const position = zipf(values.length, exponent, random);
    const encoded = values.map(encodeURIComponent);
    return () => encoded[position()];
  };
  const [region, date, artist] = [draw(regions), draw(dates), draw(artists)];
  const kept = filtersEtag === void 0 ? FIRST_VISIT : { "If-None-Match": filtersEtag };
  const { rankings, artist: artistShare, tracks } = SHARES;
  return () => {
    const share = random();
    if (share < rankings) return ask(`/rankings?region=${region()}&date=${date()}&limit=10`);
    if (share < rankings + artistShare) return ask(`/artist?artist=${artist()}&limit=5&offset=10`);
    if (share < rankings + artistShare + tracks)
      return ask(`/tracks?date=${date()}&region=${region()}&artist=${artist()}`);
    return { path: "/filters", headers: random() < FIRST_VISITS ? FIRST_VISIT : kept };
  };
}
function ask(path) {
  return { path, headers: NO_HEADERS };
}

// loadtest/request-mix.ts
var EXPONENT = 1.1;
var MOST_ETAGS = 2e4;
var FILTERS_AGAIN = 0.95;
var FULL = { statuses: [200] };
var NOT_MODIFIED = { statuses: [304, 200] };
function requestMix(vocabulary, shares, random) {
  const drawRight = originalCalls(vocabulary, EXPONENT, random);
  const drawWrong = wrongRequests(vocabulary, random);
  const etags = /* @__PURE__ */ new Map();
  const conditional = (ask3) => {
    const etag = etags.get(ask3.path);
    const share = ask3.path === "/filters" ? FILTERS_AGAIN : shares.conditionalShare;
    if (etag === void 0 || random() >= share) return { ...ask3, expected: FULL };
    return { path: ask3.path, headers: { ...ask3.headers, "If-None-Match": etag }, expected: NOT_MODIFIED };
  };
  return {
    draw: () => random() < shares.wrongShare ? drawWrong() : conditional(drawRight()),
    remember: (path, etag) => {
      if (etags.size < MOST_ETAGS || etags.has(path)) etags.set(path, etag);
    },
    knows: (path) => etags.has(path) || etags.size >= MOST_ETAGS
  };
}
function wrongRequests({ regions, dates, artists }, random) {
  const [region, date, artist] = [regions[0], dates[0], artists[0]].map((value) => encodeURIComponent(value ?? ""));
  const nowhere = encodeURIComponent("No Such Region");
  const wrong = (path, status, bodyBytes) => ({
    ...{ path, headers: {} },
    expected: { statuses: [status], ...bodyBytes !== void 0 && { bodyBytes } }
  });
  const all = [
    wrong(`/rankings?region=${nowhere}&date=${date}&limit=10`, 200, "[]".length),
    wrong(`/rankings?region=${region}&date=${date}&limit=0`, 400),
    wrong(`/rankings?region=${region}&date=2021-02-30`, 400),
    wrong(`/rankings?region=${region}`, 400),
    wrong(`/artist?artist=${encodeURIComponent("No Such Artist")}`, 404),
    wrong(`/artist?artist=${artist}&offset=-1`, 400),
    wrong(`/tracks?region=${nowhere}`, 200, "[]".length),
    wrong(`/filters?page=1`, 400),
    wrong(`/nothing-here`, 404)
  ];
  return () => all[Math.floor(random() * all.length)];
}
function hasExpectedStatus({ statuses }, status) {
  return statuses.indexOf(status) >= 0;
}
function hasExpectedBody({ bodyBytes }, status, actualBytes) {
  if (status === 304) return actualBytes === 0;
  return bodyBytes === void 0 ? actualBytes >= 2 : actualBytes === bodyBytes;
}

// loadtest/scenarios.ts
var stage = (seconds, toShare = 1) => ({ seconds, toShare });
function faultless(p99Ms) {
  return {
    http_req_failed: ["rate<=0"],
    checks: ["rate>=1"],
    dropped_iterations: ["count<=0"],
    http_req_duration: [`p(99)<${p99Ms}`]
  };
}
var SCENARIOS = {
  /** Does everything answer as it should? */
  smoke: { peakPerSecond: 20, fromShare: 1, stages: [stage(15)], connections: 4, thresholds: faultless(500) },
  /** Up in steps to a load that makes an autoscaler act, and down again. */
  ramp: {
    ...{ peakPerSecond: 4e3, fromShare: 0.05, connections: 64, thresholds: faultless(500) },
    stages: [stage(120), stage(120), stage(60, 0.05)]
  },
  /** Ten thousand requests a second from the first second on. */
  "10k": { peakPerSecond: 1e4, fromShare: 1, stages: [stage(180)], connections: 128, thresholds: faultless(250) },
  /** Ten times the load from one second to the next, and back. While pods are added, requests may be slow but not lost. */
  spike: {
    ...{ peakPerSecond: 1e4, fromShare: 0.1, connections: 256, thresholds: faultless(2e3) },
    stages: [stage(30, 0.1), stage(0), stage(90), stage(0, 0.1), stage(60, 0.1)]
  },
  /** Half an hour of steady load; what leaks or piles up shows. */
  soak: {
    ...{ peakPerSecond: 2e3, fromShare: 1, stages: [stage(1800)], connections: 64 },
    thresholds: { ...faultless(250), http_req_failed: ["rate<0.00001"], checks: ["rate>0.99999"] }
  }
};
function secondsOf(stages) {
  return stages.reduce((sum, { seconds }) => sum + seconds, 0);
}
function stretched(stages, seconds) {
  const factor = seconds / secondsOf(stages);
  return stages.map((one) => ({ ...one, seconds: one.seconds * factor }));
}
function isConstant({ fromShare, stages }) {
  return stages.every(({ toShare }) => toShare === fromShare);
}

// loadtest/thresholds.ts
var METRICS = ["http_req_failed", "checks", "dropped_iterations", "http_req_duration"];
var STATISTICS = {
  http_req_failed: /^rate$/,
  checks: /^rate$/,
  dropped_iterations: /^(?:count|rate)$/,
  http_req_duration: /^(?:avg|min|med|max|p\((?:100|\d{1,2}(?:\.\d+)?)\))$/
};
function parseCondition(metric, condition) {
  const parts = /^\s*([a-z]+(?:\([\d.]+\))?)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$/.exec(condition);
  const [, statistic = "", comparison, limit] = parts ?? [];
  if (!STATISTICS[metric].test(statistic)) {
    const right2 = metric === "http_req_duration" ? "p(99)<250" : metric === "dropped_iterations" ? "count<=0" : "rate<0.01";
    throw new RangeError(`the threshold of ${metric} is ${JSON.stringify(condition)}, must be such as ${right2}`);
  }
  return { statistic, comparison, limit: Number(limit) };
}
function meets({ comparison, limit }, value) {
  if (comparison === "<") return value < limit;
  if (comparison === "<=") return value <= limit;
  return comparison === ">" ? value > limit : value >= limit;
}
function judge(thresholds, valueOf) {
  return METRICS.flatMap(
    (metric) => (thresholds[metric] ?? []).map((condition) => {
      const parsed = parseCondition(metric, condition);
      const value = valueOf(metric, parsed.statistic) ?? NaN;
      return { metric, condition, value: Number.isFinite(value) ? value : null, ok: meets(parsed, value) };
    })
  );
}

// loadtest/settings.ts
var SettingsError = class extends Error {
  constructor() {
    super(...arguments);
    __publicField(this, "name", "SettingsError");
  }
};
function readSettings(env) {
  const reader = new Reader(env);
  const settings2 = readAll(reader);
  reader.throwFaults();
  return settings2;
}
function readAll(reader) {
  const names = Object.keys(SCENARIOS);
  const scenario = reader.oneOf("LOAD_SCENARIO", names, "smoke");
  const runners = reader.number("LOAD_RUNNERS", 1, 1, 1e3, true);
  const index = reader.has("LOAD_RUNNER") ? "LOAD_RUNNER" : "JOB_COMPLETION_INDEX";
  const authority = reader.text("LOAD_HOST", /^[^\s/@]+$/, "a host name, with a port where it needs one");
  const summaryFile = reader.text("LOAD_SUMMARY", /./, "a path");
  const renewed = reader.number("LOAD_CONNECTION_REQUESTS", 0, 0, 1e9, true);
  return {
    target: reader.text("LOAD_TARGET", /^https?:\/\/[^\s/?#@]+\/?$/, "a URL such as http://charts", true) ?? "",
    scenario,
    load: readLoad(reader, SCENARIOS[scenario]),
    seed: reader.number("LOAD_SEED", 1, 0, 2 ** 31, true),
    runners,
    runner: reader.number(index, 0, 0, runners - 1, true),
    startAt: readStart(reader),
    timeoutMs: reader.number("LOAD_TIMEOUT_MS", 1e4, 1, 6e5, true),
    conditionalShare: reader.number("LOAD_CONDITIONAL_SHARE", 0.1, 0, 1),
    wrongShare: reader.number("LOAD_WRONG_SHARE", 0.01, 0, 1),
    ...authority !== void 0 && { authority },
    ...summaryFile !== void 0 && { summaryFile },
    ...renewed > 0 && { connectionRequests: renewed }
  };
}
function readLoad(reader, scenario) {
  const seconds = reader.number("LOAD_DURATION_SECONDS", secondsOf(scenario.stages), 1, 86400);
  return {
    ...scenario,
    peakPerSecond: reader.number("LOAD_RATE", scenario.peakPerSecond, 1, 1e7),
    connections: reader.number("LOAD_CONNECTIONS", scenario.connections, 1, 4096, true),
    stages: stretched(scenario.stages, seconds),
    thresholds: { ...scenario.thresholds, ...reader.thresholds("LOAD_THRESHOLDS") }
  };
}
function readStart(reader) {
  const everySeconds = reader.number("LOAD_BARRIER_SECONDS", 60, 1, 3600, true);
  const text = reader.text("LOAD_START_AT", /^(?:now|barrier|\d{9,11})$/, "now, barrier or seconds since 1970");
  if (text === "barrier") return { kind: "barrier", everySeconds };
  return text === void 0 || text === "now" ? { kind: "now" } : { kind: "time", epochSeconds: Number(text) };
}
var Reader = class {
  constructor(env) {
    __publicField(this, "env", env);
    __publicField(this, "faults", []);
  }
  has(name) {
    return this.value(name) !== void 0;
  }
  text(name, pattern, right2, needed = false) {
    const value = this.value(name);
    if (value === void 0 && needed) this.faults.push(`${name} is missing, must be ${right2}`);
    if (value !== void 0 && !pattern.test(value)) this.fault(name, value, right2);
    return value;
  }
  oneOf(name, allowed, otherwise) {
    const value = this.value(name) ?? otherwise;
    const found = allowed.filter((one) => one === value)[0];
    if (found === void 0) this.fault(name, value, `one of ${allowed.join(", ")}`);
    return found ?? otherwise;
  }
  number(name, otherwise, least, most, whole = false) {
    const value = this.value(name);
    if (value === void 0) return otherwise;
    const number = Number(value);
    const right2 = `a ${whole ? "whole " : ""}number from ${least} to ${most}`;
    if (!(number >= least && number <= most) || whole && !Number.isInteger(number)) this.fault(name, value, right2);
    return number;
  }
  thresholds(name) {
    const value = this.value(name);
    if (value === void 0) return {};
    try {
      return checkedThresholds(JSON.parse(value));
    } catch (error) {
      this.faults.push(`${name}: ${error.message}`);
      return {};
    }
  }
  throwFaults() {
    if (this.faults.length > 0) throw new SettingsError(this.faults.join("\n"));
  }
  value(name) {
    const value = this.env[name]?.trim();
    return value === "" ? void 0 : value;
  }
  fault(name, value, right2) {
    this.faults.push(`${name} is ${JSON.stringify(value)}, must be ${right2}`);
  }
};
function checkedThresholds(value) {
  const entries = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : void 0;
  if (!entries) throw new RangeError('must be JSON such as {"http_req_duration":["p(99)<250"]}');
  const checked = entries.map(([name, conditions]) => {
    const metric = METRICS.filter((one) => one === name)[0];
    if (metric === void 0) throw new RangeError(`${name} is none of ${METRICS.join(", ")}`);
    if (!Array.isArray(conditions)) throw new RangeError(`${name} must have a list of conditions`);
    conditions.forEach((condition) => parseCondition(metric, String(condition)));
    return [metric, conditions.map(String)];
  });
  return Object.fromEntries(checked);
}

// loadtest/start-at.ts
var MOST_LATE_MS = 1e3;
function startMs(startAt, nowMs) {
  if (startAt.kind === "now") return nowMs;
  if (startAt.kind === "barrier") {
    const everyMs = startAt.everySeconds * 1e3;
    return Math.ceil(nowMs / everyMs) * everyMs;
  }
  const timeMs = startAt.epochSeconds * 1e3;
  if (nowMs - timeMs > MOST_LATE_MS)
    throw new RangeError(
      `LOAD_START_AT was ${Math.round((nowMs - timeMs) / 1e3)} s ago, must lie ahead: runners need time to come up`
    );
  return timeMs;
}

// loadtest/summary.ts
var SUMMARY_MARK = "SUMMARY ";
function summaryHead(settings2, seconds) {
  const { scenario, target, seed, runner, runners, load } = settings2;
  const { connections, peakPerSecond } = load;
  return { format: 1, scenario, target, seed, runner, runners, connections, peakPerSecond, seconds };
}
function summaryText(summary) {
  const { requests, latencyMs, failures: failures2, caches: caches2, thresholds, elapsedSeconds } = summary;
  const ms = (value) => value === null ? "-" : value.toFixed(1);
  const counted = (counts) => Object.keys(counts).map((name) => `${name} ${String(counts[name])}`).join(", ") || "none";
  const sent = requests.answered + requests.failed;
  return [
    `${summary.scenario}, runner ${summary.runner + 1} of ${summary.runners} (${summary.tool}), ${summary.target}`,
    `  requests    ${sent} in ${elapsedSeconds.toFixed(1)} s, ${(sent / (elapsedSeconds || 1)).toFixed(0)}/s`,
    `  answered    ${requests.answered}, of these wrong bodies: ${requests.wrongBodies}; by cache: ${counted(caches2)}`,
    `  failed      ${requests.failed}: ${counted(failures2)}`,
    `  dropped     ${requests.dropped}`,
    `  latency ms  p50 ${ms(latencyMs.p50)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)}, p99.9 ${ms(latencyMs.p999)}, max ${ms(latencyMs.max)}`,
    ...thresholds.map(
      ({ ok, metric, condition, value }) => `  ${ok ? "kept  " : "BROKEN"}      ${metric} ${condition}: ${value === null ? "nothing measured" : Number(value.toPrecision(5))}`
    ),
    ...summary.interrupted ? ["  ended by a signal before its time"] : [],
    `${SUMMARY_MARK}${JSON.stringify(summary)}`,
    ""
  ].join("\n");
}

// loadtest/vocabulary.ts
var MOST_NAMES = { regions: 200, dates: 2e3, artists: 5e3 };
var CHARTS_READ = 10;
function readFilters(body) {
  const lists = body ?? {};
  const list = (name) => {
    const values = lists[name];
    if (!Array.isArray(values) || values.length === 0 || !values.every((value) => typeof value === "string"))
      throw new TypeError(
        `/filters answers no list of ${name}, must be {"regions": [...], "artists": [...], "dates": [...]}`
      );
    return values;
  };
  return { regions: list("regions"), artists: list("artists"), dates: list("dates") };
}
function readArtists(body) {
  if (!Array.isArray(body)) return [];
  return body.flatMap((row) => {
    const artist = row?.artist;
    return typeof artist === "string" ? [artist] : [];
  });
}
function chartPaths({ regions, dates }) {
  return regions.slice(0, CHARTS_READ).map((region, i) => {
    const date = dates[i % dates.length] ?? "";
    return `/rankings?region=${encodeURIComponent(region)}&date=${encodeURIComponent(date)}&limit=200`;
  });
}
function placesAndDays(filters, seed) {
  return {
    regions: shuffled(filters.regions, seededRandom(seed)).slice(0, MOST_NAMES.regions),
    dates: [...filters.dates].sort((a, b) => a < b ? 1 : -1).slice(0, MOST_NAMES.dates)
  };
}
function vocabularyOf(filters, charted, seed) {
  const others = shuffled(filters.artists, seededRandom(seed + 1));
  const artists = [.../* @__PURE__ */ new Set([...charted, ...others])].slice(0, MOST_NAMES.artists);
  return { ...placesAndDays(filters, seed), artists };
}

// loadtest/k6/k6-options.ts
var STATISTICS2 = ["avg", "min", "med", "max", "p(50)", "p(95)", "p(99)", "p(99.9)"];
var SETUP_TIMEOUT_SECONDS = 3900;
function k6Metric(metric, scenario) {
  if (metric === "http_req_failed") return `http_req_failed{scenario:${scenario}}`;
  return metric === "http_req_duration" ? `http_req_duration{scenario:${scenario},expected_response:true}` : metric;
}
function k6Options({ load, scenario, runners }) {
  const conditions = METRICS.map((metric) => [metric, load.thresholds[metric] ?? []]);
  const named = conditions.flatMap(([metric, all]) => all.map((one) => parseCondition(metric, one).statistic));
  return {
    scenarios: { [scenario]: k6Scenario(load, `${runners}s`) },
    thresholds: Object.fromEntries(
      conditions.map(([metric, all]) => [k6Metric(metric, scenario), all.length > 0 ? [...all] : [alwaysKept(metric)]])
    ),
    summaryTrendStats: [.../* @__PURE__ */ new Set([...STATISTICS2, ...named.filter((one) => one.startsWith("p("))])],
    setupTimeout: `${SETUP_TIMEOUT_SECONDS}s`
  };
}
function alwaysKept(metric) {
  return `${metric === "http_req_duration" ? "max" : metric === "dropped_iterations" ? "count" : "rate"}>=0`;
}
function k6Scenario(load, timeUnit) {
  const { peakPerSecond, fromShare, stages, connections } = load;
  const rate = (share) => Math.max(1, Math.round(share * peakPerSecond));
  const duration = (seconds) => `${Math.round(seconds * 1e3)}ms`;
  const users = { preAllocatedVUs: connections, maxVUs: connections, timeUnit, exec: "ask", gracefulStop: "30s" };
  if (isConstant(load))
    return {
      executor: "constant-arrival-rate",
      rate: rate(fromShare),
      duration: duration(secondsOf(stages)),
      ...users
    };
  return {
    ...{ executor: "ramping-arrival-rate", startRate: rate(fromShare) },
    stages: stages.map(({ seconds, toShare }) => ({ target: rate(toShare), duration: duration(seconds) })),
    ...users
  };
}

// loadtest/k6/k6-summary.ts
var COUNTERS = {
  failures: ["connect", "reset", "timeout", "protocol"],
  caches: ["l1", "l2", "miss"]
};
function k6Summary(settings2, results, nowMs) {
  const seconds = secondsOf(settings2.load.stages);
  const value = (metric, name) => results.metrics[metric]?.values[name];
  const ours = (metric, name) => value(k6Metric(metric, settings2.scenario), name);
  const requests = countsOf(ours);
  const latencyMs = (name) => requests.answered > 0 ? ours("http_req_duration", name) ?? null : null;
  const thresholds = judge(settings2.load.thresholds, (metric, statistic) => {
    if (metric === "dropped_iterations") return ours(metric, statistic) ?? 0;
    if (metric === "http_req_duration" && requests.answered === 0) return void 0;
    return ours(metric, statistic);
  });
  const startedAtMs = results.setup_data?.startedAtMs ?? nowMs - results.state.testRunDurationMs;
  return {
    ...summaryHead(settings2, seconds),
    ...{ tool: "k6", startedAtMs, elapsedSeconds: (nowMs - startedAtMs) / 1e3, interrupted: false, requests },
    failures: failuresOf(value, requests.failed),
    caches: counters(value, "cache", COUNTERS.caches),
    latencyMs: {
      ...{ p50: latencyMs("p(50)"), p95: latencyMs("p(95)"), p99: latencyMs("p(99)") },
      ...{ p999: latencyMs("p(99.9)"), max: latencyMs("max") }
    },
    ...{ thresholds, ok: thresholds.every(({ ok }) => ok) }
  };
}
function countsOf(value) {
  const failed = value("http_req_failed", "passes") ?? 0;
  const answered = value("http_req_failed", "fails") ?? 0;
  return {
    ...{ answered, failed, dropped: value("dropped_iterations", "count") ?? 0 },
    // A failed request fails its check too.
    wrongBodies: Math.max(0, (value("checks", "fails") ?? 0) - failed)
  };
}
function failuresOf(value, failed) {
  const known = counters(value, "failed", COUNTERS.failures);
  const others = failed - Object.keys(known).reduce((sum, kind) => sum + (known[kind] ?? 0), 0);
  return { ...known, ...others > 0 && { status: others } };
}
function counters(value, kind, names) {
  const counts = {};
  for (const name of names) {
    const count = value(`${kind}_${name}`, "count") ?? 0;
    if (count > 0) counts[name] = count;
  }
  return counts;
}

// loadtest/k6/main.ts
var settings = readSettings(__ENV);
var root = settings.target.replace(/\/$/, "");
var hostHeaders = settings.authority === void 0 ? {} : { Host: settings.authority };
var timeout = `${settings.timeoutMs}ms`;
var failures = countersOf("failed", COUNTERS.failures);
var caches = countersOf("cache", COUNTERS.caches);
var right = { "answered as expected": (is) => is };
var mix;
var options = k6Options(settings);
function setup() {
  const get = (path) => {
    const { status, body } = http.get(root + path, { headers: hostHeaders, timeout: "60s", responseType: "text" });
    if (status !== 200) throw new Error(`${root}${path} answers ${status}, must answer 200`);
    return JSON.parse(body);
  };
  const filters = readFilters(get("/filters"));
  const charted = [];
  for (const path of chartPaths(placesAndDays(filters, settings.seed))) charted.push(...readArtists(get(path)));
  const vocabulary = vocabularyOf(filters, charted, settings.seed);
  const startedAtMs = startMs(settings.startAt, Date.now());
  sleep(Math.max(0, startedAtMs - Date.now()) / 1e3);
  return { vocabulary, startedAtMs };
}
function ask2({ vocabulary }) {
  mix ?? (mix = requestMix(vocabulary, settings, seededRandom(settings.seed + 7919 * (settings.runner + 1) + 104729 * __VU)));
  const { path, headers, expected } = mix.draw();
  const response = http.get(root + path, {
    headers: { ...headers, ...hostHeaders },
    ...{ timeout, redirects: 0, responseType: "text" },
    responseCallback: http.expectedStatuses(...expected.statuses),
    // Without a name, each URL would be a series of its own.
    tags: { name: path.split("?")[0] ?? path }
  });
  look(mix, path, "If-None-Match" in headers, expected, response);
}
function handleSummary(results) {
  const summary = k6Summary(settings, results, Date.now());
  const file = settings.summaryFile;
  return { stdout: summaryText(summary), ...file !== void 0 && { [file]: `${JSON.stringify(summary)}
` } };
}
function look({ knows, remember }, path, conditional, expected, { status, body, headers, error_code }) {
  const isExpected = hasExpectedStatus(expected, status);
  check(isExpected && hasExpectedBody(expected, status, (body ?? "").length), right);
  if (status === 0) failures[failureKind(error_code)]?.add(1);
  if (!isExpected) return;
  caches[headers["X-Cache"] ?? ""]?.add(1);
  const etag = headers["Etag"];
  if (status === 200 && etag !== void 0 && (conditional || !knows(path))) remember(path, etag);
}
function failureKind(code) {
  if (code === 1050 || code === 1211) return "timeout";
  if (code === 1201 || code === 1220) return "reset";
  return code >= 1100 && code < 1400 ? "connect" : "protocol";
}
function countersOf(kind, names) {
  const counters2 = {};
  for (const name of names) counters2[name] = new Counter(`${kind}_${name}`);
  return counters2;
}
export {
  ask2 as ask,
  handleSummary,
  options,
  setup
};
